#!/usr/bin/env node
// Writes contract-metadata.json: what fabric-shim tells a client that asks the chaincode for its metadata. Run it after
// `npm run build`.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

process.env.CORE_CHAINCODE_LOGGING_LEVEL ??= 'ERROR';
const { CONTRACTS } = await import('../dist/src/contracts.js');
const require = createRequire(import.meta.url);
const ChaincodeFromContract = require('fabric-shim/lib/contract-spi/chaincodefromcontract.js');
const { JSONSerializer } = require('fabric-contract-api');

const serializers = { transaction: 'jsonSerializer', serializers: { jsonSerializer: JSONSerializer } };
const { metadata } = new ChaincodeFromContract([...CONTRACTS], serializers, {}, 'passport', '0.1.0');
writeFileSync(new URL('../contract-metadata.json', import.meta.url), `${JSON.stringify(metadata, null, 2)}\n`);
