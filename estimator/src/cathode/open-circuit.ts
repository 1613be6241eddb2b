import type { DesignFile } from '@battery-passport/schemas';
import { AkimaSpline } from './akima-spline.js';

/** The open-circuit curves of a design's two electrodes against stoichiometry (fraction of lithium sites filled). */
export interface OpenCircuit {
  /** Potential of the positive electrode, V. */
  positive: AkimaSpline;
  /** Potential of the negative electrode, V. */
  negative: AkimaSpline;
  /** Change of the positive potential with temperature, V/K. */
  positiveEntropy: AkimaSpline;
  /** Change of the negative potential with temperature, V/K. */
  negativeEntropy: AkimaSpline;
}

/** The open-circuit curves of a design, as smooth splines through its tables. */
export function openCircuitOf(design: DesignFile): OpenCircuit {
  return {
    positive: new AkimaSpline(design.cathodeOcp.stoichiometry, design.cathodeOcp.voltageV),
    negative: new AkimaSpline(design.anodeOcp.stoichiometry, design.anodeOcp.voltageV),
    positiveEntropy: new AkimaSpline(design.cathodeEntropy.stoichiometry, design.cathodeEntropy.voltagePerK),
    negativeEntropy: new AkimaSpline(design.anodeEntropy.stoichiometry, design.anodeEntropy.voltagePerK),
  };
}
