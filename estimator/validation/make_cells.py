"""Makes designs, measurements and their truth from a plan: `make_cells.py --plan plans/demo.json --out DIR`."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from json_layout import rounded, write_json
from sensors import Sensors
from thin_table import thin_table
from virtual_cell import CathodeState, VirtualCell, activation_energy_j_per_mol, open_circuit_potential_v

FREQUENCY_HZ = np.logspace(-2, 3.5, 31)
TABLE_POINTS = 190
ENTROPY_POINTS = 60
REST_S = 600
REST_SAMPLES = 20
CHARGE_SAMPLES = 150
REFERENCE_RATE_C = 0.1
REFERENCE_SPECTRA = ((0.2, 298.15), (0.5, 298.15), (0.8, 298.15), (0.5, 283.15), (0.5, 308.15))


def table(parameter_set, side, temperature_k):
    ends, middle = (np.linspace(0.0005, 0.01, 96), np.linspace(0.99, 0.9995, 96)), np.linspace(0.01, 0.99, 981)
    dense = np.concatenate([ends[0][:-1], middle, ends[1][1:]])
    potential_v = open_circuit_potential_v(parameter_set, side, dense, temperature_k)
    chosen, error_v = thin_table(dense, potential_v, TABLE_POINTS)
    slope = open_circuit_potential_v(parameter_set, side, dense, temperature_k + 1) - potential_v
    sparse, _ = thin_table(dense, slope, ENTROPY_POINTS)
    ocp = {"stoichiometry": rounded(dense[chosen], 7), "voltageV": rounded(potential_v[chosen], 7)}
    entropy = {"stoichiometry": rounded(dense[sparse], 7), "voltagePerK": rounded(slope[sparse].round(12), 6)}
    return ocp, entropy, error_v


def make_design(design_id, plan):
    cell = VirtualCell(plan["parameterSet"])
    nominal_ah = round(cell.window.capacity_ah, 5)
    cathode_ocp, cathode_entropy, cathode_error_v = table(cell.parameter_set, "Positive", cell.reference_temperature_k)
    anode_ocp, anode_entropy, anode_error_v = table(cell.parameter_set, "Negative", cell.reference_temperature_k)
    print(f"{design_id}: tables within {1000 * cathode_error_v:.3f} and {1000 * anode_error_v:.3f} mV", flush=True)
    current_a = REFERENCE_RATE_C * nominal_ah
    elapsed_s, voltage_v = cell.charge(0, 1, current_a, 298.15, CHARGE_SAMPLES)
    return {
        "designId": design_id,
        "cathodeChemistry": plan["cathodeChemistry"],
        "anodeChemistry": plan["anodeChemistry"],
        "nominalCapacityAh": nominal_ah,
        "voltageMinV": cell.voltage_min_v,
        "voltageMaxV": cell.voltage_max_v,
        "referenceTemperatureK": cell.reference_temperature_k,
        "fresh": {
            "cathodeCapacityAh": round(cell.cathode_ah, 5),
            "anodeCapacityAh": round(cell.anode_ah, 5),
            "lithiumInventoryAh": round(cell.inventory_ah, 5),
            "cathodeStoichiometryAt100": round(cell.window.cathode_at_100, 5),
            "cathodeStoichiometryAt0": round(cell.window.cathode_at_0, 5),
            "anodeStoichiometryAt100": round(cell.window.anode_at_100, 5),
            "anodeStoichiometryAt0": round(cell.window.anode_at_0, 5),
        },
        "cathodeOcp": cathode_ocp,
        "anodeOcp": anode_ocp,
        "cathodeEntropy": cathode_entropy,
        "anodeEntropy": anode_entropy,
        "kinetics": {
            "cathodeActivationEnergyJPerMol": round(activation_energy_j_per_mol(cell.parameter_set, "Positive")),
            "anodeActivationEnergyJPerMol": round(activation_energy_j_per_mol(cell.parameter_set, "Negative")),
        },
        "referenceCharge": {
            "temperatureK": 298.15,
            "elapsedS": rounded(elapsed_s, 6),
            "currentA": rounded(np.full(CHARGE_SAMPLES, current_a), 6),
            "voltageV": rounded(voltage_v, 6),
        },
        "referenceImpedance": [
            {
                "socFraction": soc,
                "temperatureK": temperature_k,
                "restVoltageV": round(cell.rest_voltage_v(soc, temperature_k), 5),
                **spectrum_lists(cell.spectrum_ohm(soc, temperature_k, FREQUENCY_HZ)),
            }
            for soc, temperature_k in REFERENCE_SPECTRA
        ],
    }


def spectrum_lists(impedance_ohm):
    return {
        "frequencyHz": rounded(FREQUENCY_HZ, 6),
        "realOhm": rounded(impedance_ohm.real, 6),
        "imagOhm": rounded(impedance_ohm.imag, 6),
    }


def make_measurement(plan, design_plan, nominal_ah, default_profile, rng):
    profile = plan.get("sensorProfile", default_profile)
    state = CathodeState(**plan["state"])
    cell = VirtualCell(design_plan["parameterSet"], state)
    sensors = Sensors(profile, nominal_ah, rng)
    charge = plan["charge"]
    current_a = charge["rateC"] * nominal_ah
    elapsed_s, voltage_v = cell.charge(
        charge["socFrom"], charge["socTo"], current_a, charge["temperatureK"], CHARGE_SAMPLES
    )
    # A cell at rest in equilibrium stays there: ten minutes of its open-circuit voltage, then the charge.
    rest_s = np.arange(REST_SAMPLES) * REST_S / REST_SAMPLES
    rest_v = np.full(REST_SAMPLES, cell.rest_voltage_v(charge["socFrom"], charge["temperatureK"]))
    true_a = np.concatenate([np.zeros(REST_SAMPLES), np.full(CHARGE_SAMPLES, current_a)])
    seen_k = sensors.temperature_k(charge["temperatureK"])
    measurement = {
        "format": "measurement/1",
        "packId": plan["packId"],
        "designId": plan["designId"],
        "sensorProfile": profile,
        "charge": {
            "elapsedS": np.round(np.concatenate([rest_s, REST_S + elapsed_s]), 1).tolist(),
            "currentA": sensors.current_a(true_a).tolist(),
            "voltageV": sensors.voltage_v(np.concatenate([rest_v, voltage_v])).tolist(),
            "temperatureK": [seen_k] * len(true_a),
        },
        "impedance": [
            {
                "socFraction": sensors.charge_level(spectrum["socFraction"]),
                "restVoltageV": float(
                    sensors.voltage_v(cell.rest_voltage_v(spectrum["socFraction"], spectrum["temperatureK"]))[0]
                ),
                "temperatureK": sensors.temperature_k(spectrum["temperatureK"]),
                **spectrum_lists(
                    sensors.impedance_ohm(
                        cell.spectrum_ohm(spectrum["socFraction"], spectrum["temperatureK"], FREQUENCY_HZ)
                    )
                ),
            }
            for spectrum in plan["spectra"]
        ],
    }
    truth = {
        "design": plan["designId"],
        "class": state.cathode_class,
        **asdict(state),
        "capacityAh": round(cell.window.capacity_ah, 5),
        "sohFraction": round(cell.window.capacity_ah / nominal_ah, 5),
        "rateC": charge["rateC"],
        "socFrom": charge["socFrom"],
        "socTo": charge["socTo"],
        "sensorProfile": profile,
    }
    return measurement, truth


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", help="pack ids; all when left out. Designs are made in any case.")
    arguments = parser.parse_args()
    plan = json.loads(arguments.plan.read_text(encoding="utf-8"))
    nominal_ah = {}
    for design_id, design_plan in plan["designs"].items():
        design = make_design(design_id, design_plan)
        nominal_ah[design_id] = design["nominalCapacityAh"]
        write_json(arguments.out / "designs" / f"{design_id}.json", design)
    truth_path = arguments.out / "truth.json"
    truth = json.loads(truth_path.read_text(encoding="utf-8")) if truth_path.exists() else {}
    for index, cell in enumerate(plan["cells"]):
        if arguments.only is not None and cell["packId"] not in arguments.only:
            continue
        # Seeded by the cell, so that adding one leaves the others as they were.
        rng = np.random.default_rng([plan["seed"], index])
        measurement, truth[cell["packId"]] = make_measurement(
            cell, plan["designs"][cell["designId"]], nominal_ah[cell["designId"]], plan["sensorProfile"], rng
        )
        write_json(arguments.out / "cells" / f"{cell['packId']}.json", measurement)
        print(f"{cell['packId']}: {truth[cell['packId']]['class']}, SoH {truth[cell['packId']]['sohFraction']}", flush=True)
        write_json(truth_path, dict(sorted(truth.items())))


if __name__ == "__main__":
    main()
