// Where the leading master is, when an election and not an address tells it. Clients take one wherever they take addresses;
// whoever starts them makes it (they know nothing of ZooKeeper) and closes it.

/** Follows an election of masters. */
export interface LeaderSource {
  /** The election, for people: hosts and path, never credentials. */
  readonly where: string;
  /** Base URL of the leader as known now; undefined while nobody leads, or nothing is known yet. */
  readonly current: string | undefined;
  /** Calls `fn` with `current` from a later turn, and again with every change of it. */
  watch(fn: (base: string | undefined) => void): LeaderWatch;
  /** Calls `fn` with all who stand, from a later turn, and again whenever one comes or goes. Absent: only the leader is known. */
  watchCandidates?(fn: (candidates: readonly StandingMaster[]) => void): LeaderWatch;
  /** As soon as somebody leads, or after `timeoutMs` why nobody is known to. Never rejects. */
  find(timeoutMs: number): Promise<LeaderFinding>;
}

/** A master that leads, or waits for the lead. */
export interface StandingMaster {
  /** Base URL; undefined when what it published is no MasterInfo. */
  readonly base: string | undefined;
  readonly id: string | undefined;
  readonly isLeading: boolean;
}

/** Nothing is called after `stop`. */
export interface LeaderWatch {
  stop(): void;
}

/**
 * `nobody`: the election answers, and has no leader. `unreachable`: it does not answer. `forbidden`: it does not let us
 * look. `message` is a sentence for people, without credentials.
 */
export type LeaderFinding =
  | { readonly kind: 'found'; readonly base: string }
  | { readonly kind: 'nobody' | 'unreachable' | 'forbidden'; readonly message: string };

/** Addresses of masters, `host:port` or `http://host:port/prefix`, or the election that they stand for. */
export type MasterPlaces = readonly string[] | LeaderSource;

/** For people: the addresses, or the election. */
export function namePlaces(places: MasterPlaces): string {
  return isLeaderSource(places) ? places.where : places.join(', ');
}

/** Whether an election tells it. */
export function isLeaderSource(places: MasterPlaces): places is LeaderSource {
  return !Array.isArray(places);
}
