// A check that nobody notices, for dry runs: in a directory of its own, since a turn may be at work beside the config, and the
// directory of the config need not be ours to write.
import type { World } from '../../../world/world.ts';
import type { ApplySettings } from '../settings.ts';
import { Validator } from './validate.ts';

/** Hands a validator to `work`, and leaves nothing behind. Throws DiskError. */
export async function validatingAside<T>(
  world: Pick<World, 'disk' | 'host' | 'processes' | 'random'>,
  { haproxy, configPath, checkUser }: Pick<ApplySettings, 'haproxy' | 'configPath' | 'checkUser'>,
  work: (validator: Validator) => Promise<T>,
): Promise<T> {
  const directory = `/tmp/mctl-haproxy-check-${world.random.uuid()}`;
  // The user that checks must get in; the files in it are not for everyone.
  await world.disk.makeDirectory(directory, { mode: 0o755 });
  try {
    return await work(new Validator(world, haproxy, configPath, checkUser, directory));
  } finally {
    await world.disk.remove(directory);
  }
}
