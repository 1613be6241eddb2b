import Type from 'typebox';

/**
 * An identifier chosen by a client: 1 to 64 characters of ASCII letters, digits, `.`, `_`, `-`, starting with a letter or digit.
 * The alphabet is an allow-list, so every identifier is its own NFC form and is safe in composite keys, paths and addresses.
 */
export const Identifier = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', description: 'Identifier' });

/** ISO 3166-1 alpha-2 country code, upper case. */
export const CountryCode = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2 country code' });

/** ISO 3166-2 subdivision code such as `JP-14`: a region, never an address. */
export const RegionCode = Type.String({
  pattern: '^[A-Z]{2}-[A-Z0-9]{1,3}$',
  description: 'ISO 3166-2 subdivision code',
});

/** Membership service provider of an organisation, such as `OemMSP`. */
export const MspId = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{1,62}MSP$', description: 'MSP identifier' });

/** An instant in UTC to the second, `2026-11-23T19:33:00Z`; whether the day exists is checked on parsing. */
export const Instant = Type.String({
  pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$',
  format: 'date-time',
  description: 'Instant in UTC, RFC 3339 to the second',
});

/** SHA-256 of a document or value: `sha256:` and 64 lower-case hexadecimal digits. */
export const Sha256Digest = Type.String({ pattern: '^sha256:[0-9a-f]{64}$', description: 'SHA-256 digest' });

/**
 * One line of human text: 1 to 200 characters, no control characters, no lone surrogates, Unicode NFC
 * (the last two are checked when the command is parsed, since a pattern can't say them).
 */
export const Text = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' });

/** A reason or remark: like {@link Text}, up to 1,000 characters. */
export const LongText = Type.String({ minLength: 1, maxLength: 1000, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' });
