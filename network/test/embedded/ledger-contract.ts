import { Contract, type Context } from 'fabric-contract-api';

/** A contract with one transaction for each thing that a ledger does, for tests and benchmarks of the ledger alone. */
class LedgerContract extends Contract {
  constructor() {
    super('LedgerContract');
  }

  async put(context: Context, key: string, value: string): Promise<string> {
    await context.stub.putState(key, Buffer.from(value));
    return value;
  }

  async get(context: Context, key: string): Promise<string> {
    return Buffer.from(await context.stub.getState(key)).toString();
  }

  async remove(context: Context, key: string): Promise<void> {
    await context.stub.deleteState(key);
  }

  /** Creates a record that must not exist: reads, writes, indexes, emits. */
  async register(context: Context, id: string, body: string): Promise<string> {
    const key = context.stub.createCompositeKey('record', [id]);
    const existing = await context.stub.getState(key);
    if (existing.length > 0) throw new Error(`RECORD_EXISTS: record ${id} is already registered`);
    const record = JSON.stringify({ id, holder: context.clientIdentity.getAttributeValue('party'), body });
    await context.stub.putState(key, Buffer.from(record));
    await context.stub.putState(context.stub.createCompositeKey('holder', ['a', id]), Buffer.of(0));
    context.stub.setEvent('Registered', Buffer.from(record));
    return record;
  }

  /** Adds to a number: two of these in one block conflict. */
  async add(context: Context, key: string, amount: string): Promise<string> {
    const before = Number(Buffer.from(await context.stub.getState(key)).toString() || '0');
    const after = String(before + Number(amount));
    await context.stub.putState(key, Buffer.from(after));
    return after;
  }

  /** Writes, then reads what it wrote: answers what a transaction sees of itself. */
  async putThenGet(context: Context, key: string, value: string): Promise<string> {
    await context.stub.putState(key, Buffer.from(value));
    return Buffer.from(await context.stub.getState(key)).toString();
  }

  /** Counts a range and stores the count: a key that appears meanwhile is a phantom. */
  async count(context: Context, from: string, to: string, target: string): Promise<string> {
    let count = 0;
    for await (const entry of context.stub.getStateByRange(from, to)) if (entry.value.length > 0) count += 1;
    await context.stub.putState(target, Buffer.from(String(count)));
    return String(count);
  }

  async range(context: Context, from: string, to: string): Promise<string> {
    const entries: [string, string][] = [];
    for await (const entry of context.stub.getStateByRange(from, to)) {
      entries.push([entry.key, Buffer.from(entry.value).toString()]);
    }
    return JSON.stringify(entries);
  }

  async partial(context: Context, type: string, attribute: string): Promise<string> {
    const keys: string[][] = [];
    for await (const entry of context.stub.getStateByPartialCompositeKey(type, [attribute])) {
      keys.push(context.stub.splitCompositeKey(entry.key).attributes);
    }
    return JSON.stringify(keys);
  }

  async page(context: Context, from: string, to: string, size: string, bookmark: string): Promise<string> {
    const keys: string[] = [];
    const answer = context.stub.getStateByRangeWithPagination(from, to, Number(size), bookmark);
    for await (const entry of answer) keys.push(entry.key);
    return JSON.stringify({ keys, metadata: (await answer).metadata });
  }

  async pageThenPut(context: Context, key: string): Promise<void> {
    await context.stub.getStateByRangeWithPagination('', '', 1, '');
    await context.stub.putState(key, Buffer.from('x'));
  }

  async history(context: Context, key: string): Promise<string> {
    const changes: unknown[] = [];
    for await (const change of context.stub.getHistoryForKey(key)) {
      changes.push({ txId: change.txId, value: Buffer.from(change.value).toString(), isDelete: change.isDelete });
    }
    return JSON.stringify(changes);
  }

  async putPrivate(context: Context, collection: string, key: string): Promise<void> {
    const value = context.stub.getTransient().get('value');
    if (value === undefined) throw new Error('TRANSIENT_MISSING: expected transient data "value"');
    await context.stub.putPrivateData(collection, key, value);
  }

  async getPrivate(context: Context, collection: string, key: string): Promise<string> {
    return Buffer.from(await context.stub.getPrivateData(collection, key)).toString();
  }

  async privateHash(context: Context, collection: string, key: string): Promise<string> {
    return Buffer.from(await context.stub.getPrivateDataHash(collection, key)).toString('hex');
  }

  async privateRange(context: Context, collection: string): Promise<string> {
    const entries: [string, string][] = [];
    const { iterator } = (await context.stub.getPrivateDataByRange(collection, '', '')) as unknown as {
      iterator: AsyncIteratorLike;
    };
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      entries.push([next.value.key, Buffer.from(next.value.value).toString()]);
    }
    return JSON.stringify(entries);
  }

  async removePrivate(context: Context, collection: string, key: string): Promise<void> {
    await context.stub.deletePrivateData(collection, key);
  }

  async purgePrivate(context: Context, collection: string, key: string): Promise<void> {
    await context.stub.purgePrivateData(collection, key);
  }

  /** Copies a private value into a public key: only members can have computed it. */
  async publish(context: Context, collection: string, key: string): Promise<void> {
    await context.stub.putState(key, await context.stub.getPrivateData(collection, key));
  }

  async refuse(_context: Context, message: string): Promise<void> {
    await Promise.reject(new Error(message));
  }

  /** Never answers, and lets nothing else run on its thread. */
  async spin(): Promise<void> {
    await Promise.resolve();
    for (;;);
  }

  async emit(context: Context, name: string, payload: string): Promise<void> {
    context.stub.setEvent(name, Buffer.from(payload));
    await context.stub.putState(`emitted-${payload}`, Buffer.from(name));
  }

  async richQuery(context: Context): Promise<void> {
    await context.stub.getQueryResult('{}');
  }

  async callOther(context: Context): Promise<void> {
    await context.stub.invokeChaincode('other', ['x'], '');
  }

  async setPolicy(context: Context, key: string): Promise<void> {
    await context.stub.setStateValidationParameter(key, Buffer.of(1));
  }
}

interface AsyncIteratorLike {
  next(): Promise<
    | { readonly done?: false; readonly value: { readonly key: string; readonly value: Uint8Array } }
    | { readonly done: true }
  >;
}

export const contracts = [LedgerContract];
