/** A member of the consortium: its MSP id, the domain its nodes and certificates are named under, and whether it endorses. */
export interface Organisation {
  /** `OemMSP`: the name that policies and contracts know it by. */
  readonly mspId: string;
  /** `oem.example.com`. */
  readonly domain: string;
  /** False for an organisation that submits and reads but whose signature never makes a transaction valid. */
  readonly endorses: boolean;
}

/** The consortium that a new ledger starts with. The regulator watches what the operating organisations agree on. */
export const DEFAULT_ORGANISATIONS: readonly Organisation[] = [
  { mspId: 'OemMSP', domain: 'oem.example.com', endorses: true },
  { mspId: 'RecyclerMSP', domain: 'recycler.example.com', endorses: true },
  { mspId: 'SynthesisMSP', domain: 'synthesis.example.com', endorses: true },
  { mspId: 'RegulatorMSP', domain: 'regulator.example.com', endorses: false },
];
