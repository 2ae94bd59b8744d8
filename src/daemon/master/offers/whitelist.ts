// `--whitelist`: a file of host names whose agents may be offered, looked at again every 5 s (mesos-semantics.md 3.3).
import type { World } from '../../../world/world.ts';

const READ_INTERVAL_MS = 5000;

export interface Whitelist {
  stop(): void;
}

/** `*` as the only name means everybody. While the file cannot be read, the names read last hold. */
export function watchWhitelist(
  world: World,
  path: string,
  update: (hostnames: ReadonlySet<string> | undefined) => void,
): Whitelist {
  let isStopped = false;
  let former: string | undefined;
  async function read(): Promise<void> {
    try {
      const text = new TextDecoder().decode(await world.disk.readFile(path.replace(/^file:\/\//, '')));
      if (isStopped || text === former) return;
      former = text;
      const names = new Set(text.split('\n').flatMap((line) => line.trim() || []));
      update(names.size === 1 && names.has('*') ? undefined : names);
    } catch (error) {
      world.log.warn('the whitelist cannot be read', { path, error });
    }
  }
  void read();
  const timer = world.clock.every(READ_INTERVAL_MS, () => void read());
  return {
    stop: () => {
      isStopped = true;
      timer.cancel();
    },
  };
}
