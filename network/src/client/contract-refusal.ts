import type { ErrorDetail } from '@hyperledger/fabric-gateway';

/** What a contract said when it refused. */
export interface ContractRefusal {
  /** The stable code at the start of its message, or null where the message has none. */
  readonly contractCode: string | null;
  readonly message: string;
}

/** How a peer passes a contract's message on; only the message leaves a chaincode, so its code stands at its start. */
const CONTRACT_RESPONSE = /^(?:.*?error: )?chaincode response \d+, ([\s\S]*)$/;

/** `LOT_OVERDRAWN: …` */
const CODED_MESSAGE = /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*): /;

/** Reads a contract's refusal out of what the endorsing peers said; null where no contract refused. */
export function readContractRefusal(details: readonly ErrorDetail[]): ContractRefusal | null {
  for (const detail of details) {
    const message = CONTRACT_RESPONSE.exec(detail.message)?.[1];
    if (message !== undefined) return { contractCode: CODED_MESSAGE.exec(message)?.[1] ?? null, message };
  }
  return null;
}
