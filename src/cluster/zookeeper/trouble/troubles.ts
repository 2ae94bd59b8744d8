// What is the matter with which server: one line in the log when that changes, not one per try.
import type { World } from '../../../world/world.ts';
import { textOfServer, type ZooKeeperAddress } from '../address.ts';
import { doesNotServe } from './does-not-serve.ts';
import { type Trouble, type TroubleKind, troubleWith } from './trouble.ts';

/** More servers than this are not all named. */
const MAX_NAMED = 5;

/** Of one connection, over all its sessions. */
export class Troubles {
  readonly #world: Pick<World, 'log' | 'clock'>;
  readonly #address: ZooKeeperAddress;
  /** The latest of each server since one served. */
  readonly #byServer = new Map<string, Trouble>();
  #isAsking = false;
  #isClosed = false;

  constructor(world: Pick<World, 'log' | 'clock'>, address: ZooKeeperAddress) {
    this.#world = world;
    this.#address = address;
  }

  /** Undefined while nothing is known to be wrong. */
  get words(): string | undefined {
    const all = [...this.#byServer.values()].map(({ words }) => words);
    if (all.length === 0) return undefined;
    const rest = all.length > MAX_NAMED ? `; and ${all.length - MAX_NAMED} more` : '';
    return `${all.slice(0, MAX_NAMED).join('; ')}${rest}`;
  }

  /** Whether our credentials are what is wrong. */
  get areCredentials(): boolean {
    return [...this.#byServer.values()].some(({ kind }) => kind === 'auth-failed');
  }

  /** A try failed. */
  met(trouble: Trouble): void {
    const before = this.#kindOf(trouble);
    // It has told more about itself already.
    if (trouble.kind === 'hung-up' && before === 'no-quorum') return;
    this.#note(trouble);
    if (trouble.kind === 'hung-up' && before !== 'hung-up') this.#ask(trouble);
  }

  /** The whole ensemble will not have us: whatever was the matter with single servers is beside the point. */
  credentialsRefused(): void {
    if (this.areCredentials) return;
    const user = this.#address.user;
    const detail = user === undefined ? 'it wants credentials and has none of us' : `it refuses user ${user}`;
    this.#byServer.clear();
    this.#note(troubleWith('auth-failed', undefined, detail));
  }

  /** A server serves. */
  over(): void {
    if (this.#byServer.size > 0) this.#world.log.info('ZooKeeper answers', { where: this.#address.where });
    this.#byServer.clear();
  }

  close(): void {
    this.#isClosed = true;
  }

  #note(trouble: Trouble): void {
    const isNew = this.#kindOf(trouble) !== trouble.kind;
    this.#byServer.set(keyOf(trouble), trouble);
    if (isNew) this.#world.log.warn(`ZooKeeper: ${trouble.words}`, { where: this.#address.where });
  }

  #kindOf(trouble: Trouble): TroubleKind | undefined {
    return this.#byServer.get(keyOf(trouble))?.kind;
  }

  /** One that hangs up says why when asked otherwise. */
  #ask({ server }: Trouble): void {
    if (server === undefined || this.#isAsking) return;
    this.#isAsking = true;
    doesNotServe(this.#world.clock, server).then((so) => {
      this.#isAsking = false;
      const isStillSo = this.#byServer.get(textOfServer(server))?.kind === 'hung-up';
      if (so && isStillSo && !this.#isClosed) this.#note(troubleWith('no-quorum', server));
    });
  }
}

function keyOf({ server }: Trouble): string {
  return server === undefined ? '' : textOfServer(server);
}
