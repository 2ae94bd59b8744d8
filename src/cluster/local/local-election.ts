// Leadership on one machine: who holds the lock on the work directory leads. Another process is refused, it does not
// wait: a second daemon on the same directory is a mistake of its operator.
import type { Disk, DiskLock } from '../../world/disk.ts';
import { DiskError } from '../../world/disk.ts';
import type { World } from '../../world/world.ts';
import {
  type CampaignEvents,
  type Candidacy,
  type Candidate,
  type Election,
  ElectionError,
  type Observation,
} from '../election.ts';

/** Format of the epoch file: `{"format":1,"epoch":N}`. */
const EPOCH_FORMAT = 1;

/** Where the lock is. */
export interface LocalElectionOptions {
  /** Work directory, there already; `lock` and `epoch.json` are made in it. */
  readonly directory: string;
}

/**
 * Throws ElectionError `locked` on `campaign` while another process holds the directory. The epoch is kept on disk and
 * grows with every win.
 */
export class LocalElection implements Election {
  readonly #world: Pick<World, 'clock' | 'disk'>;
  readonly #directory: string;
  readonly #observers = new Set<(leader: Candidate | undefined) => void>();
  #leader: Candidate | undefined;
  #candidacies = new Set<Candidacy>();
  #isClosed = false;

  constructor(world: Pick<World, 'clock' | 'disk'>, options: LocalElectionOptions) {
    this.#world = world;
    this.#directory = options.directory;
  }

  /** Throws ElectionError `locked` when another process, or another candidacy of this one, holds the directory. */
  async campaign(candidate: Candidate, on: CampaignEvents): Promise<Candidacy> {
    this.#refuseWhenClosed();
    const lock = await this.#takeLock();
    let epoch: number;
    try {
      epoch = await nextEpoch(this.#world.disk, `${this.#directory}/epoch.json`);
      this.#refuseWhenClosed();
    } catch (cause) {
      await lock.release();
      throw cause;
    }
    this.#lead(candidate);
    const elected = this.#world.clock.setTimer(0, () => on.elected(epoch));
    let withdrawn: Promise<void> | undefined;
    const candidacy: Candidacy = {
      // The lock is the operating system's: nobody else gets it while this process lives.
      mayAct: () => withdrawn === undefined,
      withdraw: () => {
        withdrawn ??= (async () => {
          elected.cancel();
          this.#candidacies.delete(candidacy);
          this.#lead(undefined);
          await lock.release();
        })();
        return withdrawn;
      },
    };
    this.#candidacies.add(candidacy);
    return candidacy;
  }

  /** Sees the candidacies of this object; other processes on the directory cannot lead beside it. */
  async observe(fn: (leader: Candidate | undefined) => void): Promise<Observation> {
    this.#refuseWhenClosed();
    this.#observers.add(fn);
    this.#tell(fn);
    return { stop: () => void this.#observers.delete(fn) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#observers.clear();
    await Promise.all([...this.#candidacies].map((candidacy) => candidacy.withdraw()));
  }

  async #takeLock(): Promise<DiskLock> {
    try {
      return await this.#world.disk.lock(`${this.#directory}/lock`);
    } catch (cause) {
      if (!(cause instanceof DiskError) || cause.code !== 'locked') throw cause;
      throw new ElectionError('locked', `another process works on ${this.#directory}: ${cause.message}`, { cause });
    }
  }

  #lead(candidate: Candidate | undefined): void {
    this.#leader = candidate;
    for (const fn of this.#observers) this.#tell(fn);
  }

  /** From a later turn, with the leader of now: two changes in between are told as they came. */
  #tell(fn: (leader: Candidate | undefined) => void): void {
    const leader = this.#leader;
    this.#world.clock.setTimer(0, () => {
      if (this.#observers.has(fn)) fn(leader);
    });
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ElectionError('closed', 'the election is closed');
  }
}

/** Greater than every earlier epoch, and durable before it is used. */
async function nextEpoch(disk: Disk, path: string): Promise<number> {
  const earlier = await readEpoch(disk, path);
  const epoch = earlier + 1;
  await disk.writeAtomic(path, `${JSON.stringify({ format: EPOCH_FORMAT, epoch })}\n`);
  return epoch;
}

async function readEpoch(disk: Disk, path: string): Promise<number> {
  if ((await disk.stat(path)) === undefined) return 0;
  const content: unknown = JSON.parse(await disk.readText(path));
  const { format, epoch } = content as { format?: unknown; epoch?: unknown };
  if (format !== EPOCH_FORMAT || typeof epoch !== 'number' || !Number.isSafeInteger(epoch)) {
    throw new Error(`${path} is not an epoch of format ${EPOCH_FORMAT}; a newer mctl may have written it`);
  }
  return epoch;
}
