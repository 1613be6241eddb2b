/**
 * Every reason for which a contract refuses a transaction, with what the caller can do.
 * The code stands at the start of the message, since only the message leaves a chaincode.
 */
export const REFUSALS = {
  NOT_JSON: 'Send the command as JSON.',
  NOT_CANONICAL: 'Send the command as canonical JSON (RFC 8785).',
  INPUT_TOO_LARGE: 'Split the command; a batch takes up to a thousand.',
  INPUT_TOO_DEEP: 'Flatten the command.',
  BAD_STRING: 'Send text in Unicode NFC without NUL or lone surrogates.',
  SCHEMA_VIOLATION: "Send exactly the fields of the command's schema.",
  CALLER_UNKNOWN: 'Enrol with a certificate that carries the attributes party and roles.',
  WRONG_ORGANISATION: 'Send it from the organisation to which the party is bound.',
  ROLE_MISSING: 'Send it as a party that has the role, in the register and in its certificate.',
  PARTY_SUSPENDED: 'Ask the regulator to reinstate the party.',
  RECORD_NOT_FOUND: 'Check the identifier.',
  RECORD_EXISTS: 'Choose another identifier, or take it that the earlier submission arrived.',
  RECORD_SUPERSEDED: 'Use the record that corrects this one.',
  RECORD_TYPE_UNKNOWN: 'Name a record type of the catalogue.',
  FIELD_NOT_INDEXED: 'List by a field that the record type is indexed by.',
  ILLEGAL_TRANSITION: 'Look at the state of the record: this step does not follow it.',
  TIME_IMPLAUSIBLE: "Check the clock: a date lies after the transaction's own time, or before what it must follow.",
  NOT_HOLDER: 'Only the party that holds the thing may do this.',
  NOT_AUTHOR: 'Only the party that wrote the record, or the regulator, may do this.',
  PRIVATE_DETAIL_MISMATCH: 'Send the transient field whose digest the command carries, to a collection that exists.',
  PRIVATE_DETAIL_UNSALTED: 'Put a random salt of at least 16 bytes into the confidential detail.',
  BATCH_NESTED: 'A batch holds no batches, queries or purges: send them by themselves.',
  PARTY_KEY_EXISTS: 'Choose another key identifier.',
  PARTY_KEY_NOT_FOUND: 'Name a key of the party.',
  ORIGINS_EXCEEDED: 'Blend fewer lots of different origin, or certify recovered matter first.',
  MASS_TOO_LARGE: 'Split the quantity: masses end at 2^53 − 1 mg.',
  DUPLICATE_INPUT: 'Name each thing once.',
  LINEAGE_CYCLE: 'Give what is made a new identifier: nothing descends from itself.',
  LOT_OVERDRAWN: 'Ask for no more than the lot holds.',
  LOT_HELD: 'Release the lot first.',
  ASSET_OFFERED: 'Wait for the answer to the offer, or withdraw it.',
  ELEMENTS_EXCEED_MASS: 'Check the element masses: together they cannot weigh more than the lot.',
  ACTIVE_MATERIAL_INVALID: 'State active material with its chemistry, and no more than the lot.',
  ORIGIN_NOT_CLAIMABLE: 'State primary origins, or recovery as declared: only lineage on the ledger shows recovery.',
  MATERIAL_MISMATCH: 'Blend lots of the same material, or into a lesser one.',
  CERTIFICATE_REVOKED:
    'Rework or downgrade the lot and have it assayed anew: the credit of this certificate counts no more.',
  WASTE_MIXED: 'Keep lots of pre-consumer waste, post-consumer waste and no waste apart.',
  RECIPIENT_INVALID: 'Offer to another party that is active and may hold things.',
  NOT_RECIPIENT: 'Only the party to which the offer was made answers it.',
  NOT_TRANSFERABLE: 'Offer a lot, pack or module that is there and free: released, taken out, its passport not ended.',
  PRIVATE_DETAIL_ABSENT: 'The record has no confidential detail, it was purged, or this organisation does not hold it.',
  BATCH_PRIVATE_DETAIL: 'Send commands with confidential detail one by one.',
  DESIGN_INVALID: 'Check the design: its masses and counts contradict one another.',
  DESIGN_MISMATCH: 'Name the design that the thing is made to, or correct what does not fit it.',
  GTIN_INVALID: 'Check the GTIN: its last digit is the check digit of the others.',
  OVERWEIGHT: 'Check the masses: a thing cannot hold more than it weighs.',
  MATERIAL_UNFIT: 'Process the material further: it does not go into a pack as it is.',
  PASSPORT_ENDED: 'Use the passport that follows this one, or what was made from the pack.',
  PACK_INCOMPLETE: 'Fit the missing modules first.',
  PACK_FULL: 'Take a module out first.',
  REGION_MISMATCH: 'Name a region of the country.',
  MODULE_NOT_FITTED: 'Name a module that is in the pack.',
  MODULE_NOT_FREE: 'Name a module that is on its own and not routed to recycling.',
  REPAIR_MISMATCH: 'A repair names no modules, a swap of modules names some, and none that both leaves and comes.',
  CORRECTION_CONFLICT: 'Correct only what nothing rests on yet, and keep what has happened since.',
  USE_PERIOD_OVERLAP: 'Begin the period where the last one ended, or later.',
  COUNTER_BACKWARDS:
    "Check the pack's counter: it never runs backwards, and advances by at least what the period charged.",
  THROUGHPUT_INVALID: 'Check the throughput: what goes back to the grid is a part of what was discharged.',
  HISTOGRAM_INVALID: 'Check the histogram: edges ascend, bins fit them, and times add up to no more than the period.',
  REQUEST_CLOSED: 'Ask for a new estimate: the request was withdrawn or its time has passed.',
  NOT_ISSUER: 'Submit the attestation as the party that issued it.',
  ESTIMATOR_NOT_ACCREDITED: 'Have the estimator accredited for this chemistry and method at the time of measurement.',
  ATTESTATION_EXISTS: 'Take it that the attestation is on the ledger; correct it by superseding it.',
  ATTESTATION_FOREIGN: 'Use an attestation of this very pack or module.',
  ATTESTATION_SIGNATURE_INVALID: 'Sign the credential again, unchanged, with a key of the estimator.',
  ATTESTATION_KEY_INVALID: 'Sign with a key that was valid when it was measured and signed, and is not revoked.',
  ATTESTATION_EXPIRED: 'Measure again: an attestation counts for a limited time.',
  ATTESTATION_STALE: 'Measure again: modules were changed after the measurement.',
  ATTESTATION_INCONSISTENT: 'Check the estimate: its numbers contradict one another.',
  POLICY_INVALID:
    'Check the rules: names once, limits in order, methods for direct recycling, and a last rule for the rest.',
  POLICY_VERSION_INVALID: 'Publish the version that follows the last one, as the party that published it.',
  POLICY_RETIRED: 'Sort by a policy that is published.',
  ALREADY_SORTED: 'It has its route; correct the decision by superseding it.',
  WRONG_ROUTE: 'Do what the sorting decision says, or correct the decision.',
  SEPARATION_UNPREPARED:
    'Record the disassembly of the cells first, with voltage before opening and electrolyte removed.',
  DISASSEMBLY_RECORD_MISSING: 'State how the packs were opened: voltage, electrolyte, time, energy.',
  DISASSEMBLY_INVALID:
    'Check the disassembly: it fits the time, energy and mass of its step, and opens packs or modules.',
  INPUT_UNFIT: 'Choose a step that takes such a thing, or prepare it by the steps before.',
  OUTPUT_UNFIT: 'Name the material as what such a step makes.',
  CHEMISTRY_MISMATCH: 'Name the chemistry of what went in; only making and upcycling change it.',
  COMPOSITION_INVALID: 'Name each element once, and no more than a million ppm together.',
  ENERGY_MISSING: 'State the electricity and heat that the step used.',
  MASS_BALANCE: 'Check the masses: no more comes out than went in, was added and was taken up.',
  ELEMENT_BALANCE: 'Check the composition: no more of an element comes out than went in, beyond the uncertainty.',
  ACTIVE_MATERIAL_BALANCE: 'Check the active material: recycling makes none.',
  RULE_SET_UNKNOWN: 'Name a rule set of the published ones.',
  RULE_SET_NOT_IN_FORCE: 'Name a rule set that applied at the time.',
  RULE_SET_OUTDATED: 'Name the rule set that applies to when the pack was placed on the market, or a later one.',
  CARBON_FACTOR_MISSING: 'State the carbon footprint of the reagent, which the factors do not have.',
  CARBON_FACTOR_FIXED: "Leave the reagent's carbon footprint to the factors.",
  CARBON_TOO_LARGE: 'Check the carbon footprint: it ends at 2^53 − 1 g.',
  NOT_INDEPENDENT: 'Have it measured by a laboratory that neither holds, made nor sells the thing.',
  FINDING_EXISTS:
    'Name cells that the laboratory has not reported for this attestation, or correct the earlier finding.',
  LIMIT_INVALID: 'Give each property one limit, with a minimum not above its maximum, and each result once.',
  GRADE_VERSION_INVALID: 'Publish the version that follows the last one, as the party that published it.',
  GRADE_RETIRED: 'Certify by the version of the grade that is published.',
  GRADE_MISMATCH: "Choose a grade for the lot's chemistry.",
  ASSAY_FOREIGN: 'Use an assay of this very lot, made for this purpose.',
  NOT_RECOVERED: 'Only matter that lineage on the ledger shows as recovered is certified.',
  MATERIAL_NOT_CERTIFIABLE:
    'Process the lot to a material that replaces primary material: intermediates are not certified.',
  CERTIFICATE_EXISTS: 'The lot has its certificate; correct it by superseding it.',
  CERTIFICATE_CONTESTED: 'Wait until the contest is resolved.',
  CUSTODY_MODEL_MISMATCH: 'Name a chain-of-custody model that the origins of the lot bear out.',
  INCOMING_ASSAY_FAILS: 'Contest the certificate: the incoming assay misses its grade.',
  OWN_CERTIFICATE: 'A certificate is accepted or contested by a buyer, not by its issuer.',
  CONTENTS_UNKNOWN: 'Nothing is known of what the pack is made of: register it with its materials.',
  CLAIM_EXISTS: 'The pack has its claim; name it as superseded.',
  PERIOD_INVALID: 'End the period after its beginning.',
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A refused transaction: nothing is written. Its message starts with its code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
