/**
 * A private data collection in the shape of Fabric's collections configuration. Each has at least two operating
 * organisations as members, so that an endorsement by two can be had; the regulator reads where the law lets it.
 */
export interface PrivateCollection {
  readonly name: string;
  /** Member organisations. */
  readonly members: readonly string[];
  readonly requiredPeerCount: number;
  readonly maxPeerCount: number;
  /** 0: kept until purged. */
  readonly blockToLive: number;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
}

function collection(name: string, members: readonly string[]): PrivateCollection {
  return {
    name,
    members,
    requiredPeerCount: 0,
    maxPeerCount: 2,
    blockToLive: 0,
    memberOnlyRead: true,
    memberOnlyWrite: true,
  };
}

/** The collections of the chaincode `passport`. */
export const COLLECTIONS: readonly PrivateCollection[] = [
  collection('oem-recycler', ['OemMSP', 'RecyclerMSP']),
  collection('oem-synthesis', ['OemMSP', 'SynthesisMSP']),
  collection('recycler-synthesis', ['RecyclerMSP', 'SynthesisMSP']),
  collection('laboratory', ['RecyclerMSP', 'SynthesisMSP', 'RegulatorMSP']),
];
