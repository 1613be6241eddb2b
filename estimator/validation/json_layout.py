"""How the files are written: small, and with one member a line, so that a change can be read."""

import json

import numpy as np


def rounded(values, digits):
    """Numbers as JSON carries them: so many significant digits, zero without a sign."""
    return [float(f"{value:.{digits}g}") + 0.0 for value in np.asarray(values, dtype=float)]


def write_json(path, value):
    """Objects one member a line, lists of numbers on one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(layout(value, "") + "\n", encoding="utf-8")


def layout(value, indent):
    inner = indent + "  "
    if isinstance(value, dict) and value:
        members = (f"{inner}{json.dumps(key)}: {layout(member, inner)}" for key, member in value.items())
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(inner + layout(member, inner) for member in value) + f"\n{indent}]"
    return json.dumps(value, allow_nan=False)
