// What one turn leaves to the next in the state directory (haproxy.md 10.11): `state.json`, small and written by every turn,
// and `memory.json`, what is known of tasks and labels, written when it changed. Both are atomic; without them a turn works
// as the first one does.
import { z } from 'zod';
import type { World } from '../../../world/world.ts';
import type { Known } from '../../model/context.ts';
import type { Problem } from '../../model/model.ts';
import type { Wrong } from '../news.ts';
import type { Excluded } from '../report.ts';

const excluded = z.array(
  z.object({
    appId: z.string(),
    portIndex: z.number().optional(),
    service: z.string().optional(),
    reason: z.string(),
    keepsLastGood: z.boolean(),
  }),
);

const problems = z.array(
  z.object({
    appId: z.string(),
    portIndex: z.number().optional(),
    where: z.string().optional(),
    effect: z.enum(['left-out', 'changed', 'warning'] satisfies Problem['effect'][]),
    message: z.string(),
  }),
);

const state = z.object({
  format: z.literal(1),
  configPath: z.string(),
  /** What HAProxy was last seen to run with. */
  applied: z.object({ hash: z.string(), atMs: z.number() }).optional(),
  /** What HAProxy refused to load. */
  refused: z.object({ hash: z.string(), atMs: z.number(), reason: z.string() }).optional(),
  /** What the guard holds back, and since when it looks the same. */
  guard: z.object({ picture: z.string(), sinceMs: z.number() }).optional(),
  /** When HAProxy was last told to reload, whatever came of it; and when it last loaded what it was told to. */
  lastReloadMs: z.number().optional(),
  loadedMs: z.number().optional(),
  lastSuccessMs: z.number().optional(),
  /** Fragments that HAProxy's check refused, by name of the service: their hashes. */
  rejected: z.record(z.string(), z.object({ texts: z.array(z.string()), reason: z.string(), atMs: z.number() })),
  excluded,
  /** What was wrong at the last turn that ended well: told, so that only what is new is told again. */
  wrong: z.object({ problems, excluded }).optional(),
  /** `backend/server` that waits for its connections to end → since when. */
  leftovers: z.record(z.string(), z.number()),
  counts: z.object({ services: z.number(), servers: z.number() }).optional(),
  lastError: z.object({ code: z.string(), message: z.string(), atMs: z.number() }).optional(),
  lastTurn: z.object({ atMs: z.number(), seconds: z.number(), outcome: z.string() }).optional(),
  reloads: z.record(z.string(), z.number()),
  runtimeUpdates: z.number(),
});

const memory = z.object({
  format: z.literal(1),
  known: z
    .object({
      verdicts: z.record(z.string(), z.boolean()),
      killingSinceMs: z.record(z.string(), z.number()),
      holders: z.record(z.string(), z.string()),
    })
    .optional(),
  /** App id → its HAPROXY_ labels when they were last good, by port index; `app` are those of the whole app. */
  labels: z.custom<LabelMemory>(isLabelMemory),
});

/** By hand: there are tens of thousands. */
function isLabelMemory(value: unknown): boolean {
  return eachIs(value, (app) => eachIs(app, (port) => eachIs(port, (text) => typeof text === 'string')));
}

function eachIs(value: unknown, isGood: (one: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const key in value) if (!isGood((value as Record<string, unknown>)[key])) return false;
  return true;
}

/** Times are wall time, ms since 1970. */
export interface State extends Omit<z.infer<typeof state>, 'excluded' | 'wrong'> {
  readonly excluded: readonly Excluded[];
  readonly wrong?: Wrong;
}

/** `labels`: see last-good.ts. */
export interface Memory {
  readonly known?: Known;
  readonly labels: LabelMemory;
}

/** App id → port index or `app` → label → value. */
export type LabelMemory = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** What the first turn begins with. */
export function emptyState(configPath: string): State {
  return { format: 1, configPath, rejected: {}, excluded: [], leftovers: {}, reloads: {}, runtimeUpdates: 0 };
}

const NOTHING_KNOWN: Memory = { labels: {} };

function toMemory({ known, labels }: z.infer<typeof memory>): Memory {
  return known === undefined ? { labels } : { known, labels };
}

/** The two files of a state directory. */
export class StateFiles {
  readonly #world: Pick<World, 'disk' | 'log'>;
  readonly #directory: string;
  /** As on disk, so that what is equal is neither read nor written again. */
  #memoryText: string | undefined;
  #memory: Memory = NOTHING_KNOWN;

  constructor(world: Pick<World, 'disk' | 'log'>, directory: string) {
    this.#world = world;
    this.#directory = directory;
  }

  /** State of another config is none of ours. Throws an Error for a newer format, which must not be overwritten. */
  async readState(configPath: string): Promise<State> {
    const parsed = this.#parse('state.json', await this.#text('state.json'), state);
    return parsed?.configPath === configPath ? (parsed as State) : emptyState(configPath);
  }

  async readMemory(): Promise<Memory> {
    const text = await this.#text('memory.json');
    if (text !== this.#memoryText) {
      const parsed = this.#parse('memory.json', text, memory);
      this.#memoryText = text;
      this.#memory = parsed === undefined ? NOTHING_KNOWN : toMemory(parsed);
    }
    return this.#memory;
  }

  /** Throws DiskError. */
  async writeState(value: State): Promise<void> {
    await this.#world.disk.makeDirectory(this.#directory, { mode: 0o750 });
    await this.#world.disk.writeAtomic(`${this.#directory}/state.json`, `${JSON.stringify(value, wholeMs)}\n`, {
      mode: 0o640,
    });
  }

  /** Throws DiskError. */
  async writeMemory(value: Memory): Promise<void> {
    const text = `${JSON.stringify({ format: 1, ...value })}\n`;
    if (text === this.#memoryText) return;
    await this.#world.disk.makeDirectory(this.#directory, { mode: 0o750 });
    // Labels hold password hashes.
    await this.#world.disk.writeAtomic(`${this.#directory}/memory.json`, text, { mode: 0o600 });
    this.#memoryText = text;
    this.#memory = value;
  }

  /** Undefined without the file. */
  async #text(name: string): Promise<string | undefined> {
    const path = `${this.#directory}/${name}`;
    return (await this.#world.disk.stat(path)) === undefined ? undefined : this.#world.disk.readText(path);
  }

  #parse<T>(name: string, text: string | undefined, schema: z.ZodType<T>): T | undefined {
    if (text === undefined) return undefined;
    const path = `${this.#directory}/${name}`;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      // It is written atomically; whoever edited it gets a first turn.
      this.#world.log.warn('what the last turn left cannot be read', { path, error: String(cause) });
      return undefined;
    }
    const { format } = json as { format?: unknown };
    if (typeof format === 'number' && format > 1) {
      throw new Error(`${path} has format ${format}, which a newer mctl wrote; this one reads format 1`);
    }
    const result = schema.safeParse(json);
    if (!result.success) this.#world.log.warn('what the last turn left cannot be read', { path });
    return result.success ? result.data : undefined;
  }
}

/** Fractions of a millisecond are noise to whoever reads the file; `seconds` are rounded where they are measured. */
function wholeMs(key: string, value: unknown): unknown {
  return typeof value === 'number' && key !== 'seconds' ? Math.floor(value) : value;
}
