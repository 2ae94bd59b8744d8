// What this agent has to offer: what --resources and --attributes say, and for what they do not name what the machine has
// (mesos-api.md 13).
import type { Attribute, Resource } from '../../mesos/generated/v1.ts';
import { Resources } from '../../mesos/resources.ts';
import { parseAttributes } from '../../mesos/text/attributes.ts';
import type { World } from '../../world/world.ts';
import { invalidValue } from '../serving/flags.ts';
import type { AgentCapacity } from './containers/containerizer.ts';

const MEGABYTE = 1024 * 1024;
const GIGABYTE = 1024 * MEGABYTE;

/** The flags as given; undefined = to be detected. */
export interface CapacityFlags {
  readonly resources: string | undefined;
  readonly attributes: string | undefined;
  readonly defaultRole: string;
  readonly workDir: string;
}

/** Throws FlagError when a text cannot be understood, DiskError when a file that is named cannot be read. */
export async function agentCapacity(world: World, flags: CapacityFlags): Promise<AgentCapacity> {
  const text = await textOrFile(world, flags.resources ?? '');
  const given = understood('resources', text, () => Resources.parse(text, flags.defaultRole));
  const names = new Set(given.names());
  const detected: Resource[] = [];
  if (!names.has('cpus')) detected.push(scalar('cpus', world.host.cpus, flags.defaultRole));
  if (!names.has('mem')) detected.push(scalar('mem', offeredMemoryMb(world.host.memoryBytes), flags.defaultRole));
  if (!names.has('disk')) {
    const { totalBytes } = await world.disk.space(flags.workDir);
    detected.push(scalar('disk', offeredDiskMb(totalBytes), flags.defaultRole));
  }
  if (!names.has('ports')) detected.push(...Resources.parse('ports:[31000-32000]', flags.defaultRole).toMessages());
  const resources = Resources.of(detected).plus(given);
  return { resources: resources.toMessages(), attributes: attributesOf(flags.attributes) };
}

/** All but a gigabyte, half of it on small machines. */
export function offeredMemoryMb(totalBytes: number): number {
  return Math.floor((totalBytes >= 2 * GIGABYTE ? totalBytes - GIGABYTE : totalBytes / 2) / MEGABYTE);
}

/** All but five gigabytes, half of it on small file systems. */
export function offeredDiskMb(totalBytes: number): number {
  return Math.floor((totalBytes >= 10 * GIGABYTE ? totalBytes - 5 * GIGABYTE : totalBytes / 2) / MEGABYTE);
}

function attributesOf(text: string | undefined): readonly Attribute[] {
  return text === undefined || text.trim() === '' ? [] : understood('attributes', text, () => parseAttributes(text));
}

function understood<T>(flag: string, text: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw invalidValue(flag, text, cause);
  }
}

/** What a flag says, or the content of the file that it names with `file://`. Throws DiskError. */
export async function textOrFile(world: World, text: string): Promise<string> {
  return text.startsWith('file://') ? await world.disk.readText(text.slice('file://'.length)) : text;
}

function scalar(name: string, value: number, role: string): Resource {
  const [resource] = Resources.parse(`${name}:${value}`, role).toMessages();
  if (resource === undefined) throw new Error(`no ${name} on this machine`);
  return resource;
}
