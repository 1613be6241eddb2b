import Type from 'typebox';
import { SchemaError } from './schema-error.js';

/** Global Trade Item Number, 14 digits; the last is the check digit. */
export const Gtin = Type.String({ pattern: '^[0-9]{14}$', description: 'GTIN-14' });

/** GS1 serial number (AI 21), restricted to characters that need no escaping in an address: 1 to 20. */
export const GtinSerial = Type.String({ pattern: '^[A-Za-z0-9._-]{1,20}$', description: 'GS1 serial number' });

/**
 * Check digit of the first 13 digits of a GTIN-14: weights 3 and 1 alternate from the left.
 * Source: GS1 General Specifications, 7.9.1 (standard check digit calculation).
 */
export function gtinCheckDigit(digits: string): number {
  let sum = 0;
  for (let index = 0; index < 13; index += 1) sum += Number(digits[index]) * (index % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10;
}

/** Whether a text is a GTIN-14 with the right check digit. */
export function isGtin(text: string): boolean {
  return /^[0-9]{14}$/.test(text) && gtinCheckDigit(text) === Number(text[13]);
}

/** Path of a pack's GS1 Digital Link, `/01/{GTIN}/21/{serial}`. */
export function toDigitalLinkPath(pack: { readonly gtin: string; readonly serial: string }): string {
  return `/01/${pack.gtin}/21/${pack.serial}`;
}

/**
 * Reads a GS1 Digital Link path.
 * @throws SchemaError `GS1_INVALID` when the form, an alphabet or the check digit is wrong.
 */
export function parseDigitalLinkPath(path: string): { gtin: string; serial: string } {
  const [, gtin, serial] = /^\/01\/([0-9]{14})\/21\/([A-Za-z0-9._-]{1,20})$/.exec(path) ?? [];
  if (gtin === undefined || serial === undefined || !isGtin(gtin)) {
    throw new SchemaError({
      code: 'GS1_INVALID',
      message: `expected /01/{GTIN-14}/21/{serial} with a valid check digit, got ${JSON.stringify(path.slice(0, 80))}`,
    });
  }
  return { gtin, serial };
}
