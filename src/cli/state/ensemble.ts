// State on a ZooKeeper ensemble. It can be copied while it is in use, and replaced while nobody stands for election.
import { ElectionError } from '../../cluster/election.ts';
import {
  type Custody,
  connectZooKeeper,
  openZooKeeperStore,
  type StandingCandidate,
  takeCustody,
  type ZooKeeperAddress,
  ZooKeeperElection,
} from '../../cluster/zookeeper/index.ts';
import type { World } from '../../world/world.ts';
import { electionOf, SERVICES, type Service, statePathOf, titleOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { sentence } from '../output/sentence.ts';
import { Problem } from '../problem.ts';
import type { StatePlace } from './place.ts';

const SESSION_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** A large state takes its time, and while its leader writes it may take several tries to get one picture of it. */
const READ_TIMEOUT_MS = 120_000;
const COMMIT_TIMEOUT_MS = 600_000;
/** As much as waits for a store at most. */
const MAX_BYTES = 250 * 1024 * 1024;

/** Nothing is waited for yet. `timeoutMs`: of everything, if the caller gave one. */
export function ensembleState(
  world: Pick<World, 'clock' | 'random' | 'log' | 'host'>,
  address: ZooKeeperAddress,
  service: Service,
  timeoutMs: number | undefined,
): StatePlace {
  const connection = connectZooKeeper(world, address, { sessionTimeoutMs: SESSION_TIMEOUT_MS });
  const elections = SERVICES.map((one) => ({
    one,
    election: new ZooKeeperElection(world, connection, electionOf(one, address.path)),
  }));
  const path = statePathOf(address.path);
  const connectMs = timeoutMs ?? CONNECT_TIMEOUT_MS;
  let custody: Custody | undefined;
  return {
    service,
    where: address.toString(),
    maxBytes: MAX_BYTES,
    async open() {
      await connection.connected(connectMs);
      return openZooKeeperStore(world, connection, {
        path,
        readTimeoutMs: timeoutMs ?? READ_TIMEOUT_MS,
        commitTimeoutMs: timeoutMs ?? COMMIT_TIMEOUT_MS,
      });
    },
    async hold() {
      // Whoever stands at this path writes to this state: the service that was meant, or another by mistake.
      let asked = service;
      const candidates = async (timeout: number): Promise<readonly StandingCandidate[]> => {
        for (const { one, election } of elections) {
          const standing = await election.candidates(timeout);
          if (standing.length === 0) continue;
          asked = one;
          return standing;
        }
        return [];
      };
      const options = { path, publicPath: address.path, election: { candidates }, timeoutMs: connectMs };
      try {
        custody = await takeCustody(connection, options);
        return { fence: custody.epoch };
      } catch (error) {
        throw error instanceof ElectionError && error.code === 'locked' ? inUse(error, asked, address) : error;
      }
    },
    async close() {
      await custody?.release();
      for (const { election } of elections) await election.close();
      await connection.close();
    },
  };
}

function inUse(cause: ElectionError, service: Service, address: ZooKeeperAddress): Problem {
  return new Problem(
    EXIT.conflict,
    {
      what: `The state at ${address} is in use.`,
      why: sentence(cause.message),
      next: [
        `Stop every ${titleOf(service)} first.`,
        `mctl leader ${service} --zk ${address}      (who stands for election)`,
      ],
    },
    { cause },
  );
}
