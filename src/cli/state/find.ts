// Which state the flags mean.
import { resolve } from 'node:path';
import { parseZooKeeperAddress, type ZooKeeperAddress } from '../../cluster/zookeeper/address.ts';
import type { World } from '../../world/world.ts';
import type { Target } from '../context/resolve.ts';
import { electionAddress } from '../daemon/election-address.ts';
import { besideOf, SERVICES, type Service } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { isElection, readMasters } from '../masters/texts.ts';
import { Problem } from '../problem.ts';
import { embeddedState, embeddedTarget } from './embedded.ts';
import { ensembleState } from './ensemble.ts';
import type { StatePlace } from './place.ts';

/** What may say where the state is. */
export interface StateQuestion {
  readonly zk: string | undefined;
  readonly workDir: string | undefined;
  readonly service: Service | undefined;
  /** The cluster that is meant otherwise. Throws Problem. */
  readonly target: () => Promise<Target>;
  readonly timeoutMs: number | undefined;
}

type StateWorld = Pick<World, 'clock' | 'random' | 'log' | 'host' | 'disk'>;

/** State that is there. Throws Problem. */
export async function stateToBackUp(world: StateWorld, question: StateQuestion): Promise<StatePlace> {
  const { workDir, service, timeoutMs } = question;
  if (workDir !== undefined) return embeddedState(world, resolve(workDir), service);
  if (service === undefined) {
    throw new Problem(EXIT.usage, {
      what: 'Whose state is meant?',
      next: `Add --service ${SERVICES.join(' or --service ')}.`,
    });
  }
  return ensembleState(world, await addressOf(question, service), service, timeoutMs);
}

/** Where the state of a service is to be. Throws Problem. */
export async function stateToReplace(
  world: StateWorld,
  question: StateQuestion,
  service: Service,
): Promise<StatePlace> {
  const { workDir, timeoutMs } = question;
  if (workDir !== undefined) return embeddedTarget(world, resolve(workDir), service);
  return ensembleState(world, await addressOf(question, service), service, timeoutMs);
}

/** `--zk` is the service's own; of a cluster the masters' is known, and the others' are beside it. */
async function addressOf({ zk, target }: StateQuestion, service: Service): Promise<ZooKeeperAddress> {
  if (zk !== undefined) return electionAddress(zk);
  const { masters, election } = await target();
  const [first = ''] = election === undefined ? readMasters(masters) : [election];
  if (isElection(first)) {
    const address = parseZooKeeperAddress(first);
    return service === 'master' ? address : besideOf(service, address);
  }
  throw new Problem(EXIT.usage, {
    what: 'Where is the state?',
    why: 'The cluster is known by the address of its master, not by an election.',
    next: [
      '--zk zk://host:port,…/path      (as the daemon has it)',
      '--work-dir <dir>      (of a daemon that is stopped)',
    ],
  });
}
