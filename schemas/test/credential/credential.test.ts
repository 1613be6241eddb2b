import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { canonicalJson } from '../../src/canonical-json.js';
import { signCredential, verifyCredential } from '../../src/credential/credential.js';
import type { SignedCredential, UnsignedCredential } from '../../src/credential/credential.js';
import { decodeProofValue, proofHashData } from '../../src/credential/data-integrity-proof.js';
import { generateEd25519KeyPair, publicKeyMultibaseOf } from '../../src/credential/ed25519.js';
import { SchemaError } from '../../src/schema-error.js';

interface KeyPair {
  publicKeyMultibase: string;
  secretKeyMultibase: string;
}

interface Vectors {
  signed: {
    comment: string;
    keyPair: KeyPair;
    created: string;
    unsigned: UnsignedCredential;
    documentCanonical: string;
    optionsCanonical: string;
    hashDataHex: string;
    signatureHex: string;
    proofValue: string;
    signed: SignedCredential;
  }[];
  keyPairs: KeyPair[];
  damaged: { comment: string; set?: Record<string, unknown>; remove?: string[]; code: string }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/credential.json', import.meta.url), 'utf8'),
) as Vectors;
const example = vectors.signed[0]!;

type Node = Record<string, unknown>;

function damaged({ set = {}, remove = [] }: Vectors['damaged'][number]): unknown {
  const copy = structuredClone(example.signed) as unknown as Node;
  const parentOf = (path: string[]) => path.slice(0, -1).reduce((node, name) => node[name] as Node, copy);
  for (const [path, value] of Object.entries(set)) {
    const names = path.split('.');
    parentOf(names)[names.at(-1)!] = value;
  }
  for (const path of remove) {
    const names = path.split('.');
    Reflect.deleteProperty(parentOf(names), names.at(-1)!);
  }
  return copy;
}

describe('a verifiable credential', () => {
  for (const vector of vectors.signed) {
    describe(`on the official vector of ${vector.comment}`, () => {
      const { proofValue, ...options } = vector.signed.proof;

      it('canonicalises the document and the options to the published text', () => {
        assert.equal(canonicalJson(vector.unsigned), vector.documentCanonical);
        assert.equal(canonicalJson(options), vector.optionsCanonical);
      });
      it('hashes to the published bytes', () => {
        assert.equal(Buffer.from(proofHashData(vector.unsigned, options)).toString('hex'), vector.hashDataHex);
      });
      it('signs to the published signature, byte for byte', () => {
        const { secretKeyMultibase } = vector.keyPair;
        const signed = signCredential(vector.unsigned, { secretKeyMultibase, created: vector.created });
        assert.deepEqual(signed, vector.signed);
        assert.equal(Buffer.from(decodeProofValue(proofValue)).toString('hex'), vector.signatureHex);
      });
      it('verifies, and answers the proof', () => {
        assert.deepEqual(verifyCredential(vector.signed, vector.keyPair.publicKeyMultibase), vector.signed.proof);
      });
    });
  }

  describe('when it is damaged', () => {
    for (const vector of vectors.damaged) {
      it(`refuses ${vector.comment} with ${vector.code}`, () => {
        assert.throws(() => verifyCredential(damaged(vector), example.keyPair.publicKeyMultibase), {
          name: 'SchemaError',
          code: vector.code,
        });
      });
    }
  });

  it('does not verify under another key that the proof does not name', () => {
    const signed = signCredential(example.unsigned, {
      secretKeyMultibase: example.keyPair.secretKeyMultibase,
      created: example.created,
      verificationMethod: 'https://vc.example/keys/1',
    });
    verifyCredential(signed, example.keyPair.publicKeyMultibase);
    assert.throws(() => verifyCredential(signed, vectors.keyPairs[0]!.publicKeyMultibase), { code: 'PROOF_INVALID' });
  });

  it('refuses the published signature under every other published key', () => {
    for (const { publicKeyMultibase } of vectors.keyPairs) {
      assert.throws(() => verifyCredential(example.signed, publicKeyMultibase), { code: 'PROOF_KEY_MISMATCH' });
    }
  });

  it('refuses a signature to which the order of the group was added', () => {
    // s + L also satisfies the equation; RFC 8032, 5.1.7 refuses it, or one statement would have two signatures.
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const signature = Buffer.from(example.signatureHex, 'hex');
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
    const changed = Buffer.concat([
      signature.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(),
    ]);
    assert.equal(changed.length, 64);
    const credential = damaged({ comment: '', code: '', set: { 'proof.proofValue': base58btc(changed) } });
    assert.throws(() => verifyCredential(credential, example.keyPair.publicKeyMultibase), { code: 'PROOF_INVALID' });
  });

  it('does not sign what already has a proof', () => {
    const options = { secretKeyMultibase: example.keyPair.secretKeyMultibase, created: example.created };
    assert.throws(() => signCredential(example.signed, options), { code: 'CREDENTIAL_INVALID' });
  });

  it('does not sign with a date that is not a moment', () => {
    const options = { secretKeyMultibase: example.keyPair.secretKeyMultibase, created: 'yesterday' };
    assert.throws(() => signCredential(example.unsigned, options), { code: 'PROOF_MALFORMED' });
  });

  it('does not sign what JSON cannot carry', () => {
    const options = { secretKeyMultibase: example.keyPair.secretKeyMultibase, created: example.created };
    const unsigned = { ...example.unsigned, credentialSubject: { sohFraction: NaN } };
    assert.throws(() => signCredential(unsigned, options), { code: 'NOT_SERIALIZABLE' });
  });

  it('makes keys that sign and verify', () => {
    const { publicKeyMultibase, secretKeyMultibase } = generateEd25519KeyPair();
    assert.equal(publicKeyMultibaseOf(secretKeyMultibase), publicKeyMultibase);
    const signed = signCredential(example.unsigned, { secretKeyMultibase, created: example.created });
    verifyCredential(signed, publicKeyMultibase);
  });

  it('notices any change to any signed subject', () => {
    const { secretKeyMultibase, publicKeyMultibase } = example.keyPair;
    const subject = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.integer(), fc.string()), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(subject, subject, (credentialSubject, other) => {
        const unsigned = { ...example.unsigned, credentialSubject };
        const signed = signCredential(unsigned, { secretKeyMultibase, created: example.created });
        verifyCredential(JSON.parse(JSON.stringify(signed)), publicKeyMultibase);
        fc.pre(canonicalJson(other) !== canonicalJson(credentialSubject));
        assert.throws(() => verifyCredential({ ...signed, credentialSubject: other }, publicKeyMultibase), {
          code: 'PROOF_INVALID',
        });
      }),
      { numRuns: 50 },
    );
  });

  it('throws nothing but its own error on any value', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
        for (const candidate of [value, { ...example.signed, proof: value }, { ...example.signed, issuer: value }]) {
          try {
            verifyCredential(candidate, example.keyPair.publicKeyMultibase);
            return false;
          } catch (error) {
            if (!(error instanceof SchemaError)) throw error;
          }
        }
        return true;
      }),
    );
  });
});

function base58btc(bytes: Uint8Array): string {
  const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; rest > 0n; rest /= 58n) text = digits.charAt(Number(rest % 58n)) + text;
  return `z${text}`;
}
