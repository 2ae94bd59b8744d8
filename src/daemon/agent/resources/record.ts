// What operations made of this machine's resources, in one file beside the agent ids: it outlives them, so that volumes are
// there for the next one (mesos-semantics.md 4).
import type { Operation, Resource } from '../../../mesos/generated/v1.ts';
import { asConfigured } from '../../../mesos/resources/conversion.ts';
import { Resources } from '../../../mesos/resources.ts';
import { type Disk, DiskError } from '../../../world/disk.ts';
import { CheckpointError } from '../checkpoint/entries.ts';

const FORMAT = 'mctl-agent-resources';
/** Newer code reads older, older code refuses newer. */
const VERSION = 1;

/** What is remembered. */
export interface ResourcesRecord {
  /** Reservations and volumes that no flag says. */
  readonly resources: readonly Resource[];
  /** Done, with feedback that nobody has acknowledged. */
  readonly operations: readonly Operation[];
  /** Directories of destroyed volumes that may not all be gone yet. */
  readonly removing: readonly string[];
}

/** Nothing remembered when there is no file. Throws CheckpointError, DiskError. */
export async function readResources(disk: Disk, path: string): Promise<ResourcesRecord> {
  let text: string;
  try {
    text = await disk.readText(path);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'not-found') throw error;
    return { resources: [], operations: [], removing: [] };
  }
  let record: { format?: unknown; version?: unknown } & Partial<ResourcesRecord>;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError('corrupt', `${path} cannot be read`, { cause });
  }
  const { format, version, resources = [], operations = [], removing = [] } = record;
  if (format !== FORMAT || typeof version !== 'number') {
    throw new CheckpointError('corrupt', `${path} is not what an agent remembers of its resources`);
  }
  if (version > VERSION) {
    throw new CheckpointError(
      'newer-format',
      `${path} has version ${version} of its format and this mctl reads up to ${VERSION}: start the newer mctl that wrote it, or use another --work_dir`,
    );
  }
  return { resources, operations, removing };
}

/** Durable when it resolves. Throws DiskError. */
export async function writeResources(disk: Disk, path: string, record: ResourcesRecord): Promise<void> {
  await disk.writeAtomic(path, `${JSON.stringify({ format: FORMAT, version: VERSION, ...record })}\n`);
}

/**
 * What the flags say with what is remembered in its place; undefined when the flags leave too little for that: then `lacks` is
 * told what.
 */
export function withRemembered(
  configured: Resources,
  remembered: readonly Resource[],
  lacks: (resource: Resources) => void,
): Resources | undefined {
  let total = configured;
  for (const resource of remembered) {
    const before = Resources.of([asConfigured(resource)]);
    if (!total.contains(before)) {
      lacks(before);
      return undefined;
    }
    total = total.minus(before).plus(Resources.of([resource]));
  }
  return total;
}
