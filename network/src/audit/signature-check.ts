import { type KeyObject, verify } from 'node:crypto';

import { isLowS } from '../identity/low-s.js';

/** As `verifyLowS`, on the thread pool: an audit is signatures for the most part, and they need no order. */
export function checkSignature(publicKey: KeyObject, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (!isLowS(signature)) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    verify('sha256', message, publicKey, signature, (error, valid) => {
      if (error === null) resolve(valid);
      else reject(error);
    });
  });
}
