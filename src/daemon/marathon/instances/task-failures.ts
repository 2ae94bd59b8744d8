// Why each app failed last (marathon.md 3.9): one record an app, `failures/<safePath>`, kept until the app is removed.
import { z } from 'zod';
import type { Groups, MarathonCore, TaskFailure, TaskFailures } from '../core.ts';
import { type PathId, safePath } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';

/** What it takes. */
export type FailuresCore = Pick<MarathonCore, 'storage' | 'log'> & {
  readonly groups: Pick<Groups, 'app'>;
};

const FAILURES = 'failures/';
const FORMAT = 1;
/** A message can be as long as the task likes; a record has to fit the store (marathon.md 15.5). */
const MAX_MESSAGE_CHARACTERS = 10_000;

const RECORD = z.object({
  format: z.literal(FORMAT),
  appId: z.custom<PathId>((value) => typeof value === 'string'),
  taskId: z.string(),
  state: z.string(),
  message: z.string(),
  host: z.string(),
  slaveId: z.string().optional(),
  version: z.custom<Timestamp>((value) => typeof value === 'string'),
  timestamp: z.custom<Timestamp>((value) => typeof value === 'string'),
});

/** A record that this version cannot read. */
export class TaskFailureRecordError extends Error {
  override readonly name = 'TaskFailureRecordError';
  readonly code = 'newer-format';
}

/** Empty until `load`. */
export class LastTaskFailures implements TaskFailures {
  readonly #core: FailuresCore;
  readonly #failures = new Map<PathId, TaskFailure>();

  constructor(core: FailuresCore) {
    this.#core = core;
  }

  /** Reads what is stored, once, after the groups; drops what is of removed apps. Throws TaskFailureRecordError. */
  async load(): Promise<void> {
    for (const [key, text] of await this.#core.storage.read(FAILURES)) {
      const failure = this.#read(key, text);
      if (failure !== undefined && this.#core.groups.app(failure.appId) !== undefined) {
        this.#failures.set(failure.appId, failure);
      } else {
        void this.#core.storage.remove(key);
      }
    }
  }

  of(appId: PathId): TaskFailure | undefined {
    return this.#failures.get(appId);
  }

  record(failure: TaskFailure): void {
    const { appId, message } = failure;
    if (this.#core.groups.app(appId) === undefined) return;
    const kept = { ...failure, message: message.slice(0, MAX_MESSAGE_CHARACTERS) };
    this.#failures.set(appId, kept);
    void this.#core.storage.put(keyOf(appId), JSON.stringify({ format: FORMAT, ...kept }));
  }

  forget(appId: PathId): void {
    if (this.#failures.delete(appId)) void this.#core.storage.remove(keyOf(appId));
  }

  /** What only informs people is no reason not to start: a damaged record is dropped. One of a newer version is. */
  #read(key: string, text: string): TaskFailure | undefined {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      this.#core.log.warn('a record of a failure is damaged and dropped', { key, error });
      return undefined;
    }
    const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : undefined;
    if (typeof format === 'number' && format > FORMAT) {
      throw new TaskFailureRecordError(`The record ${key} has format ${format}; this version reads up to ${FORMAT}`);
    }
    const parsed = RECORD.safeParse(json);
    if (!parsed.success) {
      this.#core.log.warn('a record of a failure is damaged and dropped', { key, error: parsed.error.message });
      return undefined;
    }
    const { format: _, slaveId, ...rest } = parsed.data;
    return { ...rest, ...(slaveId !== undefined && { slaveId }) };
  }
}

const keyOf = (appId: PathId): string => `${FAILURES}${safePath(appId)}`;
