"""Makes a design and a measurement from a real aged cell: `real_cell.py --source DIR --out DIR`.

DIR is `examples/dqdv_data` of github.com/NatLabRockies/ampworks at commit fecee96e: slow charges of a 67 Ah NMC/graphite
cell at cycles 2 and 3866, and half cells of its electrodes. The fresh windows are ampworks' own fit of cycle 2, so that what
an estimator says of cycle 3866 can be laid beside what ampworks says of it.
"""

import argparse
import warnings
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from scipy.interpolate import Akima1DInterpolator

from json_layout import rounded, write_json
from thin_table import thin_table

matplotlib.use("Agg")
import ampworks  # noqa: E402  (it asks for a display as it loads)

DESIGN_ID = "CELL-NMC-67AH"
PACK_ID = "PK-0012"
VOLTAGE_MIN_V = 3.0
VOLTAGE_MAX_V = 4.2
TABLE_POINTS = 190
CHARGE_SAMPLES = 160

# The files hold charge and voltage, not time, current or temperature. "Slow" is taken as C/20 at 25 degrees: neither
# changes what the open-circuit balance says, since the fresh charge is read under the same assumption.
ASSUMED_RATE_C = 1 / 20
ASSUMED_TEMPERATURE_K = 298.15

# As in ampworks' example: the resolution and the smoothing of each charge before it is fitted.
SMOOTHING = {2: (4e-3, 2e-4), 3866: (4e-3, 1e-5)}


def published_fit(source):
    """ampworks' fit of both charges, by the steps of its own example."""
    charges = {cycle: smoothed(pd.read_csv(source / f"charge{cycle}.csv"), *SMOOTHING[cycle]) for cycle in SMOOTHING}
    fitter = ampworks.dqdv.DqdvFitter(
        pd.read_csv(source / "gr.csv"), pd.read_csv(source / "nmc.csv"), charges[2], cost_terms="all"
    )
    fresh = fitter.constrained_fit(fitter.grid_search(21).x)
    fitter.cell = charges[3866]
    aged = fitter.constrained_fit(fresh.x)
    table = ampworks.dqdv.DqdvFitTable()
    table.append(fresh)
    table.append(aged)
    return fresh.x, ampworks.dqdv.calc_lam_lli(table).df


def smoothed(charge, resolution_v, smoothing):
    dataset = ampworks.Dataset(charge.copy()).downsample(resolution=("Volts", resolution_v))
    spline = ampworks.dqdv.DqdvSpline().fit(dataset, s=smoothing)
    soc = np.linspace(0, 1, 501)
    return pd.DataFrame({"Ah": np.interp(soc, spline.SOC_, spline.Ah_), "Volts": spline.volts_(soc), "SOC": soc})


def half_cell(path, lithiated_at):
    """Stoichiometry (of the half cell's own range), ascending, and potential, V. `lithiated_at` is SOC 0 or 1."""
    data = pd.read_csv(path).drop_duplicates("SOC").sort_values("SOC")
    soc, potential_v = data["SOC"].to_numpy(), data["Volts"].to_numpy()
    if lithiated_at == 0:
        soc, potential_v = 1 - soc[::-1], potential_v[::-1]
    chosen, _ = thin_table(soc, potential_v, min(TABLE_POINTS, len(soc)))
    return soc[chosen], potential_v[chosen]


def slow_charge(path, nominal_ah):
    """Samples as they were logged, evenly spaced in charge: elapsed time (s), current (A) and voltage (V)."""
    data = pd.read_csv(path).drop_duplicates("Ah").sort_values("Ah")
    charge_ah, voltage_v = data["Ah"].to_numpy(), data["Volts"].to_numpy()
    wanted_ah = np.linspace(0, charge_ah[-1], CHARGE_SAMPLES)
    chosen = np.unique(np.abs(charge_ah[:, None] - wanted_ah).argmin(axis=0))
    current_a = ASSUMED_RATE_C * nominal_ah
    elapsed_s = np.round(charge_ah[chosen] / current_a * 3600, 1)
    return {
        "elapsedS": elapsed_s.tolist(),
        "currentA": rounded(np.full(len(chosen), current_a), 6),
        "voltageV": np.round(voltage_v[chosen], 4).tolist(),
    }


