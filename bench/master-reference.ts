// Figures of the original's master (Apache Mesos 1.12-dev, g++ -O2, 2 vCPU), as far as bench/master.ts does the same work.

export interface MasterReference {
  readonly agents: number;
  /** Running. */
  readonly tasks: number;
  /** Seconds until all agents were registered. */
  readonly registration: number;
  readonly residentMb: number;
  /** By read, best of three. */
  readonly seconds: Readonly<Record<string, number>>;
}

const reads = (figures: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    ['/state', '/state gzip', '/state-summary', '/slaves', 'GET_STATE json', 'GET_STATE protobuf'].map(
      (name, index) => [name, figures[index] ?? Number.NaN] as const,
    ),
  );

export const MASTERS: readonly MasterReference[] = [
  {
    agents: 1000,
    tasks: 10_000,
    registration: 1.44,
    residentMb: 118,
    seconds: reads([0.14, 0.11, 0.03, 0.02, 0.1, 0.04]),
  },
  {
    agents: 2000,
    tasks: 100_000,
    registration: 4.94,
    residentMb: 704,
    seconds: reads([1.1, 1.15, 0.18, 0.04, 1.41, 0.33]),
  },
  {
    agents: 10_000,
    tasks: 100_000,
    registration: 8.76,
    residentMb: 800,
    seconds: reads([1.36, 1.49, 0.62, 0.28, 1.55, 0.66]),
  },
];

/** Not recorded: what matters of these is that they keep nobody waiting. */
export const OTHER_READS = [
  '/tasks',
  '/frameworks',
  '/roles',
  '/metrics/snapshot',
  '/metrics/prometheus',
  '/maintenance/status',
  '/quota',
  'GET_EXECUTORS json',
  'GET_OPERATIONS json',
  'GET_TASKS protobuf',
  'GET_AGENTS json',
  'GET_FRAMEWORKS json',
  'GET_ROLES json',
];

/** Requests per second of sixteen connections, two agents. */
export const RATES: Readonly<Record<string, number>> = {
  '/version': 9800,
  '/health': 10_300,
  '/nothing': 17_900,
  '/state': 2450,
  'GET_HEALTH json': 9400,
  'GET_AGENTS json': 3500,
};

/** Calls per second of one framework on eight connections. */
export const CALL_RATES = [
  { call: { type: 'SUPPRESS' }, reference: 3300 },
  { call: { type: 'DECLINE', decline: { offer_ids: [{ value: 'unknown' }] } }, reference: 5300 },
  { call: { type: 'RECONCILE', reconcile: { tasks: [] } }, reference: 5900 },
  { call: { type: 'REVIVE' }, reference: 5800 },
] as const;

/** One framework, two agents, an executor that tells RUNNING and FINISHED at once. */
export const INSTANT_TASKS: readonly { readonly tasks: number; readonly batch: number; readonly perSecond: number }[] =
  [
    { tasks: 200, batch: 50, perSecond: 256 },
    { tasks: 2000, batch: 100, perSecond: 219 },
    { tasks: 2000, batch: 500, perSecond: 193 },
  ];
