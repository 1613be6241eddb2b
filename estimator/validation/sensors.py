"""What a sensor makes of the truth: the errors of a measurement, 1 sigma, independent of one another."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SensorProfile:
    """Gain, offset, temperature and charge level are constant within a measurement; the others are noise."""

    current_gain: float
    current_offset_c: float
    current_noise_c: float
    voltage_noise_v: float
    voltage_step_v: float
    impedance_noise: float
    temperature_k: float
    charge_level: float


PROFILES = {
    "laboratory": SensorProfile(0, 0, 0.0001, 0.0002, 0.0001, 0.001, 0.1, 0.002),
    "vehicle": SensorProfile(0.003, 0.0005, 0.001, 0.002, 0.001, 0.005, 0.5, 0.010),
    "poor": SensorProfile(0.008, 0.002, 0.003, 0.005, 0.005, 0.010, 1.5, 0.020),
}


class Sensors:
    """The instruments of one measurement, whose constant errors are drawn once."""

    def __init__(self, profile, nominal_capacity_ah, rng):
        self._profile = PROFILES[profile]
        self._one_c_a = nominal_capacity_ah
        self._rng = rng
        self._gain = 1 + self._profile.current_gain * rng.standard_normal()
        self._offset_a = self._profile.current_offset_c * self._one_c_a * rng.standard_normal()
        self._temperature_error_k = self._profile.temperature_k * rng.standard_normal()

    def current_a(self, true_a):
        noise_a = self._profile.current_noise_c * self._one_c_a * self._rng.standard_normal(len(true_a))
        return np.round(true_a * self._gain + self._offset_a + noise_a, 5)

    def voltage_v(self, true_v):
        true_v = np.atleast_1d(true_v)
        step = self._profile.voltage_step_v
        noisy = true_v + self._profile.voltage_noise_v * self._rng.standard_normal(len(true_v))
        return np.round(np.round(noisy / step) * step, 4)

    def temperature_k(self, true_k):
        return round(true_k + self._temperature_error_k, 2)

    def charge_level(self, true_fraction):
        return round(true_fraction + self._profile.charge_level * self._rng.standard_normal(), 4)

    def impedance_ohm(self, true_ohm):
        sigma = self._profile.impedance_noise * np.abs(true_ohm)
        noise = self._rng.standard_normal((2, len(true_ohm)))
        return true_ohm + sigma * (noise[0] + 1j * noise[1])
