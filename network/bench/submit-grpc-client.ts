import { connectGrpc, type GrpcEndpoint, type Identity } from '../src/index.js';

/** What `submit-grpc.ts` asks of the process that holds the client. */
export interface GrpcTask {
  readonly endpoint: GrpcEndpoint;
  readonly identity: Identity;
  readonly transactions: number;
  readonly inFlight: number;
}

/** What it answers. */
export type GrpcFigures = readonly { readonly name: string; readonly value: number; readonly unit: string }[];

const BODY = 'x'.repeat(600);

process.once('message', (message) => {
  void run(message as GrpcTask).then((figures) => {
    process.send?.(figures);
    process.disconnect();
  });
});

async function run({ endpoint, identity, transactions, inFlight }: GrpcTask): Promise<GrpcFigures> {
  const connection = connectGrpc(endpoint, identity);
  const submit = (prefix: string) => (index: number) =>
    connection.submit('LedgerContract:register', [`${prefix}-${index}`, BODY]);
  await rate(Math.ceil(transactions / 5), inFlight, submit('warm'));
  const submits = await rate(transactions, inFlight, submit('pack'));
  const alone: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    const started = performance.now();
    await submit('alone')(index);
    alone.push(performance.now() - started);
  }
  alone.sort((left, right) => left - right);
  const evaluates = await rate(transactions, 64, (index) =>
    connection.evaluate('LedgerContract:get', [`key-${index}`]),
  );
  connection.close();
  return [
    { name: `durable submits over TLS, ${inFlight} in flight`, value: Math.round(submits), unit: '1/s' },
    { name: 'one submit in flight over TLS, p50', value: round(alone[100] ?? 0), unit: 'ms' },
    { name: 'one submit in flight over TLS, p99', value: round(alone[198] ?? 0), unit: 'ms' },
    { name: 'evaluates over TLS, 64 in flight', value: Math.round(evaluates), unit: '1/s' },
  ];
}

/** How many a second, with `inFlight` of them at a time. */
async function rate(count: number, inFlight: number, work: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return count / ((performance.now() - started) / 1000);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
