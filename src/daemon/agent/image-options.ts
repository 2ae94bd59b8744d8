// What the flags say of images: where they come from, who we are there, and how long they stay (mesos-semantics.md 10.4).
// Both --docker_config and --image_gc_config are a path or JSON.
import { DiskError } from '../../world/disk.ts';
import type { World } from '../../world/world.ts';
import { FlagError, invalidValue } from '../serving/flags.ts';
import type { WorkLayout } from './checkpoint/layout.ts';
import type { ImageGcOptions } from './containers/images/image-gc.ts';
import { AgentLogins } from './containers/images/pull/logins.ts';
import type { ImagesOptions } from './containers/options.ts';
import type { AgentOptions } from './flags.ts';

/** Undefined when this agent takes no images. Throws FlagError, DiskError when a file that is named cannot be read. */
export async function imageOptions(
  world: World,
  options: AgentOptions,
  layout: WorkLayout,
): Promise<ImagesOptions | undefined> {
  if (options.imageProviders === undefined && !options.containerizers.value.includes('docker')) return undefined;
  const { dockerConfig, imageGcConfig } = options;
  if (dockerConfig !== undefined) await refuseWrongLogins(world, dockerConfig);
  return {
    registry: options.dockerRegistry,
    storeDirectory: options.dockerStoreDir ?? `${layout.workDirectory}/store/docker`,
    dockerConfig,
    gc: imageGcConfig === undefined ? undefined : await imageGc(world, imageGcConfig),
  };
}

/** Without the flag's text: it has secrets in it. */
async function refuseWrongLogins(world: World, flag: string): Promise<void> {
  try {
    await new AgentLogins(world, flag).read();
  } catch (cause) {
    const why = cause instanceof DiskError ? `the file cannot be read (${cause.code})` : (cause as Error).message;
    throw new FlagError('invalid-value', 'docker_config', `Failed to load the value of flag --docker_config: ${why}`);
  }
}

async function imageGc(world: World, flag: string): Promise<ImageGcOptions> {
  const path = flag.replace(/^file:\/\//, '');
  const text = path.startsWith('/') ? await world.disk.readText(path) : flag;
  try {
    return parseImageGc(text);
  } catch (cause) {
    throw invalidValue('image_gc_config', flag, cause);
  }
}

/**
 * `{"image_disk_headroom": 0.1, "image_disk_watch_interval": {"nanoseconds": 3600000000000}, "excluded_images": ["box"]}`, as
 * the original's. Throws Error.
 */
export function parseImageGc(text: string): ImageGcOptions {
  const config: unknown = JSON.parse(text);
  if (typeof config !== 'object' || config === null) throw new Error('expected a JSON object');
  const {
    image_disk_headroom: headroom = 0.1,
    image_disk_watch_interval: interval,
    excluded_images: excluded = [],
  } = config as Record<string, unknown>;
  if (typeof headroom !== 'number' || headroom < 0 || headroom > 1) {
    throw new Error("'image_disk_headroom' must be within 0 and 1");
  }
  const nanoseconds = Number((interval as { nanoseconds?: unknown } | undefined)?.nanoseconds);
  if (!(nanoseconds > 0)) throw new Error("'image_disk_watch_interval' must have nanoseconds, more than 0");
  if (!Array.isArray(excluded) || excluded.some((name) => typeof name !== 'string')) {
    throw new Error("'excluded_images' must be a list of names");
  }
  return { headroom, watchIntervalMs: Math.max(1, nanoseconds / 1e6), excluded: excluded as string[] };
}
