// Watches that stay. ZooKeeper's fire once and are the server's; these are set again each time they fired, and after each
// new connection, so that whoever looks at the node after it was told sees what it was told of.
import type { Subscription } from '../session.ts';
import { NO_NODE } from './error-codes.ts';
import { childrenQuestion, existsQuestion, type Question, type WatchedPaths } from './requests.ts';
import type { Reply } from './wire.ts';

/** Numbers of the server's events. */
const CREATED = 1;
const DELETED = 2;
const DATA_CHANGED = 3;
const CHILDREN_CHANGED = 4;

/**
 * `arming`: the question that sets it is on its way. `data`, `exist`, `child`: set at the server, on a node that is there, on
 * one that is not, on its children. `absent`: children of a node that is not there; a watch on the node stands in.
 * `unset`: the question got lost.
 */
type Arming = 'arming' | 'data' | 'exist' | 'child' | 'absent' | 'unset';

type Kind = 'data' | 'children';

/** What one path is watched for, once however many want to know (trap 16). */
interface Watch {
  readonly kind: Kind;
  readonly path: string;
  readonly subscribers: Set<Subscriber>;
  arming: Arming;
  /** (absent) The watch that stands in. */
  standIn: Subscription | undefined;
}

interface Subscriber {
  readonly fn: () => void;
  isStopped: boolean;
}

/** Of one session. */
export class Watches {
  readonly #ask: (question: Question<unknown>, reply: Reply) => void;
  readonly #watches: Readonly<Record<Kind, Map<string, Watch>>> = { data: new Map(), children: new Map() };
  /** Not set: to be set with the next connection. */
  readonly #unset = new Set<Watch>();

  /** `ask` puts a question behind those that wait. */
  constructor(ask: (question: Question<unknown>, reply: Reply) => void) {
    this.#ask = ask;
  }

  /** ZooKeeperSession.watchData and watchChildren. Throws ZooKeeperError for a path that cannot be one. */
  add(kind: Kind, path: string, fn: () => void): Subscription {
    const subscriber: Subscriber = { fn, isStopped: false };
    const known = this.#watches[kind].get(path);
    const watch = known ?? { kind, path, subscribers: new Set(), arming: 'unset', standIn: undefined };
    if (known === undefined) {
      this.#arm(watch);
      this.#watches[kind].set(path, watch);
    }
    watch.subscribers.add(subscriber);
    return { stop: () => this.#remove(watch, subscriber) };
  }

  /** A new connection is there: what was lost with the last one is set again, and may have changed. */
  connected(): void {
    const lost = [...this.#unset];
    this.#unset.clear();
    for (const watch of lost) {
      this.#arm(watch);
      tell(watch);
    }
  }

  /** A watch of the server fired. */
  event(type: number, path: string): void {
    if (type === CREATED || type === DELETED || type === DATA_CHANGED) this.#fire('data', path);
    if (type === DELETED || type === CHILDREN_CHANGED) this.#fire('children', path);
  }

  /** What a new connection has to tell its server. */
  paths(): WatchedPaths {
    const pathsThat = (kind: Kind, arming: Arming): string[] =>
      [...this.#watches[kind].values()].filter((watch) => watch.arming === arming).map((watch) => watch.path);
    return {
      data: pathsThat('data', 'data'),
      exist: pathsThat('data', 'exist'),
      child: pathsThat('children', 'child'),
    };
  }

  #fire(kind: Kind, path: string): void {
    const watch = this.#watches[kind].get(path);
    if (watch === undefined) return;
    // One that is on its way is set after what fired. The others go before whatever the subscribers ask now.
    if (watch.arming !== 'arming') this.#arm(watch);
    tell(watch);
  }

  #arm(watch: Watch): void {
    const { kind, path } = watch;
    const question = kind === 'data' ? existsQuestion(path, true) : childrenQuestion(path, true);
    watch.arming = 'arming';
    watch.standIn?.stop();
    watch.standIn = undefined;
    this.#ask(question, (code) => {
      if (this.#watches[kind].get(path) !== watch) return;
      if (code === 0) this.#armed(watch);
      else if (code !== NO_NODE) this.#lose(watch);
      else if (kind === 'data') watch.arming = 'exist';
      else this.#standIn(watch);
    });
  }

  #armed(watch: Watch): void {
    watch.arming = watch.kind === 'data' ? 'data' : 'child';
    // The node was made after its children were asked for and before its making was watched: no event will tell.
    if (watch.kind === 'data' && this.#watches.children.get(watch.path)?.arming === 'absent') {
      this.#fire('children', watch.path);
    }
  }

  /** Nobody can watch the children of a node that is not there: wait for it. */
  #standIn(watch: Watch): void {
    watch.arming = 'absent';
    watch.standIn = this.add('data', watch.path, () => this.#fire('children', watch.path));
  }

  #lose(watch: Watch): void {
    watch.arming = 'unset';
    this.#unset.add(watch);
  }

  #remove(watch: Watch, subscriber: Subscriber): void {
    subscriber.isStopped = true;
    if (!watch.subscribers.delete(subscriber) || watch.subscribers.size > 0) return;
    this.#watches[watch.kind].delete(watch.path);
    this.#unset.delete(watch);
    watch.standIn?.stop();
  }
}

/** From a later turn: what a subscriber throws is not the parser's (trap 8). */
function tell(watch: Watch): void {
  for (const subscriber of watch.subscribers) {
    queueMicrotask(() => {
      if (!subscriber.isStopped) subscriber.fn();
    });
  }
}
