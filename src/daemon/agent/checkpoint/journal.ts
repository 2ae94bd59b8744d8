// The append-only file behind the agent's memory. Entries are appended in order; one write and one sync carry all that
// piled up meanwhile (group commit). When the file has grown far beyond what is still of interest it is replaced by a
// snapshot of the present, which covers the entries still waiting, because memory always changes before they are written.
import type { AppendFile, Disk } from '../../../world/disk.ts';
import { CHECKPOINT_VERSION, type JournalEntry, type JournalHeader } from './entries.ts';

/** Smallest file that is worth compacting. */
const MIN_COMPACTED_BYTES = 4 * 1024 * 1024;
/** Entries waiting for the disk beyond this mean that it does not keep up: the agent must not go on. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024;

/** `path` is replaced atomically whenever the file is compacted. */
export interface JournalOptions {
  readonly disk: Disk;
  readonly path: string;
  /** Everything worth knowing as of now, as entries. */
  readonly snapshot: () => JournalEntry[];
  /** Called at most once: what was appended may be lost, the agent must end. */
  readonly onFailure: (error: unknown) => void;
}

interface Waiting {
  readonly line: string;
  readonly settle: () => void;
}

/** One file, one writer. More than 256 MiB waiting for the disk counts as its failure. */
export class Journal {
  readonly #options: JournalOptions;
  #file: AppendFile;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #fileBytes: number;
  #compactedBytes: number;
  #flushing: Promise<void> | undefined;
  /** Failed or closed: nothing becomes durable any more. */
  #isOver = false;

  private constructor(options: JournalOptions, file: AppendFile) {
    this.#options = options;
    this.#file = file;
    this.#fileBytes = file.size;
    this.#compactedBytes = file.size;
  }

  /** Replaces the file by a snapshot and opens it for appending. */
  static async open(options: JournalOptions): Promise<Journal> {
    await options.disk.writeAtomic(options.path, journalText(options.snapshot()), { mode: 0o600 });
    return new Journal(options, await options.disk.openAppend(options.path));
  }

  /**
   * Resolves once the entry is durable. After a failure of the disk, or once closed, it never resolves: nobody may act
   * on what could be forgotten.
   */
  append(entry: JournalEntry): Promise<void> {
    const line = `${JSON.stringify(entry)}\n`;
    return new Promise((settle) => {
      if (this.#isOver) return;
      this.#waiting.push({ line, settle });
      this.#waitingBytes += line.length;
      this.#flushing ??= this.#flushAll();
    });
  }

  /** Everything appended before is durable, and the file closed. What is appended later is not taken. */
  async close(): Promise<void> {
    await this.#flushing;
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#file.close();
  }

  async #flushAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        // Whatever is appended in this turn of the loop comes along.
        await Promise.resolve();
        if (this.#waitingBytes > MAX_WAITING_BYTES) throw new Error('the disk does not keep up with the checkpoint');
        await this.#flushOnce();
      }
    } catch (error) {
      this.#isOver = true;
      this.#options.onFailure(error);
    } finally {
      this.#flushing = undefined;
    }
  }

  async #flushOnce(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const limit = Math.max(MIN_COMPACTED_BYTES, 4 * this.#compactedBytes);
    if (this.#fileBytes > limit) await this.#compact();
    else {
      const text = batch.map(({ line }) => line).join('');
      await this.#file.write(text);
      await this.#file.sync();
      this.#fileBytes += Buffer.byteLength(text);
    }
    for (const { settle } of batch) settle();
  }

  async #compact(): Promise<void> {
    const { disk, path, snapshot } = this.#options;
    const text = journalText(snapshot());
    await this.#file.close();
    await disk.writeAtomic(path, text, { mode: 0o600 });
    this.#file = await disk.openAppend(path);
    this.#fileBytes = this.#file.size;
    this.#compactedBytes = this.#file.size;
  }
}

function journalText(entries: readonly JournalEntry[]): string {
  const header: JournalHeader = { format: 'mctl-agent-journal', version: CHECKPOINT_VERSION };
  return [header, ...entries].map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
