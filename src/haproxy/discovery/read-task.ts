// One task of the answer. Most of the answer is tasks, so this is written for speed: no copies, no spreads.
import type { DiscoveredTask } from './discovered.ts';
import { FieldError, isObject, kindOf, listAt, portOf, textAt } from './json-fields.ts';

const ALIVE = { alive: true };
const DEAD = { alive: false };
const NO_RESULTS: DiscoveredTask['healthResults'] = [];
/** Most tasks have one result. */
const ONE_RESULT: readonly DiscoveredTask['healthResults'][] = [[DEAD], [ALIVE]];
const NO_ADDRESSES: readonly string[] = [];

/** Throws FieldError for a task without id or host, or with fields of other types. */
export function readTask(value: unknown): DiscoveredTask {
  if (!isObject(value)) throw new FieldError('', `is ${kindOf(value)}, not a task`);
  const id = textAt(value, 'id');
  if (id === undefined || id === '') throw new FieldError('id', 'is missing');
  const host = textAt(value, 'host');
  if (host === undefined || host === '') throw new FieldError('host', 'is missing');
  const task: { -readonly [K in keyof DiscoveredTask]: DiscoveredTask[K] } = {
    id,
    host,
    ports: readPorts(listAt(value, 'ports')),
    ipAddresses: readAddresses(listAt(value, 'ipAddresses')),
    healthResults: readResults(listAt(value, 'healthCheckResults')),
  };
  const state = textAt(value, 'state');
  if (state !== undefined) task.state = state;
  const version = textAt(value, 'version');
  if (version !== undefined) task.version = version;
  return task;
}

/** The very list when there is nothing to mend, which saves most of the memory of a large answer. */
function readPorts(list: readonly unknown[]): DiscoveredTask['ports'] {
  for (const port of list) if (portOf(port) === undefined) return list.map(portOf);
  return list as readonly number[];
}

function readAddresses(list: readonly unknown[]): readonly string[] {
  if (list.length === 0) return NO_ADDRESSES;
  const addresses = list.map((entry) => (isObject(entry) ? entry.ipAddress : undefined));
  const isClean = addresses.every((address) => typeof address === 'string');
  return isClean ? addresses : addresses.filter((address) => typeof address === 'string');
}

function readResults(list: readonly unknown[]): DiscoveredTask['healthResults'] {
  let results = NO_RESULTS;
  for (const entry of list) {
    if (!isObject(entry) || typeof entry.alive !== 'boolean') continue;
    const result = entry.alive ? ALIVE : DEAD;
    results = results.length === 0 ? (ONE_RESULT[Number(entry.alive)] ?? [result]) : [...results, result];
  }
  return results;
}