def make(source):
    (anode_at_0, anode_at_100, cathode_charged_at_0, cathode_charged_at_100, _), modes = published_fit(source)
    # ampworks counts how far the positive electrode is delithiated; a stoichiometry here is lithium.
    cathode_ah, anode_ah = float(modes["Qp"][0]), float(modes["Qn"][0])
    cathode_x, cathode_v = half_cell(source / "nmc.csv", lithiated_at=0)
    anode_x, anode_v = half_cell(source / "gr.csv", lithiated_at=1)
    fresh_charge = pd.read_csv(source / "charge2.csv")
    above_v = np.median(
        Akima1DInterpolator(cathode_x, cathode_v)(1 - cathode_charged_at_0 - fresh_charge["Ah"] / cathode_ah)
        - Akima1DInterpolator(anode_x, anode_v)(anode_at_0 + fresh_charge["Ah"] / anode_ah)
        - fresh_charge["Volts"]
    )
    # The half cells lie this much above the cell although it is being charged, so no current explains it: they were
    # measured otherwise. Taken off one table, it leaves the fresh cell on its own open-circuit curve.
    cathode_v = cathode_v - above_v
    inventory_ah = cathode_ah * (1 - cathode_charged_at_0) + anode_ah * anode_at_0
    window = {
        "cathodeStoichiometryAt100": 1 - cathode_charged_at_100,
        "cathodeStoichiometryAt0": 1 - cathode_charged_at_0,
        "anodeStoichiometryAt100": anode_at_100,
        "anodeStoichiometryAt0": anode_at_0,
    }
    nominal_ah = float(modes["Qc"][0])
    zero_entropy = {"stoichiometry": [0.0, 0.25, 0.5, 0.75, 1.0], "voltagePerK": [0.0] * 5}
    design = {
        "designId": DESIGN_ID,
        "cathodeChemistry": "NMC",
        "anodeChemistry": "graphite",
        "nominalCapacityAh": round(nominal_ah, 5),
        "voltageMinV": VOLTAGE_MIN_V,
        "voltageMaxV": VOLTAGE_MAX_V,
        "referenceTemperatureK": ASSUMED_TEMPERATURE_K,
        "fresh": {
            "cathodeCapacityAh": round(cathode_ah, 5),
            "anodeCapacityAh": round(anode_ah, 5),
            "lithiumInventoryAh": round(inventory_ah, 5),
            **{name: round(float(value), 5) for name, value in window.items()},
        },
        "cathodeOcp": {"stoichiometry": rounded(cathode_x, 7), "voltageV": rounded(cathode_v, 7)},
        "anodeOcp": {"stoichiometry": rounded(anode_x, 7), "voltageV": rounded(anode_v.round(7), 7)},
        "cathodeEntropy": zero_entropy,
        "anodeEntropy": zero_entropy,
        "kinetics": {"cathodeActivationEnergyJPerMol": 0, "anodeActivationEnergyJPerMol": 0},
        "referenceCharge": {"temperatureK": ASSUMED_TEMPERATURE_K, **slow_charge(source / "charge2.csv", nominal_ah)},
        "referenceImpedance": [],
    }
    charge = slow_charge(source / "charge3866.csv", nominal_ah)
    measurement = {
        "format": "measurement/1",
        "packId": PACK_ID,
        "designId": DESIGN_ID,
        "sensorProfile": "laboratory",
        "charge": {**charge, "temperatureK": [ASSUMED_TEMPERATURE_K] * len(charge["elapsedS"])},
        "impedance": [],
    }

    def quantity(name):
        return {"value": round(float(modes[name][1]), 4), "sigma": round(float(modes[f"{name}_std"][1]), 4)}

    published = {
        "packId": PACK_ID,
        "by": "ampworks 0.1.0, DqdvFitter, cycle 3866 against cycle 2",
        "note": "A fit by another program, 1 sigma as it states it; the cell was not opened.",
        "lli": quantity("LLI"),
        "lamPe": quantity("LAMp"),
        "lamNe": quantity("LAMn"),
        "chargedAh": {"cycle2": round(float(modes["Qc"][0]), 3), "cycle3866": round(float(modes["Qc"][1]), 3)},
    }
    print(f"half cells above cycle 2 by {1000 * above_v:.1f} mV")
    return design, measurement, published


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    design, measurement, published = make(arguments.source)
    write_json(arguments.out / "designs" / f"{DESIGN_ID}.json", design)
    write_json(arguments.out / "cells" / f"{PACK_ID}.json", measurement)
    write_json(arguments.out / "published-fit.json", published)
    print(f"{PACK_ID}: lli {published['lli']}, lamPe {published['lamPe']}, lamNe {published['lamNe']}")


if __name__ == "__main__":
    main()
