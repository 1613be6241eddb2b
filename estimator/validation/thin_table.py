"""Fewer points for the same curve."""

import numpy as np
from scipy.interpolate import Akima1DInterpolator


def thin_table(stoichiometry, voltage_v, points, essential=()):
    """Picks the points between which an Akima interpolant stays closest to the dense curve, worst gap first.

    Returns the chosen indices, ascending, and the largest error that is left, V.
    """
    last = len(stoichiometry) - 1
    chosen = sorted({0, last, *np.linspace(0, last, 25).round().astype(int), *essential})
    while True:
        error = np.abs(Akima1DInterpolator(stoichiometry[chosen], voltage_v[chosen])(stoichiometry) - voltage_v)
        if len(chosen) >= points:
            return np.array(chosen), float(error.max())
        candidates = np.argsort(error)[::-1]
        taken = set(chosen)
        chosen = sorted(taken | {int(next(index for index in candidates if int(index) not in taken))})
