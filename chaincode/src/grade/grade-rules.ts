import type { AssayRecord, GradeLimit, GradeShortfall, GradeSpecificationRecord } from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';

/** Identifier of a specification version's record. */
export function gradeRecordId(specId: string, version: number): string {
  return `${specId}-v${version}`;
}

/**
 * Checks the limits of a grade: each property once, at least one bound, and in order.
 * @throws Refusal `LIMIT_INVALID`.
 */
export function assertLimits(limits: readonly GradeLimit[]): void {
  assertOnce(limits);
  for (const { property, minimum, maximum } of limits) {
    if (minimum === undefined && maximum === undefined) {
      throw new Refusal('LIMIT_INVALID', `${property} has neither a minimum nor a maximum`);
    }
    if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
      throw new Refusal('LIMIT_INVALID', `${property} cannot be from ${minimum} to ${maximum}`);
    }
  }
}

/** Checks that a grade says what it is a grade of. @throws Refusal `GRADE_SCOPE_MISSING`. */
export function assertScope(chemistry: string | undefined, material: string | undefined): void {
  if (chemistry === undefined && material === undefined) {
    throw new Refusal('GRADE_SCOPE_MISSING', 'a grade is for a chemistry, a material, or both');
  }
}

/** Checks that each property is named once. @throws Refusal `LIMIT_INVALID`. */
export function assertOnce(entries: readonly { readonly property: string }[]): void {
  if (new Set(entries.map(({ property }) => property)).size !== entries.length) {
    throw new Refusal('LIMIT_INVALID', 'a property is named twice');
  }
}

/** How an assay meets a grade. */
export interface GradeOutcome {
  /** What it misses, in the order of the limits; empty when the grade is met. */
  readonly shortfalls: GradeShortfall[];
  /** Whether each limit holds even with the whole uncertainty against it. */
  readonly guarded: boolean;
}

/**
 * Measures an assay against a grade. A limit holds for the measured value itself, bounds included (simple acceptance);
 * `guarded` tells whether it would with the uncertainty subtracted too. A property that was not measured, or was by another
 * method than the grade asks for, is missed.
 */
export function measureGrade(
  { limits }: Pick<GradeSpecificationRecord, 'limits'>,
  { results }: Pick<AssayRecord, 'results'>,
): GradeOutcome {
  const shortfalls: GradeShortfall[] = [];
  let guarded = true;
  for (const { property, minimum, maximum, method } of limits) {
    const result = results.find((candidate) => candidate.property === property);
    if (result === undefined) {
      shortfalls.push({ property, cause: 'not-measured' });
      continue;
    }
    const measured = { measured: result.value, uncertainty: result.uncertainty };
    if (result.method !== method) shortfalls.push({ property, cause: 'other-method', ...measured });
    if (minimum !== undefined && result.value < minimum) {
      shortfalls.push({ property, cause: 'below-minimum', limit: minimum, ...measured });
    }
    if (maximum !== undefined && result.value > maximum) {
      shortfalls.push({ property, cause: 'above-maximum', limit: maximum, ...measured });
    }
    guarded &&=
      (minimum === undefined || result.value - result.uncertainty >= minimum) &&
      (maximum === undefined || result.value + result.uncertainty <= maximum);
  }
  return { shortfalls, guarded: guarded && shortfalls.length === 0 };
}
