// A master on embedded state or, with --zk, one of several on an ensemble: the wiring of store, election and master.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LazyStore } from '../../cluster/lazy-store.ts';
import { LocalElection, openLocalStore } from '../../cluster/local/index.ts';
import type { MasterOptions } from '../../daemon/master/flags.ts';
import { startMaster } from '../../daemon/master/index.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { World } from '../../world/world.ts';
import { electionOf, statePathOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { electionAddress } from './election-address.ts';
import type { RunningDaemon } from './running-daemon.ts';
import { type DaemonState, withState } from './state.ts';

/**
 * Throws Problem `usage` without --work-dir where one is needed or for a --zk that is none, ElectionError `locked` when
 * another process has the work dir.
 */
export async function startLocalMaster(world: World, options: MasterOptions): Promise<RunningDaemon> {
  const state = await (options.zk === undefined ? localState(world, options) : sharedState(world, options, options.zk));
  try {
    return withState(world.clock, state, await startMaster(world, options, state));
  } catch (error) {
    await state.release();
    throw error;
  }
}

async function localState(world: World, options: MasterOptions): Promise<DaemonState> {
  const { directory, remove } = workDirectory(options);
  const election = new LocalElection(world, { directory });
  const store = await openLocalStore(join(directory, 'registry.db'));
  return {
    store,
    election,
    async release() {
      await election.close();
      await store.close();
      remove();
    },
  };
}

/** Below `--zk`: candidates `json.info_<number>`, and the registry at `mctl-state`, which no detector takes for one. */
async function sharedState(world: World, options: MasterOptions, zk: string): Promise<DaemonState> {
  const address = electionAddress(zk);
  const { connectZooKeeper, openZooKeeperStore, ZooKeeperElection } = await import('../../cluster/zookeeper/index.ts');
  const connection = connectZooKeeper(world, address, { sessionTimeoutMs: options.zkSessionTimeoutMs });
  const election = new ZooKeeperElection(world, connection, electionOf('master', connection.path));
  const inMemory = options.registry === 'in_memory' ? workDirectory(options) : undefined;
  const store = new LazyStore(() =>
    inMemory !== undefined
      ? openLocalStore(join(inMemory.directory, 'registry.db'))
      : openZooKeeperStore(world, connection, {
          path: statePathOf(connection.path),
          commitTimeoutMs: options.registryStoreTimeoutMs,
          readTimeoutMs: options.registryFetchTimeoutMs,
        }),
  );
  return {
    store,
    election,
    async release() {
      await election.close();
      // What still waits for an answer is told that there will be none.
      await connection.close();
      await store.close();
      inMemory?.remove();
    },
  };
}

function workDirectory({ workDir, registry }: MasterOptions): { directory: string; remove: () => void } {
  if (registry === 'in_memory') {
    // "In memory" means gone afterwards; the store wants a file all the same.
    const directory = mkdtempSync(join(tmpdir(), 'mctl-master-'));
    return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
  }
  if (workDir === undefined) {
    throw new Problem(EXIT.usage, {
      what: 'A master needs --work-dir.',
      why: 'Its registry is kept there.',
      next: 'mctl master --work-dir=/var/lib/mesos      (or --registry=in_memory to keep nothing, or --zk)',
    });
  }
  const directory = resolve(workDir);
  makeDirectoriesSync(directory);
  return { directory, remove: () => undefined };
}
