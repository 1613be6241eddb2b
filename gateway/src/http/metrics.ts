import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The gateway's Prometheus metrics. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly submissions: Counter<'transaction' | 'outcome'>;
}

/** Makes a registry of its own, so that several gateways can live in one process. */
export function createMetrics(standing: () => { readonly blockNumber: number }, ledgerHeight: () => bigint): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'passport_read_model_block',
    help: 'Last block that the read model has taken in.',
    registers: [registry],
    collect() {
      this.set(standing().blockNumber);
    },
  });
  new Gauge({
    name: 'passport_ledger_height',
    help: 'Number of blocks on the ledger.',
    registers: [registry],
    collect() {
      this.set(Number(ledgerHeight()));
    },
  });
  return {
    registry,
    requests: new Histogram({
      name: 'passport_http_request_duration_seconds',
      help: 'Duration of HTTP requests.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    }),
    submissions: new Counter({
      name: 'passport_submissions_total',
      help: 'Submitted transactions by name and outcome.',
      labelNames: ['transaction', 'outcome'],
      registers: [registry],
    }),
  };
}
