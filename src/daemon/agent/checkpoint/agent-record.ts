// What an agent id was given for: the AgentInfo at registration, and the boot it last ran in. Decides whether a restarted
// agent is still the same (mesos-semantics.md 8.4, 8.7).
import type { AgentInfo, Attribute } from '../../../mesos/generated/v1.ts';
import { Resources } from '../../../mesos/resources.ts';
import { type Disk, DiskError } from '../../../world/disk.ts';
import { CHECKPOINT_VERSION, CheckpointError, checkVersion } from './entries.ts';
import type { WorkLayout } from './layout.ts';

/** The agent as it last registered, and the boot of the machine it did so in. */
export interface AgentRecord {
  readonly info: AgentInfo;
  readonly bootId: string;
}

/** The record of the latest agent id, or undefined when there is none. Throws CheckpointError. */
export async function readLatestRecord(disk: Disk, layout: WorkLayout): Promise<AgentRecord | undefined> {
  const agentId = await latestAgentId(disk, layout);
  if (agentId === undefined) return undefined;
  const path = layout.agentRecord(agentId);
  const text = await textOf(disk, path);
  if (text === undefined) return undefined;
  let record: { format?: unknown; version?: unknown; info: AgentInfo; bootId: string };
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError('corrupt', `${path} cannot be read`, { cause });
  }
  if (record.format !== 'mctl-agent') throw new CheckpointError('corrupt', `${path} is not the record of an agent`);
  checkVersion(path, record.version);
  return { info: record.info, bootId: record.bootId };
}

/** Makes `record` the latest one, durably. */
export async function writeRecord(disk: Disk, layout: WorkLayout, agentId: string, record: AgentRecord): Promise<void> {
  await disk.makeDirectory(layout.metaAgent(agentId));
  await disk.makeDirectory(layout.frameworksDirectory(agentId));
  const text = JSON.stringify({ format: 'mctl-agent', version: CHECKPOINT_VERSION, ...record });
  await disk.writeAtomic(layout.agentRecord(agentId), `${text}\n`);
  await disk.symlink(agentId, layout.latestMeta);
  await disk.symlink(agentId, `${layout.sandboxAgents}/latest`);
}

/** The next start gets a new id; the sandboxes stay. */
export async function forgetLatest(disk: Disk, layout: WorkLayout): Promise<void> {
  await disk.remove(layout.latestMeta);
}

async function latestAgentId(disk: Disk, layout: WorkLayout): Promise<string | undefined> {
  try {
    return await disk.readLink(layout.latestMeta);
  } catch (error) {
    if (error instanceof DiskError && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function textOf(disk: Disk, path: string): Promise<string | undefined> {
  try {
    return await disk.readText(path);
  } catch (error) {
    if (error instanceof DiskError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/**
 * How much an agent may change and keep its id: nothing, or only gain (`--reconfiguration_policy`; mesos-semantics.md
 * 8.7).
 */
export type ReconfigurationPolicy = 'equal' | 'additive';

/** Why an agent that is now `present` can no longer be the one registered as `recorded`; undefined when it can. */
export function incompatibility(
  recorded: AgentInfo,
  present: AgentInfo,
  policy: ReconfigurationPolicy,
): string | undefined {
  if (recorded.hostname !== present.hostname) return `hostname was ${recorded.hostname}, is ${present.hostname}`;
  if (recorded.port !== present.port) return `port was ${recorded.port}, is ${present.port}`;
  const before = Resources.of(recorded.resources);
  const now = Resources.of(present.resources);
  const isDomainKept = JSON.stringify(sorted(recorded.domain)) === JSON.stringify(sorted(present.domain));
  const attributesBefore = attributeTexts(recorded);
  const attributesNow = attributeTexts(present);
  if (policy === 'equal') {
    if (!now.equals(before)) return `resources were ${before.format()}, are ${now.format()}`;
    if ([...attributesBefore].join() !== [...attributesNow].join()) return 'the attributes have changed';
    return isDomainKept ? undefined : 'the domain has changed';
  }
  if (!now.contains(before)) return `resources were ${before.format()}, are ${now.format()}: some are missing`;
  for (const attribute of recorded.attributes ?? []) {
    if (!(present.attributes ?? []).some((now) => includes(now, attribute)))
      return `the attribute ${JSON.stringify(attribute)} is missing or has changed`;
  }
  return isDomainKept || recorded.domain === undefined ? undefined : 'the domain has changed';
}

/** Whether it is the same attribute, or one of ranges that has more in them. */
function includes(now: Attribute, before: Attribute): boolean {
  if (now.name !== before.name || now.type !== before.type) return false;
  if (now.type !== 'RANGES') return JSON.stringify(sorted(now)) === JSON.stringify(sorted(before));
  const [there, needed] = [now, before].map(({ name, ranges }) =>
    Resources.of([{ name, type: 'RANGES', ...(ranges && { ranges }) }]),
  );
  return there !== undefined && needed !== undefined && there.contains(needed);
}

function attributeTexts(info: AgentInfo): Set<string> {
  const texts = (info.attributes ?? []).map((attribute) => JSON.stringify(sorted(attribute)));
  return new Set(texts.sort());
}

/** The same value with the members of all objects in order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}
