// Who might lead: the candidates of the election, or the masters whose addresses were given, and which of them can be reached. Who
// leads is what the master feed finds out; here it only decides whose row is marked, and that there is somebody else to go to.

import { isLeaderSource, type MasterPlaces, type StandingMaster } from '../../client/leader-source.ts';
import { baseUrl } from '../../client/master-addresses.ts';
import { NetError } from '../../world/net.ts';
import type { CandidateRow } from '../view/model.ts';
import type { Feed, FeedContext } from './feed.ts';
import { hostOf } from './master/master-feed.ts';

const REACH_MS = 10_000;
const REACH_TIMEOUT_MS = 3_000;
/** In place of an address: what it published is no MasterInfo. */
const UNREADABLE = 'unreadable';

export interface LeaderFeedOptions {
  readonly places: MasterPlaces;
  /** The election names another leader, or one again after there was none. */
  readonly onElected?: (address: string) => void;
}

/** Also told which master answers as the leader, by all of its names. */
export interface LeaderFeed extends Feed {
  led(names: ReadonlySet<string>): void;
}

/** Looks at once. */
export function startLeaderFeed(context: FeedContext, { places, onElected }: LeaderFeedOptions): LeaderFeed {
  const { sink, world } = context;
  const reachable = new Map<string, boolean>();
  let candidates: readonly Omit<CandidateRow, 'isReachable'>[] = [];
  let isClosed = false;
  let elected: string | undefined;

  function tell(): void {
    const rows = candidates.map((candidate) => ({ ...candidate, isReachable: reachable.get(candidate.address) }));
    if (!isClosed) sink.setLeader({ candidates: rows });
  }

  async function reach(): Promise<void> {
    await Promise.all(candidates.flatMap(({ address }) => (address === UNREADABLE ? [] : knock(address))));
    tell();
  }

  async function knock(address: string): Promise<void> {
    try {
      const { hostname, port } = new URL(baseUrl(address));
      await world.net.connect(hostname.replace(/^\[|\]$/g, ''), Number(port === '' ? 80 : port), REACH_TIMEOUT_MS);
      reachable.set(address, true);
    } catch (error) {
      if (!(error instanceof NetError) && !(error instanceof TypeError)) throw error;
      reachable.set(address, false);
    }
  }

  function stand(found: typeof candidates): void {
    candidates = found;
    tell();
    void reach();
  }

  const stops: (() => void)[] = [];
  if (isLeaderSource(places)) {
    const watch = places.watch((base) => {
      const address = base === undefined ? undefined : hostOf(base);
      const isNews = address !== elected;
      elected = address;
      if (address === undefined) return;
      if (isNews) onElected?.(address);
      if (places.watchCandidates === undefined) stand([{ address, id: undefined, isLeading: true }]);
    });
    stops.push(() => watch.stop());
    const roster = places.watchCandidates?.((standing) => stand(standing.map(candidateOf)));
    if (roster !== undefined) stops.push(() => roster.stop());
  } else {
    stand(places.map((place) => ({ address: hostOf(baseUrl(place)), id: undefined, isLeading: false })));
  }
  const ticks = world.clock.every(REACH_MS, () => void reach());

  return {
    led(names) {
      if (isLeaderSource(places)) return;
      const isKnown = candidates.some(({ address }) => names.has(address));
      const [address = ''] = names;
      // A redirect may lead to one that was not given.
      const known = isKnown ? candidates : [...candidates, { address, id: undefined, isLeading: true }];
      stand(known.map((candidate) => ({ ...candidate, isLeading: names.has(candidate.address) })));
    },
    restart: () => void reach(),
    close: () => {
      isClosed = true;
      ticks.cancel();
      for (const stop of stops) stop();
    },
  };
}

function candidateOf({ base, id, isLeading }: StandingMaster): Omit<CandidateRow, 'isReachable'> {
  return { address: base === undefined ? UNREADABLE : hostOf(base), id, isLeading };
}
