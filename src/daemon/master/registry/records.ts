// What the registry holds in the Store, one entity to a key, each value a protobuf message with the version of its format
// (registry.proto; mesos-semantics.md 11.1). Newer formats are refused: an older master must not guess.

import { type StoreChange, type StoreEntry, StoreError } from '../../../cluster/store.ts';
import { decode, encode, type MessageType } from '../../../mesos/codec.ts';
import * as format from '../../../mesos/generated/registry.ts';
import type { AgentInfo, MasterInfo, TimeInfo, WeightInfo } from '../../../mesos/generated/v1.ts';

/** What all keys of the registry begin with in the Store. */
export const REGISTRY_PREFIX = 'registry/';
const FORMAT_VERSION = 1;
const AGENTS = `${REGISTRY_PREFIX}agents/`;
const UNREACHABLE = `${REGISTRY_PREFIX}unreachable/`;
const GONE = `${REGISTRY_PREFIX}gone/`;
const WEIGHTS = `${REGISTRY_PREFIX}weights/`;
const MASTER = `${REGISTRY_PREFIX}master`;

/** The registry as read at the start. */
export interface Registry {
  readonly agents: ReadonlyMap<string, AgentInfo>;
  readonly unreachable: ReadonlyMap<string, TimeInfo>;
  readonly gone: ReadonlyMap<string, TimeInfo>;
  readonly weights: ReadonlyMap<string, number>;
}

/** Throws StoreError `newer-format`, or CodecError when an entry is not what its key says. */
export function readRegistry(entries: readonly StoreEntry[]): Registry {
  const agents = new Map<string, AgentInfo>();
  const unreachable = new Map<string, TimeInfo>();
  const gone = new Map<string, TimeInfo>();
  const weights = new Map<string, number>();
  for (const entry of entries) {
    if (entry.key.startsWith(AGENTS)) {
      agents.set(nameIn(entry.key, AGENTS), read(format.Agent, entry).agent_info);
    } else if (entry.key.startsWith(UNREACHABLE)) {
      unreachable.set(nameIn(entry.key, UNREACHABLE), read(format.UnreachableAgent, entry).timestamp);
    } else if (entry.key.startsWith(GONE)) {
      gone.set(nameIn(entry.key, GONE), read(format.GoneAgent, entry).timestamp);
    } else if (entry.key.startsWith(WEIGHTS)) {
      weights.set(nameIn(entry.key, WEIGHTS), read(format.Weight, entry).weight_info.weight);
    } else if (entry.key === MASTER) {
      read(format.Master, entry);
    } else {
      throw new StoreError('newer-format', `The registry has an entry '${entry.key}' that this version does not know`);
    }
  }
  return { agents, unreachable, gone, weights };
}

/** Which master leads since when; there is one such entry. */
export const putMaster = (info: MasterInfo, electedTime: TimeInfo): StoreChange =>
  put(MASTER, format.Master, { format_version: FORMAT_VERSION, master_info: info, elected_time: electedTime });

/** An admitted agent, with what it said of itself. */
export const putAgent = (agentId: string, info: AgentInfo): StoreChange =>
  put(keyOf(AGENTS, agentId), format.Agent, { format_version: FORMAT_VERSION, agent_info: info });

/** The agent is no longer admitted: it left, or became unreachable or gone in the same commit. */
export const deleteAgent = (agentId: string): StoreChange => remove(keyOf(AGENTS, agentId));

/** The agent is unreachable since `timestamp`. */
export const putUnreachable = (agentId: string, timestamp: TimeInfo): StoreChange =>
  put(keyOf(UNREACHABLE, agentId), format.UnreachableAgent, {
    format_version: FORMAT_VERSION,
    agent_id: { value: agentId },
    timestamp,
  });

/** The agent is back, or forgotten by the garbage collection. */
export const deleteUnreachable = (agentId: string): StoreChange => remove(keyOf(UNREACHABLE, agentId));

/** The agent was declared gone at `timestamp` and may not come back. */
export const putGone = (agentId: string, timestamp: TimeInfo): StoreChange =>
  put(keyOf(GONE, agentId), format.GoneAgent, {
    format_version: FORMAT_VERSION,
    agent_id: { value: agentId },
    timestamp,
  });

/** Forgotten by the garbage collection. */
export const deleteGone = (agentId: string): StoreChange => remove(keyOf(GONE, agentId));

/** The weight of a role, above 0. */
export const putWeight = (role: string, weight: number): StoreChange => {
  const info: WeightInfo = { role, weight };
  return put(keyOf(WEIGHTS, role), format.Weight, { format_version: FORMAT_VERSION, weight_info: info });
};

/** Roles and ids may hold slashes and anything else a key should not. */
function keyOf(prefix: string, name: string): string {
  return prefix + encodeURIComponent(name);
}

function nameIn(key: string, prefix: string): string {
  return decodeURIComponent(key.slice(prefix.length));
}

function put<T extends { format_version: number }>(key: string, type: MessageType<T>, value: T): StoreChange {
  return { kind: 'put', key, value: encode(type, value) };
}

function remove(key: string): StoreChange {
  return { kind: 'delete', key };
}

function read<T extends { format_version: number }>(type: MessageType<T>, entry: StoreEntry): T {
  const record = decode(type, entry.value);
  if (record.format_version > FORMAT_VERSION) {
    throw new StoreError(
      'newer-format',
      `Registry entry '${entry.key}' has format ${record.format_version}, this version knows up to ${FORMAT_VERSION}: ` +
        'start the newer version that wrote it',
    );
  }
  return record;
}
