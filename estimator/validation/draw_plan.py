"""Draws a plan of cells by chance, for measuring an estimator: `draw_plan.py --seed N --count 8 > plans/validation.json`."""

import argparse
import json

import numpy as np

DESIGNS = {
    "Chen2020": {"parameterSet": "Chen2020", "cathodeChemistry": "NMC811", "anodeChemistry": "graphite-SiOx"},
    "Mohtat2020": {"parameterSet": "Mohtat2020", "cathodeChemistry": "NMC532", "anodeChemistry": "graphite"},
    "Prada2013": {"parameterSet": "Prada2013", "cathodeChemistry": "LFP", "anodeChemistry": "graphite"},
}
PROFILES = ("vehicle", "laboratory", "vehicle", "poor")
CLASSES = ("lithium-deficient", "cracked", "surface-reconstructed", "cracked-and-reconstructed", "depleted")


def draw_state(cathode_class, rng):
    """Leaves a gap around each limit between the classes, where a right answer would be a matter of luck."""

    def ratio(raised):
        return rng.uniform(1.65, 4.0) if raised else rng.uniform(1.0, 1.35)

    depleted = cathode_class == "depleted"
    state = {
        "lli": rng.uniform(0.01, 0.22),
        "lamPe": rng.uniform(0.24, 0.40) if depleted else rng.uniform(0.0, 0.16),
        "lamNe": rng.uniform(0.0, 0.15),
        "crackAreaRatio": rng.uniform(1.0, 3.0) if depleted else ratio(cathode_class.startswith("cracked")),
        "surfaceLayerRatio": rng.uniform(1.0, 4.0) if depleted else ratio(cathode_class.endswith("reconstructed")),
        "neKineticsRatio": rng.uniform(0.6, 1.1),
    }
    return {name: round(value, 4) for name, value in state.items()}


def draw_cell(index, design_id, within_design, rng):
    socs = (0.5,) if within_design % 4 == 3 else (0.2, 0.5, 0.8)
    return {
        "packId": f"VC-{index:04d}",
        "designId": design_id,
        "sensorProfile": PROFILES[within_design % len(PROFILES)],
        "state": draw_state(CLASSES[within_design % len(CLASSES)], rng),
        "charge": {
            "rateC": float(rng.choice([0.0333, 0.05, 0.1, 0.2])),
            "socFrom": float(rng.choice([0.0, 0.1, 0.2, 0.3])),
            "socTo": float(rng.choice([0.8, 0.9, 1.0])),
            "temperatureK": round(rng.uniform(285, 310), 1),
        },
        "spectra": [
            {"socFraction": round(soc + rng.uniform(-0.02, 0.02), 3), "temperatureK": round(rng.uniform(288, 308), 1)}
            for soc in socs
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=8, help="cells of each design")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    cells = [
        draw_cell(index, design_id, within_design, rng)
        for index, (design_id, within_design) in enumerate(
            (design_id, within_design) for design_id in DESIGNS for within_design in range(arguments.count)
        )
    ]
    plan = {"seed": arguments.seed, "sensorProfile": "vehicle", "designs": DESIGNS, "cells": cells}
    print(json.dumps(plan, indent=2))


if __name__ == "__main__":
    main()
