import type { Measurement } from '@battery-passport/schemas';

/** One-sigma errors of a measurement's sensors; they are independent, and constant within it unless called noise. */
export interface SensorProfile {
  /** Gain error of the current sensor, a fraction. */
  currentGainFraction: number;
  /** Offset of the current sensor, as a fraction of the one-hour current. */
  currentOffsetC: number;
  /** Noise of the current, as a fraction of the one-hour current. */
  currentNoiseC: number;
  /** Noise of the voltage, V. */
  voltageNoiseV: number;
  /** Step of the voltage's digits, V. */
  voltageStepV: number;
  /** Noise of each part of an impedance, as a fraction of its magnitude. */
  impedanceNoiseFraction: number;
  /** Error of a temperature, K. */
  temperatureK: number;
  /** Error of the charge level that the vehicle believes, a fraction. */
  socFraction: number;
}

/**
 * What each named profile stands for: a bench, a good battery management system (cell voltage within 1.2 mV, spectra within
 * 1.65 %), and a poor one.
 */
export const SENSOR_PROFILE_SIGMAS: Readonly<Record<Measurement['sensorProfile'], SensorProfile>> = {
  laboratory: {
    currentGainFraction: 1e-5,
    currentOffsetC: 1e-6,
    currentNoiseC: 1e-4,
    voltageNoiseV: 2e-4,
    voltageStepV: 1e-4,
    impedanceNoiseFraction: 0.001,
    temperatureK: 0.1,
    socFraction: 0.002,
  },
  vehicle: {
    currentGainFraction: 0.003,
    currentOffsetC: 5e-4,
    currentNoiseC: 0.001,
    voltageNoiseV: 0.002,
    voltageStepV: 0.001,
    impedanceNoiseFraction: 0.005,
    temperatureK: 0.5,
    socFraction: 0.01,
  },
  poor: {
    currentGainFraction: 0.008,
    currentOffsetC: 0.002,
    currentNoiseC: 0.003,
    voltageNoiseV: 0.005,
    voltageStepV: 0.005,
    impedanceNoiseFraction: 0.01,
    temperatureK: 1.5,
    socFraction: 0.02,
  },
};

/** Sigma of one voltage sample: noise, and the uniform error of its digits (step²/12), V. */
export function voltageSigmaV(profile: SensorProfile): number {
  return Math.sqrt(profile.voltageNoiseV ** 2 + profile.voltageStepV ** 2 / 12);
}
