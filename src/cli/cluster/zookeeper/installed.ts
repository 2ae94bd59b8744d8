// Where ZooKeeper is on this machine: Debian's package has its parts at these places.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';

/** The parts of the class path, without versions. */
export const ZOOKEEPER_JARS: readonly string[] = ['zookeeper', 'slf4j-log4j12', 'log4j-1.2'].map(
  (name) => `/usr/share/java/${name}.jar`,
);

/** Throws Problem `failed`, which says how to install it. `path` is PATH. */
export function checkZooKeeper(path: string | undefined, exists: (file: string) => boolean = existsSync): void {
  const absent = ZOOKEEPER_JARS.find((jar) => !exists(jar));
  if (absent === undefined && isOnPath('java', path)) return;
  throw new Problem(EXIT.failed, {
    what: 'Several masters, Marathons or Chronoses need ZooKeeper, which is not installed.',
    why: absent === undefined ? 'There is no java to run it with.' : `There is no ${absent}.`,
    next: 'apt-get install zookeeper      (nothing of it is started; the cluster starts its own)',
  });
}

function isOnPath(program: string, path = ''): boolean {
  return path.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return directory !== '';
    } catch {
      return false; // not there, or nothing we may run
    }
  });
}
