// Ids of instances: `<safePath>.instance-<time-based uuid>` (marathon.md 15.1), each later in time than the one before, also
// when the clock is set back, so that their order is the order of creation.
import { v1 } from 'uuid';
import type { World } from '../../../../world/world.ts';
import type { InstanceId } from '../../model/instance.ts';
import { type PathId, safePath } from '../../model/path-id.ts';

/** uuids count 100 ns. */
const STEPS_PER_MS = 10_000;

/** Makes ids that nobody else makes. */
export class InstanceIds {
  readonly #world: Pick<World, 'clock' | 'random'>;
  #place: { readonly node: Uint8Array; readonly clockseq: number } | undefined;
  #ms = 0;
  #step = 0;

  constructor(world: Pick<World, 'clock' | 'random'>) {
    this.#world = world;
  }

  next(appId: PathId): InstanceId {
    const nowMs = Math.floor(this.#world.clock.nowMs());
    if (nowMs > this.#ms) [this.#ms, this.#step] = [nowMs, 0];
    else this.#step += 1;
    if (this.#step === STEPS_PER_MS) [this.#ms, this.#step] = [this.#ms + 1, 0];
    this.#place ??= placeOf(this.#world.random.bytes(8));
    // `random` is not used when everything else is given, but without it the package asks the machine for some.
    const uuid = v1({ ...this.#place, msecs: this.#ms, nsecs: this.#step, random: new Uint8Array(16) });
    return `${safePath(appId)}.instance-${uuid}` as InstanceId;
  }

  /** Ids made from now on are later than this one. */
  follow(id: InstanceId): void {
    const ms = createdAtMs(id);
    if (ms >= this.#ms) [this.#ms, this.#step] = [ms, STEPS_PER_MS - 1];
  }
}

/** A node id that is no machine's address has the multicast bit. */
function placeOf(bytes: Uint8Array): { node: Uint8Array; clockseq: number } {
  const [high = 0, low = 0, ...node] = bytes;
  node[0] = (node[0] ?? 0) | 1;
  return { node: Uint8Array.from(node), clockseq: ((high << 8) | low) & 0x3fff };
}

/** Compares as texts in order of creation. Ids that are no uuids are as good as their text. */
export function creationOrder(id: InstanceId): string {
  const uuid = id.slice(-36);
  return `${uuid.slice(15, 18)}${uuid.slice(9, 13)}${uuid.slice(0, 8)}${id}`;
}

/** Milliseconds since 1970, from the uuid; 0 when it has none. */
function createdAtMs(id: InstanceId): number {
  const steps = Number.parseInt(creationOrder(id).slice(0, 15), 16);
  // 100 ns since 1582-10-15. Beyond 2^53 the last bits are lost, which is less than a ms.
  return Number.isNaN(steps) ? 0 : Math.max(0, Math.floor(steps / STEPS_PER_MS) - 12_219_292_800_000);
}
