// One task of the answer. Most of the answer is tasks, so this is written for speed: no copies, no spreads.
import type { DiscoveredTask } from './discovered.ts';
import { FieldError, isObject, kindOf, listAt, portOf, textAt } from './json-fields.ts';

const NO_RESULTS: DiscoveredTask['healthResults'] = [];
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
    ports: listAt(value, 'ports').map(portOf),
    ipAddresses: readAddresses(listAt(value, 'ipAddresses')),
    healthResults: readResults(listAt(value, 'healthCheckResults')),
  };
  const state = textAt(value, 'state');
  if (state !== undefined) task.state = state;
  const version = textAt(value, 'version');
  if (version !== undefined) task.version = version;
  return task;
}

function readAddresses(list: readonly unknown[]): readonly string[] {
  if (list.length === 0) return NO_ADDRESSES;
  const addresses: string[] = [];
  for (const entry of list) {
    if (isObject(entry) && typeof entry.ipAddress === 'string') addresses.push(entry.ipAddress);
  }
  return addresses;
}

function readResults(list: readonly unknown[]): DiscoveredTask['healthResults'] {
  if (list.length === 0) return NO_RESULTS;
  const results: { alive: boolean }[] = [];
  for (const entry of list) {
    if (isObject(entry) && typeof entry.alive === 'boolean') results.push({ alive: entry.alive });
  }
  return results;
}
