// Starts a Marathon: listens, stands for election, and acts while it leads. Wiring only.
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { Candidacy, Election } from '../../cluster/election.ts';
import type { Store } from '../../cluster/store.ts';
import type { HttpHandler } from '../../world/net.ts';
import type { Timer, World } from '../../world/world.ts';
import { FlagError } from '../serving/flags.ts';
import { refuseUnsupported } from './flags/unsupported.ts';
import type { MarathonOptions } from './flags.ts';
import { refused } from './http/answers.ts';
import { createApi } from './http/index.ts';
import type { SystemControl } from './http/routes/system.ts';
import { LogLevels } from './log-levels.ts';
import { Marathon } from './marathon.ts';
import { Refusal } from './refusals.ts';

export { type MarathonOptions, parseMarathonOptions } from './flags.ts';

/** What a Marathon needs beside its World. Closing store and election is the caller's. */
export interface MarathonDependencies {
  readonly store: Store;
  readonly election: Election;
  /** Instead of the addresses of `--master`: an election that is followed. */
  readonly masters?: MasterPlaces;
  readonly setLogLevel?: (level: 'debug' | 'info' | 'warn' | 'error') => void;
  /** Told the parts once they act: for simulations that look into them. */
  readonly onMarathon?: (marathon: Marathon) => void;
}

/** Why a Marathon is over; codes of marathon.md 20.2, 0 when it was stopped. */
export interface MarathonEnd {
  readonly code: number;
  readonly reason: string;
}

/** A Marathon that listens. */
export interface RunningMarathon {
  /** `http://address:port`. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Resolves when it has ended, by `stop` or by itself. */
  readonly ended: Promise<MarathonEnd>;
}

const EXIT = { leadershipLost: 103, leadershipGivenUp: 105, cannotStart: 107, cannotLoad: 1 } as const;
/** So that who asked us to abdicate gets the answer (marathon.md 8.2). */
const ABDICATION_DELAY_MS = 500;

/**
 * Resolves when it listens and stands for election; until it leads and has loaded its state it answers 503.
 * Throws FlagError, NetError (`in-use`, `forbidden`, `unresolved`) and ElectionError (`locked`).
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
  const url = `http://${ip}:${listener.port}`;
  const hostname = options.hostname ?? ip;
  const ending = Promise.withResolvers<MarathonEnd>();
  let marathon: Marathon | undefined;
  let candidacy: Candidacy | undefined;
  let abdication: Timer | undefined;
  const logLevels = new LogLevels(world.clock, options.loggingLevel, dependencies.setLogLevel);
  let isOver = false;
  let closing: Promise<void> | undefined;
  function end(how: MarathonEnd): Promise<void> {
    isOver = true;
    closing ??= closeAll(how);
    return closing;
  }
  async function closeAll(how: MarathonEnd): Promise<void> {
    handler = () => refused(new Refusal(503, 'Marathon is stopping'));
    abdication?.cancel();
    logLevels.stop();
    marathon?.stop();
    await listener.close();
    await candidacy?.withdraw();
    ending.resolve(how);
  }

  const control: SystemControl = {
    whereabouts: () => ({ leader: `${hostname}:${listener.port}`, elected: true, httpPort: listener.port, hostname }),
    abdicate: () => {
      const how = { code: EXIT.leadershipGivenUp, reason: 'leadership was given up' };
      abdication ??= world.clock.setTimer(ABDICATION_DELAY_MS, () => void end(how));
    },
    logLevel: () => logLevels.level,
    setLogLevel: (to, durationSeconds) => logLevels.set(to, durationSeconds),
  };
  async function lead(epoch: number): Promise<void> {
    const { store } = dependencies;
    const fail = (reason: string, code: number) => void end({ code, reason });
    const { masters } = dependencies;
    const elected = new Marathon({ world, options, masters, store, epoch, webUiUrl: options.webuiUrl ?? url, fail });
    const limitMs = options.onElectedPrepareTimeoutMs;
    const late = world.clock.setTimer(limitMs, () =>
      fail(`the state was not loaded within ${limitMs} ms`, EXIT.cannotLoad),
    );
    try {
      await elected.load();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return end({ code: EXIT.cannotLoad, reason: `the state cannot be loaded: ${why}` });
    } finally {
      late.cancel();
    }
    if (isOver) return;
    marathon = elected;
    try {
      elected.start();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return end({ code: EXIT.cannotStart, reason: `it cannot start: ${why}` });
    }
    // The start itself may be the end, when the framework id is lost.
    if (isOver) return;
    handler = createApi(elected, control);
    dependencies.onMarathon?.(elected);
  }

  candidacy = await dependencies.election
    .campaign(
      { data: `${hostname}:${listener.port}` },
      {
        elected: (epoch) => void lead(epoch),
        lost: (reason) => void end({ code: EXIT.leadershipLost, reason: `leadership was lost: ${reason}` }),
      },
    )
    .catch(async (error: unknown) => {
      await listener.close();
      throw error;
    });
  if (isOver) await candidacy.withdraw();
  return { url, port: listener.port, stop: () => end({ code: 0, reason: 'stopped' }), ended: ending.promise };
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

function notLoopback(ip: string): FlagError {
  return new FlagError(
    'invalid-value',
    'http_address',
    `Listening on ${ip} would let everybody who reaches it run commands on the cluster, there is no authentication yet: ` +
      'listen on a loopback address, or add --insecure_no_auth if the network is trusted',
  );
}
