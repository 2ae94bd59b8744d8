// A scheduler as a process: it listens, stands for election, acts while it leads, asks the leader while it does not, and ends once.
import type { MasterPlaces } from '../../../client/leader-source.ts';
import type { Election } from '../../../cluster/election.ts';
import type { Store } from '../../../cluster/store.ts';
import type { HttpHandler, HttpResponse } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { FlagError } from '../flags.ts';
import { addressOf, isLoopback, nameOf } from '../process/address.ts';
import { type Level, LogLevels } from '../process/log-levels.ts';
import { Leadership, type LeadershipEnd } from './leadership.ts';
import type { Duty, Office } from './office.ts';

/** What every scheduler needs beside its World. Closing the election is the caller's. */
export type SchedulerDependencies = (StateOfOne | StateOfSeveral) & {
  readonly election: Election;
  /** Instead of the addresses of `--master`: an election that is followed. */
  readonly masters?: MasterPlaces;
  readonly setLogLevel?: (level: Level) => void;
};

/** Nobody else has this state: the end of the leadership is the end of the process. The caller closes it. */
interface StateOfOne {
  readonly store: Store;
  readonly openStore?: undefined;
}

/**
 * The state is that of several candidates, opened for each leadership and closed after it. Who does not lead is a standby
 * that asks the leader.
 */
interface StateOfSeveral {
  readonly store?: undefined;
  readonly openStore: () => Promise<Store>;
}

/** One that listens. */
export interface RunningScheduler {
  /** `http://address:port`. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Resolves when it has ended, by `stop` or by itself; code 0 when it was stopped. */
  readonly ended: Promise<LeadershipEnd>;
}

/** Where it is found. */
export interface SchedulerPlace {
  /** What it is called by others. */
  readonly hostname: string;
  readonly port: number;
  /** `hostname:port`, or as an address where that is its name. */
  readonly address: string;
  /** `http://address:port` of the address listened on. */
  readonly url: string;
}

/** What daemons differ in. */
export interface SchedulerKind<D extends Duty> {
  readonly options: {
    readonly httpAddress: string;
    readonly httpPort: number;
    readonly insecureNoAuth: boolean;
    readonly hostname: string | undefined;
    readonly loggingLevel: Level;
  };
  /** Answered to who comes before it stands for election. */
  readonly starting: () => HttpResponse;
  readonly office: (place: SchedulerPlace, logLevels: LogLevels) => Office<D>;
  /** Told the parts of each leadership once they act, and undefined at its end. */
  readonly onDuty: ((duty: D | undefined) => void) | undefined;
}

/**
 * Resolves when it listens and stands for election. Until it leads and has loaded its state it answers 503, or what the
 * leader answers where there may be another. Throws FlagError, NetError (`in-use`, `forbidden`, `unresolved`) and
 * ElectionError (`locked`).
 */
export async function startScheduler<D extends Duty>(
  world: World,
  { options, starting, office, onDuty }: SchedulerKind<D>,
  { election, openStore, setLogLevel, store }: SchedulerDependencies,
): Promise<RunningScheduler> {
  const ip = await world.host.lookup(options.httpAddress);
  if (!isLoopback(ip) && !options.insecureNoAuth) throw notLoopback(ip);
  let handler: HttpHandler = starting;
  const listener = await world.net.listen({
    host: ip,
    port: options.httpPort,
    handler: (request) => handler(request),
  });
  const { port } = listener;
  const hostname = nameOf(world, options, ip);
  const address = addressOf(hostname, port);
  const url = `http://${addressOf(ip, port)}`;
  const logLevels = new LogLevels(world.clock, options.loggingLevel, setLogLevel);
  const ending = Promise.withResolvers<LeadershipEnd>();
  const leadership = new Leadership<D>({
    world,
    office: office({ hostname, port, address, url }, logLevels),
    election,
    onDuty,
    own: address,
    state: openStore === undefined ? { store } : { openStore },
    onEnd: (how) => void end(how),
  });
  handler = (request) => leadership.answer(request);

  let closing: Promise<void> | undefined;
  function end(how: LeadershipEnd): Promise<void> {
    closing ??= closeAll(how);
    return closing;
  }
  async function closeAll(how: LeadershipEnd): Promise<void> {
    logLevels.stop();
    // The next leader need not wait for our clients.
    await Promise.all([listener.close(), leadership.stop()]);
    ending.resolve(how);
  }
  try {
    await leadership.start();
  } catch (error) {
    await end({ code: 1, reason: 'not a candidate' });
    throw error;
  }
  return { url, port, stop: () => end({ code: 0, reason: 'stopped' }), ended: ending.promise };
}

function notLoopback(ip: string): FlagError {
  return new FlagError(
    'invalid-value',
    'http_address',
    `Listening on ${ip} would let everybody who reaches it run commands on the cluster, there is no authentication yet: ` +
      'listen on a loopback address, or add --insecure_no_auth if the network is trusted',
  );
}
