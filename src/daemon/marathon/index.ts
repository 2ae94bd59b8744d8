// Starts a Marathon: listens, stands for election, acts while it leads, and asks the leader while it does not. Wiring only.
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { Election } from '../../cluster/election.ts';
import type { Store } from '../../cluster/store.ts';
import type { HttpHandler } from '../../world/net.ts';
import type { World } from '../../world/world.ts';
import { FlagError } from '../serving/flags.ts';
import { Leadership, type LeadershipEnd } from '../serving/leadership/leadership.ts';
import { addressOf, isLoopback, nameOf } from '../serving/process/address.ts';
import { LogLevels } from '../serving/process/log-levels.ts';
import { refuseUnsupported } from './flags/unsupported.ts';
import type { MarathonOptions } from './flags.ts';
import { refused } from './http/answers.ts';
import type { Marathon } from './marathon.ts';
import { marathonOffice } from './office.ts';
import { Refusal } from './refusals.ts';

export { type MarathonOptions, parseMarathonOptions } from './flags.ts';

/** What a Marathon needs beside its World. Closing the election is the caller's. */
export type MarathonDependencies = StateOfOne | StateOfSeveral;

interface Dependencies {
  readonly election: Election;
  /** Instead of the addresses of `--master`: an election that is followed. */
  readonly masters?: MasterPlaces;
  readonly setLogLevel?: (level: 'debug' | 'info' | 'warn' | 'error') => void;
  /** Told the parts of each leadership once they act, and undefined at its end: for simulations that look into them. */
  readonly onMarathon?: (marathon: Marathon | undefined) => void;
}

/** Nobody else has this state: the end of its leadership is the end of the Marathon. The caller closes it. */
interface StateOfOne extends Dependencies {
  readonly store: Store;
  readonly openStore?: undefined;
}

/**
 * The state is that of several candidates, opened for each leadership and closed after it. Who does not lead is a standby
 * that asks the leader.
 */
interface StateOfSeveral extends Dependencies {
  readonly store?: undefined;
  readonly openStore: () => Promise<Store>;
}

/** Why a Marathon is over; codes of marathon.md 20.2, 0 when it was stopped. */
export type MarathonEnd = LeadershipEnd;

/** A Marathon that listens. */
export interface RunningMarathon {
  /** `http://address:port`. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Resolves when it has ended, by `stop` or by itself. */
  readonly ended: Promise<MarathonEnd>;
}

/**
 * Resolves when it listens and stands for election. Until it leads and has loaded its state it answers 503, or what the
 * leader answers where there may be another. Throws FlagError, NetError (`in-use`, `forbidden`, `unresolved`) and
 * ElectionError (`locked`).
 */
export async function startMarathon(
  world: World,
  options: MarathonOptions,
  dependencies: MarathonDependencies,
): Promise<RunningMarathon> {
  refuseUnsupported(options);
  const ip = await world.host.lookup(options.httpAddress);
  if (!isLoopback(ip) && !options.insecureNoAuth) throw notLoopback(ip);
  let handler: HttpHandler = () => refused(new Refusal(503, 'Marathon is starting'));
  const listener = await world.net.listen({
    host: ip,
    port: options.httpPort,
    handler: (request) => handler(request),
  });
  const { port } = listener;
  const hostname = nameOf(world, options, ip);
  const url = `http://${addressOf(ip, port)}`;
  const logLevels = new LogLevels(world.clock, options.loggingLevel, dependencies.setLogLevel);
  const ending = Promise.withResolvers<MarathonEnd>();
  const { election, masters, onMarathon, openStore, store } = dependencies;
  const own = { hostname, port, address: addressOf(hostname, port) };
  const webUiUrl = options.webuiUrl ?? url;
  const leadership = new Leadership<Marathon>({
    world,
    office: marathonOffice({ options, masters, own, webUiUrl, logLevels }),
    election,
    onDuty: onMarathon,
    own: own.address,
    state: openStore === undefined ? { store } : { openStore },
    onEnd: (how) => void end(how),
  });
  handler = (request) => leadership.answer(request);

  let closing: Promise<void> | undefined;
  function end(how: MarathonEnd): Promise<void> {
    closing ??= closeAll(how);
    return closing;
  }
  async function closeAll(how: MarathonEnd): Promise<void> {
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
