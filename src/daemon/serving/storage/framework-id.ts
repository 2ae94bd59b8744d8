// The id the master knows us by: it owns our tasks, so it is kept with the same care as they are (marathon.md 20.5).
import type { Storage } from './storage.ts';

const KEY = 'framework/id';
const FORMAT = 1;

/** The one durable record `framework/id`. Call `load` before anything else. */
export class FrameworkId {
  readonly #storage: Storage;
  #value: string | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Throws when the record was written by a later version or cannot be understood. */
  async load(): Promise<void> {
    const text = (await this.#storage.read(KEY)).get(KEY);
    if (text === undefined) return;
    const record: unknown = JSON.parse(text);
    if (typeof record !== 'object' || record === null || !('format' in record) || record.format !== FORMAT)
      throw new Error(`${KEY} has a format that this version does not know: ${text.slice(0, 100)}`);
    if (!('frameworkId' in record) || typeof record.frameworkId !== 'string' || record.frameworkId === '')
      throw new Error(`${KEY} holds no framework id: ${text.slice(0, 100)}`);
    this.#value = record.frameworkId;
  }

  get value(): string | undefined {
    return this.#value;
  }

  /** Resolves when durable. */
  set(frameworkId: string): Promise<void> {
    this.#value = frameworkId;
    return this.#storage.put(KEY, JSON.stringify({ format: FORMAT, frameworkId }));
  }

  /** As `set`. */
  clear(): Promise<void> {
    this.#value = undefined;
    return this.#storage.remove(KEY);
  }
}
