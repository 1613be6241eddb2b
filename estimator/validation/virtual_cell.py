"""A lithium-ion cell whose state is known because it was given one: a DFN with a double layer, solved by PyBaMM."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pybamm

FARADAY_C_PER_MOL = 96485.33212
GAS_CONSTANT_J_PER_MOL_K = 8.314462618

# F/m2 of the fresh electrodes. Eight to one, so that the two charge-transfer arcs can be told apart in the sets where
# their resistances are alike.
FRESH_DOUBLE_LAYER_F_PER_M2 = {"Positive": 0.8, "Negative": 0.1}

# The ends of a stoichiometry that the open-circuit tables cover: beyond them a parameter set's fit is not physical.
STOICHIOMETRY_LIMITS = (0.0005, 0.9995)

# Spectra need a fine mesh in the particles, for the thin diffusion layer at mid frequencies. The charge, being slow, does
# not.
SPECTRUM_MESH = {"x_n": 80, "x_s": 20, "x_p": 80, "r_n": 400, "r_p": 400}
CHARGE_MESH = {"x_n": 20, "x_s": 10, "x_p": 20, "r_n": 80, "r_p": 80}


@dataclass(frozen=True)
class CathodeState:
    """What became of a cell. All zeros and ones is fresh.

    lli, lamPe, lamNe: fractions of lithium inventory and of active material lost; the lithium is taken from the inventory
    that is left in the particles. crackAreaRatio A: interfacial area of the positive particles per active material
    volume. surfaceLayerRatio S: charge-transfer resistance per true area. neKineticsRatio: the negative electrode's
    exchange current, a nuisance.
    """

    lli: float = 0.0
    lamPe: float = 0.0
    lamNe: float = 0.0
    crackAreaRatio: float = 1.0
    surfaceLayerRatio: float = 1.0
    neKineticsRatio: float = 1.0

    @property
    def cathode_class(self):
        if self.lamPe >= 0.20:
            return "depleted"
        cracked = self.crackAreaRatio >= 1.5
        reconstructed = self.surfaceLayerRatio >= 1.5
        if cracked and reconstructed:
            return "cracked-and-reconstructed"
        if cracked:
            return "cracked"
        return "surface-reconstructed" if reconstructed else "lithium-deficient"


@dataclass(frozen=True)
class Window:
    """The stoichiometries between which a cell works, and the charge between them, Ah."""

    cathode_at_100: float
    cathode_at_0: float
    anode_at_100: float
    anode_at_0: float
    capacity_ah: float

    def at(self, soc_fraction):
        cathode = self.cathode_at_0 + soc_fraction * (self.cathode_at_100 - self.cathode_at_0)
        anode = self.anode_at_0 + soc_fraction * (self.anode_at_100 - self.anode_at_0)
        return cathode, anode


class VirtualCell:
    def __init__(self, parameter_set, state=CathodeState()):
        self.parameter_set = parameter_set
        self.state = state
        fresh = pybamm.ParameterValues(parameter_set)
        self.reference_temperature_k = float(fresh["Reference temperature [K]"])
        self.voltage_min_v = float(fresh["Lower voltage cut-off [V]"])
        self.voltage_max_v = float(fresh["Upper voltage cut-off [V]"])
        self.fresh_cathode_ah = electrode_capacity_ah(fresh, "Positive")
        self.fresh_anode_ah = electrode_capacity_ah(fresh, "Negative")
        self.fresh_inventory_ah = sum(
            capacity * fresh[f"Initial concentration in {side} electrode [mol.m-3]"]
            / fresh[f"Maximum concentration in {side} electrode [mol.m-3]"]
            for capacity, side in ((self.fresh_cathode_ah, "positive"), (self.fresh_anode_ah, "negative"))
        )
        self.cathode_ah = self.fresh_cathode_ah * (1 - state.lamPe)
        self.anode_ah = self.fresh_anode_ah * (1 - state.lamNe)
        self.inventory_ah = self.fresh_inventory_ah * (1 - state.lli)
        self.window = self._balance()

    def open_circuit_v(self, cathode_stoichiometry, anode_stoichiometry, temperature_k):
        return (
            open_circuit_potential_v(self.parameter_set, "Positive", cathode_stoichiometry, temperature_k)
            - open_circuit_potential_v(self.parameter_set, "Negative", anode_stoichiometry, temperature_k)
        )

    def rest_voltage_v(self, soc_fraction, temperature_k):
        return float(self.open_circuit_v(*self.window.at(soc_fraction), temperature_k))

    def spectrum_ohm(self, soc_fraction, temperature_k, frequency_hz):
        """The impedance at rest, complex, shape of frequency_hz."""
        simulation = pybamm.EISSimulation(
            self._model(), parameter_values=self._parameters(soc_fraction, temperature_k), var_pts=SPECTRUM_MESH
        )
        return np.asarray(simulation.solve(frequency_hz).impedance)

    def charge(self, soc_from, soc_to, current_a, temperature_k, samples):
        """Elapsed time (s), and voltage of a charge at constant current, which the upper voltage limit may cut short."""
        parameters = self._parameters(soc_from, temperature_k)
        parameters["Current function [A]"] = -current_a
        parameters["Upper voltage cut-off [V]"] = self.voltage_max_v
        # The lower cut-off would stop a charge that begins at the very bottom before it has begun.
        parameters["Lower voltage cut-off [V]"] = self.voltage_min_v - 0.5
        duration_s = (soc_to - soc_from) * self.window.capacity_ah / current_a * 3600
        solver = pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-7)
        simulation = pybamm.Simulation(
            self._model(), parameter_values=parameters, var_pts=CHARGE_MESH, solver=solver
        )
        solution = simulation.solve([0, duration_s])
        elapsed_s = np.linspace(0, solution.t[-1], samples)
        return elapsed_s, solution["Voltage [V]"](elapsed_s)

    def _model(self):
        return pybamm.lithium_ion.DFN({"surface form": "differential"})

    def _parameters(self, soc_fraction, temperature_k):
        state = self.state
        parameters = pybamm.ParameterValues(self.parameter_set)
        for side, lam, area, resistance in (
            ("Positive", state.lamPe, state.crackAreaRatio, state.surfaceLayerRatio),
            ("Negative", state.lamNe, 1.0, 1 / state.neKineticsRatio),
        ):
            # The solver's interfacial area is 3 epsilon / R, so that lost material takes its area with it.
            parameters[f"{side} electrode active material volume fraction"] *= 1 - lam
            parameters[f"{side} electrode double-layer capacity [F.m-2]"] = FRESH_DOUBLE_LAYER_F_PER_M2[side] * area
            exchange = f"{side} electrode exchange-current density [A.m-2]"
            parameters[exchange] = scaled(parameters[exchange], area / resistance)
        for side, stoichiometry in zip(("positive", "negative"), self.window.at(soc_fraction)):
            parameters[f"Initial concentration in {side} electrode [mol.m-3]"] = (
                stoichiometry * parameters[f"Maximum concentration in {side} electrode [mol.m-3]"]
            )
        parameters["Ambient temperature [K]"] = temperature_k
        parameters["Initial temperature [K]"] = temperature_k
        return parameters

    def _balance(self):
        """Bisects for the two voltage limits; an electrode that is full or empty first ends the window there."""
        low, high = STOICHIOMETRY_LIMITS
        first = max(low, (self.inventory_ah - self.anode_ah * high) / self.cathode_ah)
        last = min(high, (self.inventory_ah - self.anode_ah * low) / self.cathode_ah)

        def anode(cathode):
            return (self.inventory_ah - self.cathode_ah * cathode) / self.anode_ah

        def voltage(cathode):
            return float(self.open_circuit_v(cathode, anode(cathode), self.reference_temperature_k))

        def bisect(target):
            # The voltage falls as the cathode fills.
            near, far = first, last
            if voltage(near) <= target:
                return near
            if voltage(far) >= target:
                return far
            for _ in range(60):
                middle = (near + far) / 2
                near, far = (middle, far) if voltage(middle) > target else (near, middle)
            return (near + far) / 2

        at_100, at_0 = bisect(self.voltage_max_v), bisect(self.voltage_min_v)
        return Window(at_100, at_0, anode(at_100), anode(at_0), self.cathode_ah * (at_0 - at_100))


def electrode_capacity_ah(parameters, side):
    volume_m3 = (
        parameters[f"{side} electrode thickness [m]"]
        * parameters["Electrode height [m]"]
        * parameters["Electrode width [m]"]
        * parameters["Number of electrodes connected in parallel to make a cell"]
    )
    sites_mol_per_m3 = (
        parameters[f"{side} electrode active material volume fraction"]
        * parameters[f"Maximum concentration in {side.lower()} electrode [mol.m-3]"]
    )
    return float(volume_m3 * sites_mol_per_m3 * FARADAY_C_PER_MOL / 3600)


@lru_cache
def _potential(parameter_set, side):
    parameters = pybamm.ParameterValues(parameter_set)
    electrode = pybamm.LithiumIonParameters()
    particle = (electrode.p if side == "Positive" else electrode.n).prim
    stoichiometry = pybamm.InputParameter("stoichiometry")
    temperature = pybamm.InputParameter("temperature")
    return parameters.process_symbol(particle.U(stoichiometry, temperature))


def open_circuit_potential_v(parameter_set, side, stoichiometry, temperature_k):
    """The solver's own open-circuit potential, V, its entropy term included; of a number or an array."""
    potential = _potential(parameter_set, side)

    def at(x):
        return float(np.squeeze(potential.evaluate(inputs={"stoichiometry": x, "temperature": temperature_k})))

    return np.vectorize(at)(stoichiometry)


def activation_energy_j_per_mol(parameter_set, side):
    """Of the exchange current, from its values at two temperatures."""
    exchange = pybamm.ParameterValues(parameter_set)[f"{side} electrode exchange-current density [A.m-2]"]
    low, high = (
        float(exchange(*(pybamm.Scalar(x) for x in (1000.0, 10000.0, 30000.0, temperature_k))).evaluate())
        for temperature_k in (298.15, 308.15)
    )
    return float(GAS_CONSTANT_J_PER_MOL_K * np.log(high / low) / (1 / 298.15 - 1 / 308.15))


def scaled(function, factor):
    def exchange_current_density(c_e, c_s_surf, c_s_max, temperature):
        return factor * function(c_e, c_s_surf, c_s_max, temperature)

    return exchange_current_density
