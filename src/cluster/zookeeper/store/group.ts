// Commits that go out together: decides which of them hold, and what has to be done to the nodes for those that do. Pure:
// nothing is sent here.
import { type CommitOptions, type StoreChange, StoreError } from '../../store.ts';
import { MAX_REQUEST_BYTES, type NodeOperation } from '../session.ts';
import type { KeyIndex } from './key-index.ts';
import type { StoreLayout } from './layout.ts';

/** What somebody wants done, all or nothing. */
export interface Commit {
  readonly changes: readonly StoreChange[];
  readonly options: CommitOptions;
}

/** Room for the steps on entries; the rest is for `commits` and the frame. */
const MAX_GROUP_BYTES = MAX_REQUEST_BYTES - 20_000;
/**
 * A group that is as large as this takes no further commit. Every server keeps its last 500 requests in memory, in several
 * copies: larger groups are hardly faster, as several are under way, and many of them would fill a small server's heap.
 */
const FULL_GROUP_BYTES = 16_000;
/** So many steps keep the server busy for some 50 ms, during which nobody else is answered. */
const MAX_GROUP_STEPS = 4_000;
/** Of a step on the wire besides path and data, with the owner of a new node. */
const STEP_BYTES = 100;

const NOTHING = new Uint8Array(0);

/** What becomes of one key in the course of the group. */
interface Effect {
  readonly wasThere: boolean;
  /** Removed at least once: what is there afterwards is a new node. */
  wasRemoved: boolean;
  isThere: boolean;
  /** Since it was made, or since the group began. */
  puts: number;
  /** Undefined when not known. */
  version: number | undefined;
  value: Uint8Array;
}

/** Filled in the order of commits until it says that it is full. */
export class Group<C extends Commit> {
  readonly #layout: StoreLayout;
  readonly #index: KeyIndex;
  readonly #effects = new Map<string, Effect>();
  readonly #containers = new Set<string>();
  /** Commits that were looked at, and why they are refused, if they are. */
  readonly decided: { readonly commit: C; readonly refusal: StoreError | undefined }[] = [];
  /** The newest epoch after it. */
  epoch: number;
  #bytes = 0;
  #steps = 0;

  constructor(layout: StoreLayout, index: KeyIndex, epoch: number) {
    this.#layout = layout;
    this.#index = index;
    this.epoch = epoch;
  }

  /** False, and nothing has changed, when the commit does not fit any more; of an empty group, when it fits no group. */
  add(commit: C): boolean {
    const refusal = this.#refusal(commit.options);
    if (refusal === undefined) {
      if (this.#bytes >= FULL_GROUP_BYTES || !this.take(commit.changes)) return false;
      this.epoch = Math.max(this.epoch, commit.options.fence ?? 0);
    }
    this.decided.push({ commit, refusal });
    return true;
  }

  /** The same for changes about which there is nothing to decide. */
  take(changes: readonly StoreChange[]): boolean {
    const bytes = this.#bytes + changes.reduce((sum, change) => sum + this.#cost(change), 0);
    const steps = this.#steps + changes.length * 2;
    if (bytes > MAX_GROUP_BYTES || steps > MAX_GROUP_STEPS) return false;
    this.#bytes = bytes;
    this.#steps = steps;
    for (const change of changes) this.#apply(change);
    return true;
  }

  /** Whether at least one commit holds. */
  get isEffective(): boolean {
    return this.decided.some(({ refusal }) => refusal === undefined);
  }

  steps(): NodeOperation[] {
    const containers = [...this.#containers].map(
      (path): NodeOperation => ({ kind: 'create', path, data: NOTHING, options: { access: 'private' } }),
    );
    return [...containers, ...[...this.#effects].flatMap(([key, effect]) => this.#stepsOf(key, effect))];
  }

  /** Tells the index, after the steps were done. */
  settle(): void {
    for (const [key, { isThere, version }] of this.#effects) this.#index.changed(key, isThere ? version : 0);
    for (const path of this.#containers) this.#index.containerMade(path);
  }

  #refusal({ fence, expect = {} }: CommitOptions): StoreError | undefined {
    if (fence !== undefined && fence < this.epoch) {
      return new StoreError('fenced', `epoch ${fence} is over, epoch ${this.epoch} has written since`);
    }
    for (const [key, expected] of Object.entries(expect)) {
      const effect = this.#effects.get(key);
      const actual = effect === undefined ? this.#index.version(key) : effect.isThere ? effect.version : 0;
      if (actual !== expected) {
        return new StoreError('conflict', `'${key}' has version ${actual}, version ${expected} was expected`);
      }
    }
    return undefined;
  }

  #cost(change: StoreChange): number {
    const { path, bucket } = this.#layout.node(change.key);
    const effect = this.#effects.get(change.key);
    // Of several values of a key only the last goes out.
    const replaced = effect?.value.length ?? 0;
    const container =
      this.#index.hasContainer(bucket) || this.#containers.has(bucket)
        ? 0
        : 2 * (STEP_BYTES + Buffer.byteLength(bucket));
    const value = change.kind === 'put' ? change.value.length : 0;
    return STEP_BYTES + Buffer.byteLength(path) + container + value - replaced;
  }

  #apply(change: StoreChange): void {
    const { key } = change;
    let effect = this.#effects.get(key);
    if (effect === undefined) {
      const isThere = this.#index.has(key);
      const version = this.#index.version(key);
      effect = { wasThere: isThere, wasRemoved: false, isThere, puts: 0, version, value: NOTHING };
      this.#effects.set(key, effect);
    }
    if (change.kind === 'delete') {
      effect.wasRemoved ||= effect.isThere;
      Object.assign(effect, { isThere: false, puts: 0, version: 0, value: NOTHING });
      return;
    }
    Object.assign(effect, {
      isThere: true,
      puts: effect.puts + 1,
      version: effect.version === undefined ? undefined : effect.version + 1,
      value: change.value,
    });
    if (!effect.wasThere || effect.wasRemoved) this.#needContainers(key);
  }

  #needContainers(key: string): void {
    const { segment, bucket } = this.#layout.node(key);
    for (const path of [segment, bucket]) if (!this.#index.hasContainer(path)) this.#containers.add(path);
  }

  /** Every put is a step, so that the node's version counts them; only the last carries the value. */
  #stepsOf(key: string, { wasThere, wasRemoved, isThere, puts, value }: Effect): NodeOperation[] {
    const { path } = this.#layout.node(key);
    const steps: NodeOperation[] = [];
    const isNew = isThere && (!wasThere || wasRemoved);
    if (wasThere && (wasRemoved || !isThere)) steps.push({ kind: 'remove', path });
    for (let put = 1; put <= puts; put++) {
      const data = put === puts ? value : NOTHING;
      if (put === 1 && isNew) steps.push({ kind: 'create', path, data, options: { access: 'private' } });
      else steps.push({ kind: 'set', path, data });
    }
    return steps;
  }
}
