import { sign, verify, type KeyObject } from 'node:crypto';

/** Order n of the P-256 group (FIPS 186-5, SP 800-186 3.2.1.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const P256_HALF_ORDER = P256_ORDER >> 1n;

/**
 * Signs with ECDSA P-256 over SHA-256, DER, with s in the lower half of the group: of the two signatures that each
 * message has, Fabric takes only this one, so that nobody can alter a signed message's bytes and keep it valid.
 */
export function signLowS(privateKey: KeyObject, message: Uint8Array): Buffer {
  const raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const s = BigInt(`0x${raw.toString('hex', 32)}`);
  if (s > P256_HALF_ORDER) raw.write((P256_ORDER - s).toString(16).padStart(64, '0'), 32, 'hex');
  return derSignature(raw);
}

/** True for a valid DER signature of `message` with s in the lower half; never throws on malformed signatures. */
export function verifyLowS(publicKey: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return isLowS(signature) && verify('sha256', message, publicKey, signature);
}

/** True where a DER ECDSA signature's s is in the lower half of the P-256 group. */
export function isLowS(signature: Uint8Array): boolean {
  // SEQUENCE { INTEGER r, INTEGER s }; for P-256 every length fits one byte.
  const rLength = signature[3];
  if (signature[0] !== 0x30 || signature[2] !== 0x02 || rLength === undefined) return false;
  const sAt = 4 + rLength;
  const sLength = signature[sAt + 1];
  if (signature[sAt] !== 0x02 || sLength === undefined || sLength === 0 || sLength > 33) return false;
  if (sAt + 2 + sLength !== signature.length) return false;
  const s = Buffer.from(signature.subarray(sAt + 2)).toString('hex');
  return BigInt(`0x${s}`) <= P256_HALF_ORDER;
}

function derSignature(raw: Buffer): Buffer {
  const content = Buffer.concat([derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32, 64))]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function derInteger(unsigned: Buffer): Buffer {
  let start = 0;
  while (start < unsigned.length - 1 && unsigned[start] === 0) start += 1;
  const minimal = unsigned.subarray(start);
  const positive = (minimal[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), minimal]) : minimal;
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
}
