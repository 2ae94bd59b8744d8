// State in the work dir of a daemon. The daemon must not run: the lock of the work dir is held all the time.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalStore } from '../../cluster/local/index.ts';
import type { Store } from '../../cluster/store.ts';
import { DiskError, type DiskLock } from '../../world/disk.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { World } from '../../world/world.ts';
import { databaseOf, SERVICES, type Service, titleOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import type { StatePlace } from './place.ts';

/** Services that have state in the directory. */
export function servicesIn(directory: string): Service[] {
  return SERVICES.filter((service) => existsSync(join(directory, databaseOf(service))));
}

/** The state that is there. Throws Problem: `notFound` when there is none, `usage` when it is not clear which is meant. */
export async function embeddedState(
  world: Pick<World, 'disk'>,
  directory: string,
  wanted: Service | undefined,
): Promise<StatePlace> {
  const found = servicesIn(directory);
  const service = wanted ?? found[0];
  if (service === undefined || !found.includes(service)) {
    const files = (wanted === undefined ? SERVICES : [wanted]).map(databaseOf).join(' or ');
    const others = found.length === 0 ? '' : ` It has the state of a ${found.map(titleOf).join(' and a ')}.`;
    throw new Problem(EXIT.notFound, {
      what: `There is no state in ${directory}.`,
      why: `It has no ${files}.${others}`,
      next: 'Give the --work-dir of the daemon.',
    });
  }
  if (wanted === undefined && found.length > 1) {
    throw new Problem(EXIT.usage, {
      what: `${directory} has the state of a ${found.map(titleOf).join(' and of a ')}; which one is meant?`,
      next: `Add --service ${found.join(' or --service ')}.`,
    });
  }
  return placeIn(world, directory, service);
}

/**
 * A place for state, there already or to be made: the directory too. Throws Problem `conflict` when it is another
 * service's.
 */
export async function embeddedTarget(
  world: Pick<World, 'disk'>,
  directory: string,
  service: Service,
): Promise<StatePlace> {
  const others = servicesIn(directory).filter((found) => found !== service);
  if (others.length > 0) {
    throw new Problem(EXIT.conflict, {
      what: `${directory} is the work dir of a ${others.map(titleOf).join(' and a ')}, this is the state of a ${titleOf(service)}.`,
      next: 'Give another --work-dir.',
    });
  }
  makeDirectory(directory);
  return placeIn(world, directory, service);
}

function makeDirectory(directory: string): void {
  try {
    makeDirectoriesSync(directory);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const isForbidden = ['EACCES', 'EPERM', 'EROFS'].includes(code);
    const why = `${cause instanceof Error ? cause.message : String(cause)}.`;
    const exit = isForbidden ? EXIT.notAllowed : EXIT.failed;
    throw new Problem(exit, { what: `${directory} cannot be made.`, why, next: 'Give another --work-dir.' }, { cause });
  }
}

async function placeIn(world: Pick<World, 'disk'>, directory: string, service: Service): Promise<StatePlace> {
  // Before the database is touched.
  const lock = await takeLock(world, directory, service);
  let store: Store | undefined;
  return {
    service,
    where: directory,
    async open() {
      store ??= await openLocalStore(join(directory, databaseOf(service)));
      return store;
    },
    hold: async () => ({}),
    async close() {
      await store?.close();
      await lock.release();
    },
  };
}

async function takeLock(world: Pick<World, 'disk'>, directory: string, service: Service): Promise<DiskLock> {
  try {
    return await world.disk.lock(join(directory, 'lock'));
  } catch (cause) {
    if (!(cause instanceof DiskError)) throw cause;
    if (cause.code === 'locked') {
      throw new Problem(
        EXIT.conflict,
        {
          what: `Another process works on ${directory}.`,
          why: `${cause.message}.`,
          next: `Stop the ${titleOf(service)} first.`,
        },
        { cause },
      );
    }
    const code = cause.code === 'forbidden' ? EXIT.notAllowed : EXIT.failed;
    throw new Problem(code, { what: `${directory} cannot be used.`, why: `${cause.message}.` }, { cause });
  }
}
