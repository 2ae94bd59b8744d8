// What the registry holds in the Store, one entity to a key, each value a protobuf message with the version of its format
// (registry.proto; mesos-semantics.md 11.1). Newer formats are refused: an older master must not guess.

import { type StoreChange, type StoreEntry, StoreError } from '../../../cluster/store.ts';
import { decode, encode, type MessageType } from '../../../mesos/codec.ts';
import * as format from '../../../mesos/generated/registry.ts';
import type { AgentInfo, DrainInfo, MachineID, MasterInfo, TimeInfo, WeightInfo } from '../../../mesos/generated/v1.ts';
import { machineKey } from '../../../mesos/machine.ts';
import { configOf, quotaOf, type RoleQuota } from '../quota/role-quota.ts';
import type { Deactivation } from '../state/deactivation.ts';
import type { ScheduledMachine } from '../state/maintenance.ts';

/** What all keys of the registry begin with in the Store. */
export const REGISTRY_PREFIX = 'registry/';
const FORMAT_VERSION = 1;
/** Of agents that operators took out of the offers: who does not know of that must not lead, it would offer them. */
const DEACTIVATED_VERSION = 2;
const AGENTS = `${REGISTRY_PREFIX}agents/`;
const UNREACHABLE = `${REGISTRY_PREFIX}unreachable/`;
const GONE = `${REGISTRY_PREFIX}gone/`;
const WEIGHTS = `${REGISTRY_PREFIX}weights/`;
const MACHINES = `${REGISTRY_PREFIX}machines/`;
const QUOTAS = `${REGISTRY_PREFIX}quotas/`;
const MASTER = `${REGISTRY_PREFIX}master`;

/** The registry as read at the start. */
export interface Registry {
  readonly agents: ReadonlyMap<string, AgentInfo>;
  readonly unreachable: ReadonlyMap<string, TimeInfo>;
  readonly gone: ReadonlyMap<string, TimeInfo>;
  /** Of `agents` and `unreachable`. */
  readonly deactivated: ReadonlyMap<string, Deactivation>;
  readonly weights: ReadonlyMap<string, number>;
  readonly quotas: ReadonlyMap<string, RoleQuota>;
  /** Of the maintenance schedule. */
  readonly machines: readonly ScheduledMachine[];
}

/** Throws StoreError `newer-format`, or CodecError when an entry is not what its key says. */
export function readRegistry(entries: readonly StoreEntry[]): Registry {
  const agents = new Map<string, AgentInfo>();
  const unreachable = new Map<string, TimeInfo>();
  const gone = new Map<string, TimeInfo>();
  const deactivated = new Map<string, Deactivation>();
  const weights = new Map<string, number>();
  const quotas = new Map<string, RoleQuota>();
  const machines: ScheduledMachine[] = [];
  for (const entry of entries) {
    if (entry.key.startsWith(AGENTS)) {
      const agent = read(format.Agent, entry, DEACTIVATED_VERSION);
      const agentId = nameIn(entry.key, AGENTS);
      agents.set(agentId, agent.agent_info);
      if (agent.deactivated === true) deactivated.set(agentId, deactivationOf(agent));
    } else if (entry.key.startsWith(UNREACHABLE)) {
      const agent = read(format.UnreachableAgent, entry, DEACTIVATED_VERSION);
      const agentId = nameIn(entry.key, UNREACHABLE);
      unreachable.set(agentId, agent.timestamp);
      if (agent.deactivated === true) deactivated.set(agentId, deactivationOf(agent));
    } else if (entry.key.startsWith(GONE)) {
      gone.set(nameIn(entry.key, GONE), read(format.GoneAgent, entry).timestamp);
    } else if (entry.key.startsWith(WEIGHTS)) {
      weights.set(nameIn(entry.key, WEIGHTS), read(format.Weight, entry).weight_info.weight);
    } else if (entry.key.startsWith(QUOTAS)) {
      quotas.set(nameIn(entry.key, QUOTAS), quotaOf(read(format.Quota, entry).quota_config));
    } else if (entry.key.startsWith(MACHINES)) {
      machines.push(machineOf(read(format.Machine, entry)));
    } else if (entry.key === MASTER) {
      read(format.Master, entry);
    } else {
      throw new StoreError('newer-format', `The registry has an entry '${entry.key}' that this version does not know`);
    }
  }
  return { agents, unreachable, gone, deactivated, weights, quotas, machines };
}

/** Which master leads since when; there is one such entry. */
export const putMaster = (info: MasterInfo, electedTime: TimeInfo): StoreChange =>
  put(MASTER, format.Master, { format_version: FORMAT_VERSION, master_info: info, elected_time: electedTime });

/** An admitted agent, with what it said of itself and what operators said of it. */
export const putAgent = (agentId: string, info: AgentInfo, deactivation?: Deactivation): StoreChange =>
  put(keyOf(AGENTS, agentId), format.Agent, { agent_info: info, ...deactivationFields(deactivation) });

/** The agent is no longer admitted: it left, or became unreachable or gone in the same commit. */
export const deleteAgent = (agentId: string): StoreChange => remove(keyOf(AGENTS, agentId));

/** The agent is unreachable since `timestamp`. */
export const putUnreachable = (agentId: string, timestamp: TimeInfo, deactivation?: Deactivation): StoreChange =>
  put(keyOf(UNREACHABLE, agentId), format.UnreachableAgent, {
    agent_id: { value: agentId },
    timestamp,
    ...deactivationFields(deactivation),
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

/** What the role is guaranteed and limited to. */
export const putQuota = (role: string, quota: RoleQuota): StoreChange =>
  put(keyOf(QUOTAS, role), format.Quota, { format_version: FORMAT_VERSION, quota_config: configOf(role, quota) });

/** The role has no quota any more. */
export const deleteQuota = (role: string): StoreChange => remove(keyOf(QUOTAS, role));

/** A machine of the maintenance schedule, down or to be. */
export const putMachine = ({ id, mode, unavailability, window, place }: ScheduledMachine): StoreChange =>
  put(keyOf(MACHINES, machineKey(id)), format.Machine, {
    format_version: FORMAT_VERSION,
    machine_info: { id, mode, unavailability },
    window,
    place,
  });

/** It is up, and in no schedule. */
export const deleteMachine = (id: MachineID): StoreChange => remove(keyOf(MACHINES, machineKey(id)));

/** Without a time it could not be in a schedule: now is as good as any. */
function machineOf({ machine_info: { id, mode, unavailability }, window, place }: format.Machine): ScheduledMachine {
  const isDown = mode === 'DOWN';
  return {
    id,
    mode: isDown ? mode : 'DRAINING',
    unavailability: unavailability ?? { start: { nanoseconds: 0 } },
    window,
    place,
  };
}

function deactivationFields(deactivation: Deactivation | undefined) {
  if (deactivation === undefined) return { format_version: FORMAT_VERSION };
  const { drain } = deactivation;
  return { format_version: DEACTIVATED_VERSION, deactivated: true, ...(drain && { drain_info: drain }) };
}

function deactivationOf({ drain_info }: { readonly drain_info?: DrainInfo }): Deactivation {
  return drain_info === undefined ? {} : { drain: drain_info };
}

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

function read<T extends { format_version: number }>(
  type: MessageType<T>,
  entry: StoreEntry,
  newest = FORMAT_VERSION,
): T {
  const record = decode(type, entry.value);
  if (record.format_version > newest) {
    throw new StoreError(
      'newer-format',
      `Registry entry '${entry.key}' has format ${record.format_version}, this version knows up to ${newest}: ` +
        'start the newer version that wrote it',
    );
  }
  return record;
}
