// Starts a Chronos: listens, stands for election, acts while it leads, and asks the leader while it does not. Wiring only.
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { Election } from '../../cluster/election.ts';
import type { Store } from '../../cluster/store.ts';
import type { HttpHandler } from '../../world/net.ts';
import type { World } from '../../world/world.ts';
import { FlagError } from '../serving/flags.ts';
import { Leadership, type LeadershipEnd } from '../serving/leadership/leadership.ts';
import { addressOf, isLoopback, nameOf } from '../serving/process/address.ts';
import { LogLevels } from '../serving/process/log-levels.ts';
import type { Chronos } from './chronos.ts';
import { refuseUnsupported } from './flags/refused.ts';
import type { ChronosOptions } from './flags.ts';
import { problem } from './http/answers.ts';
import type { Mailer } from './notices/mail.ts';
import type { NoticeOptions } from './notices/options.ts';
import { chronosOffice } from './office.ts';

export { type ChronosOptions, parseChronosOptions } from './flags.ts';

/** What a Chronos needs beside its World. Closing the election is the caller's. */
export type ChronosDependencies = StateOfOne | StateOfSeveral;

interface Dependencies {
  readonly election: Election;
  /** Instead of the addresses of `--master`: an election that is followed. */
  readonly masters?: MasterPlaces;
  readonly setLogLevel?: (level: 'debug' | 'info' | 'warn' | 'error') => void;
  /** Where people are told of their jobs; nowhere without. */
  readonly notices?: NoticeOptions;
  readonly mailer?: Mailer;
  /** Told the parts of each leadership once they act, and undefined at its end: for simulations that look into them. */
  readonly onChronos?: (chronos: Chronos | undefined) => void;
}

/** Nobody else has this state: the end of its leadership is the end of the Chronos. The caller closes it. */
interface StateOfOne extends Dependencies {
  readonly store: Store;
  readonly openStore?: undefined;
  readonly electionPlace?: undefined;
}

/**
 * The state is that of several candidates, opened for each leadership and closed after it. Who does not lead is a standby
 * that asks the leader.
 */
interface StateOfSeveral extends Dependencies {
  readonly store?: undefined;
  readonly openStore: () => Promise<Store>;
  /** `zk://…`, without credentials, where they stand for election: told to those who ask. */
  readonly electionPlace?: string;
}

/** Why a Chronos is over; codes of serving/leadership/exit-codes.ts, 0 when it was stopped. */
export type ChronosEnd = LeadershipEnd;

/** A Chronos that listens. */
export interface RunningChronos {
  /** `http://address:port`. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Resolves when it has ended, by `stop` or by itself. */
  readonly ended: Promise<ChronosEnd>;
}

/**
 * Resolves when it listens and stands for election. Until it leads and has loaded its state it answers 503, or what the
 * leader answers where there may be another. Throws FlagError, NetError (`in-use`, `forbidden`, `unresolved`) and
 * ElectionError (`locked`).
 */
export async function startChronos(
  world: World,
  options: ChronosOptions,
  dependencies: ChronosDependencies,
): Promise<RunningChronos> {
  refuseUnsupported(options);
  const ip = await world.host.lookup(options.httpAddress);
  if (!isLoopback(ip) && !options.insecureNoAuth) throw notLoopback(ip);
  let handler: HttpHandler = () => problem(503, 'Chronos is starting');
  const listener = await world.net.listen({
    host: ip,
    port: options.httpPort,
    handler: (request) => handler(request),
  });
  const { port } = listener;
  const hostname = nameOf(world, options, ip);
  const url = `http://${addressOf(ip, port)}`;
  const logLevels = new LogLevels(world.clock, options.loggingLevel, dependencies.setLogLevel);
  const ending = Promise.withResolvers<ChronosEnd>();
  const { election, electionPlace, masters, onChronos, openStore, store } = dependencies;
  const own = addressOf(hostname, port);
  const webUiUrl = options.webuiUrl ?? `http://${own}`;
  const user = options.user ?? world.host.currentUser;
  const notices = { ...(dependencies.notices ?? NO_NOTICES), webUrl: dependencies.notices?.webUrl ?? webUiUrl };
  const { mailer } = dependencies;
  const leadership = new Leadership<Chronos>({
    world,
    office: chronosOffice({ options, masters, notices, mailer, own, electionPlace, webUiUrl, user, logLevels }),
    election,
    onDuty: onChronos,
    own,
    state: openStore === undefined ? { store } : { openStore },
    onEnd: (how) => void end(how),
  });
  handler = (request) => leadership.answer(request);

  let closing: Promise<void> | undefined;
  function end(how: ChronosEnd): Promise<void> {
    closing ??= closeAll(how);
    return closing;
  }
  async function closeAll(how: ChronosEnd): Promise<void> {
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

const NO_NOTICES: NoticeOptions = {
  clusterName: undefined,
  mail: undefined,
  slackUrl: undefined,
  mattermostUrl: undefined,
  httpUrl: undefined,
  httpCredentials: undefined,
  webUrl: undefined,
};

function notLoopback(ip: string): FlagError {
  return new FlagError(
    'invalid-value',
    'http_address',
    `Listening on ${ip} would let everybody who reaches it run commands on the cluster, there is no authentication yet: ` +
      'listen on a loopback address, or add --insecure_no_auth if the network is trusted',
  );
}
