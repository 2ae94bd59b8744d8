// What the balancer on this machine does: the file that `mctl haproxy` leaves after every turn, and HAProxy's own statistics. Both
// are only there to be looked at now and then.
import { DiskError } from '../../../world/disk.ts';
import { NetError } from '../../../world/net.ts';
import { wordsOf } from '../../effects/outside.ts';
import type { BackendRow, HaproxyView } from '../../view/model.ts';
import type { Feed, FeedContext } from '../feed.ts';
import { backendRows } from './stat.ts';
import { readStatus } from './status.ts';

const LOOK_MS = 2_000;
const TIMEOUT_MS = 5_000;
const MAX_STAT_BYTES = 64 * 1024 * 1024;

/** None: there is no such feed. */
export interface HaproxyFeedOptions {
  /** `state.json` in the state directory of `mctl haproxy`. */
  readonly statusFile?: string | undefined;
  /** Where that is when this machine runs a balancer; it may have none. Not looked at when `statusFile` is given. */
  readonly usualStatusFile?: string | undefined;
  /** HAProxy's statistics socket. */
  readonly socket?: string | undefined;
}

const NO_BALANCER = {
  name: 'haproxy',
  state: 'absent',
  address: undefined,
  why: 'no balancer is known: mctl top --haproxy-status <state.json> --haproxy-socket <socket>',
} as const;

/** Looks at once, and every two seconds. */
export function startHaproxyFeed(context: FeedContext, options: HaproxyFeedOptions): Feed {
  const { sink, world } = context;
  const { socket } = options;
  const statusFile = options.statusFile ?? options.usualStatusFile;
  const isUsual = options.statusFile === undefined;
  const address = socket ?? statusFile;
  let isClosed = false;
  let isLooking = false;

  async function lookAtStatus(path: string): Promise<Partial<HaproxyView>> {
    return readStatus(new TextDecoder().decode(await world.disk.readFile(path)));
  }

  async function lookAtServers(path: string): Promise<BackendRow[]> {
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_STAT_BYTES };
    return backendRows(await world.net.exchange(path, 'show stat\n', limits));
  }

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    const [status, servers] = await Promise.allSettled([
      statusFile === undefined ? undefined : lookAtStatus(statusFile),
      socket === undefined ? undefined : lookAtServers(socket),
    ]);
    isLooking = false;
    if (isClosed) return;
    if (status.status === 'fulfilled' && status.value !== undefined) sink.setHaproxy(status.value);
    if (servers.status === 'fulfilled' && servers.value !== undefined) sink.replaceBackends(servers.value);
    const isMissing = isUsual && status.status === 'rejected' && isNothingThere(status.reason);
    if (isMissing && socket === undefined) {
      sink.setFeed(NO_BALANCER);
      return;
    }
    const wrong = [
      ...(status.status === 'rejected' && !isMissing ? [`${statusFile}: ${reasonOf(status.reason)}`] : []),
      ...(servers.status === 'rejected' ? [`${socket}: ${reasonOf(servers.reason)}`] : []),
    ];
    const state = wrong.length === 0 ? 'polling' : 'broken';
    sink.setFeed({ name: 'haproxy', state, address, why: wrong.length === 0 ? undefined : wrong.join('; ') });
  }

  if (address === undefined) {
    sink.setFeed(NO_BALANCER);
    return { close: () => undefined, restart: () => undefined };
  }
  sink.setFeed({ name: 'haproxy', state: 'connecting', address, why: undefined });
  void look();
  const ticks = world.clock.every(LOOK_MS, () => void look());
  return {
    close: () => {
      isClosed = true;
      ticks.cancel();
    },
    restart: () => void look(),
  };
}

/** Other than a file, or a directory on the way to it, that we may not read. */
function isNothingThere(error: unknown): boolean {
  return error instanceof DiskError && (error.code === 'not-found' || error.code === 'not-a-directory');
}

function reasonOf(error: unknown): string {
  if (error instanceof DiskError) {
    return error.code === 'not-found' ? 'there is no such file; has mctl haproxy run?' : wordsOf(error);
  }
  if (error instanceof NetError && error.code === 'refused') return 'nobody answers there; does HAProxy run?';
  return wordsOf(error);
}
