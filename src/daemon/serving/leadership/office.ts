// What leadership has to know of the daemon that stands for election: how it is made, what it answers, and the few places where
// daemons differ in what they say while they do not lead.
import type { Store } from '../../../cluster/store.ts';
import type { HttpHandler, HttpHeaders, HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';

/** A daemon that leads. `load`, then `start`, then `stop`; each once. */
export interface Duty {
  /** Everything as it was left. Throws StoreError and the errors of records that cannot be read. */
  load(): Promise<void>;
  /** Acts from here on. */
  start(): void;
  /** Does nothing more. */
  stop(): void;
  /** Whether it has a subscription to a master. */
  readonly isSubscribed: boolean;
}

/** What a duty stands on. */
export interface DutyGrounds {
  /** Of its term: nothing rings, is sent or comes in after it. */
  readonly world: World;
  readonly store: Store;
  /** Of the leadership under which it writes. */
  readonly epoch: number;
  /** The duty is over; codes of exit-codes.ts. Nothing is written any more by then. */
  readonly fail: (reason: string, exitCode: number) => void;
}

/** What routes can ask of the leadership itself. */
export interface LeadershipControl {
  readonly epoch: number;
  /** Gives up the leadership, soon after: the answer still gets out. */
  abdicate(): void;
}

/** `leaderProxy…`: what a standby does to ask the leader. */
export interface ProxyLimits {
  readonly leaderProxyConnectionTimeoutMs: number;
  readonly leaderProxyReadTimeoutMs: number;
  readonly leaderProxyMaxOpenConnections: number;
}

/** What this process does when it leads, and what it says when it does not. */
export interface Office<D extends Duty> {
  /** In sentences: `Marathon`. */
  readonly name: string;
  /** `zk://…`, without credentials, where it stands for election, for those who ask who else does; undefined: alone, or told elsewhere. */
  readonly electionPlace?: string | undefined;
  readonly create: (grounds: DutyGrounds) => D;
  readonly createApi: (duty: D, control: LeadershipControl) => HttpHandler;
  readonly refused: (status: number, message: string) => HttpResponse;
  /** On every answer, where the answer does not say otherwise. */
  readonly headers: HttpHeaders;
  /**
   * What this process answers by itself though it does not lead (`standby`), or cannot be certain to (`uncertain`), or though nobody is
   * known to lead, which is asked last (`leaderless`).
   */
  readonly answersAlone: (
    request: HttpRequest,
    as: 'standby' | 'uncertain' | 'leaderless',
  ) => HttpResponse | Promise<HttpResponse> | undefined;
  /** Sent to the leader by a redirect instead of being asked for there: streams that stay open. */
  readonly isRedirected: (request: HttpRequest) => boolean;
  /** Each daemon's own header by which a request that comes round again is known, lower case. */
  readonly viaHeader: string;
  readonly proxy: ProxyLimits;
  /** Who takes longer than that to load gives the leadership up. */
  readonly loadLimitMs: number;
}
