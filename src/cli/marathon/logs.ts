// `mctl app logs`: stdout and stderr of all instances of an app, each line with the instance it is from.
import type { MarathonClient } from '../../client/marathon.ts';
import type { MasterClient } from '../../client/operator.ts';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import type { Terminal } from '../output/terminal.ts';
import { Problem } from '../problem.ts';
import { taskLogs } from '../tasks/logs.ts';
import { shortNames } from './short-names.ts';
import { failureMessage, wasNeverLaunched } from './why/words.ts';

/** Which output, how much, and whether to go on. */
export interface AppLogsOptions {
  readonly world: Pick<World, 'net' | 'clock'>;
  readonly marathon: MarathonClient;
  readonly master: MasterClient;
  readonly terminal: Terminal;
  readonly id: string;
  /** Only the instance whose task id has this in it. */
  readonly instance: string | undefined;
  readonly lines: number | undefined;
  readonly follow: boolean;
  readonly streams: readonly ('stdout' | 'stderr')[];
  readonly say: (text: string) => void;
}

const LOOK_EVERY_MS = 2000;
/** Instances that are shown side by side; who wants others names them. */
const MOST_INSTANCES = 50;

/** Ends when all is written; with `follow` never by itself: apps stay up. Throws Problem. */
export async function appLogs(options: AppLogsOptions): Promise<void> {
  const { world, follow, say } = options;
  const first = await tasksToShow(options);
  const shown = new Map<string, Promise<void>>();
  const start = (ids: readonly string[], lines: number | undefined): void => {
    const names = shortNames([...shown.keys(), ...ids]);
    for (const id of ids) {
      if (shown.size >= MOST_INSTANCES || shown.has(id)) continue;
      const output = showTask(options, id, names.get(id) ?? id, lines);
      // One instance without output must not end the others.
      shown.set(id, follow ? output.catch((error: unknown) => say(`${names.get(id)}: ${messageOf(error)}`)) : output);
    }
  };
  start(first, options.lines);
  if (first.length > MOST_INSTANCES)
    say(`Only ${MOST_INSTANCES} of ${first.length} instances are shown; --instance shows another.`);
  if (!follow) {
    const ends = await Promise.allSettled(shown.values());
    const failed = ends.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return;
  }
  for (;;) {
    await world.clock.sleep(LOOK_EVERY_MS);
    const present = await runningTasks(options).catch((error: unknown) => {
      say(`${messageOf(error)} Trying again.`);
      return [];
    });
    start(present, undefined);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Those that run; of an app that does not run the one that failed last. */
async function tasksToShow(options: AppLogsOptions): Promise<string[]> {
  const { marathon, id, instance, follow, say } = options;
  const running = await runningTasks(options);
  if (running.length > 0) return running;
  const app = await marathon.app(id);
  if (instance !== undefined) {
    const near = nearest(
      instance,
      app.tasks.map((task) => task.id),
    );
    throw new Problem(EXIT.notFound, {
      what: `${id} has no instance '${instance}'.`,
      ...(near !== undefined && { why: `Did you mean '${near}'?` }),
      next: `mctl app tasks ${id}`,
    });
  }
  const { taskId: failed = '', message = '' } = app.lastTaskFailure ?? {};
  if (wasNeverLaunched(message) && !follow) {
    const what = `No instance of ${id} runs, and the last one was never launched.`;
    throw new Problem(EXIT.notFound, { what, why: failureMessage({ message }), next: `mctl app why ${id}` });
  }
  if (failed !== '') {
    say('No instance runs; this is what the last one that failed wrote.');
    return [failed];
  }
  if (follow) {
    say(`No instance of ${id} runs yet.`);
    return [];
  }
  throw new Problem(EXIT.notFound, { what: `No instance of ${id} runs.`, next: `mctl app why ${id}` });
}

async function runningTasks({ marathon, id, instance }: AppLogsOptions): Promise<string[]> {
  const tasks = (await marathon.tasks(id)).map((task) => task.id);
  return instance === undefined ? tasks : tasks.filter((task) => task === instance || task.includes(instance));
}

async function showTask(
  options: AppLogsOptions,
  taskId: string,
  name: string,
  lines: number | undefined,
): Promise<void> {
  const { world, master, terminal, follow, streams, instance } = options;
  const prefix = instance === undefined ? `${name} | ` : '';
  const files = streams.map((stream) => {
    const write = stream === 'stdout' ? terminal.raw : terminal.rawError;
    const style = stream === 'stdout' ? terminal.style : terminal.errorStyle;
    return { name: stream, lines: new PrefixedLines(style.dim(prefix), (chunk) => write(chunk)) };
  });
  await taskLogs({
    world,
    master,
    given: taskId,
    lines,
    follow,
    files: files.map((file) => ({ name: file.name, write: (bytes) => file.lines.write(bytes) })),
  });
  for (const file of files) await file.lines.end();
}

/** A line of any length must not stay in memory. */
const MOST_HELD_BYTES = 64 * 1024;

/** Writes whole lines with something in front, so that those of several instances do not mix within one line. */
export class PrefixedLines {
  readonly #prefix: Uint8Array;
  readonly #write: (chunk: Uint8Array) => Promise<void>;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(prefix: string, write: (chunk: Uint8Array) => Promise<void>) {
    this.#prefix = new TextEncoder().encode(prefix);
    this.#write = write;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const out: Uint8Array[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      out.push(this.#prefix, ...this.#take(), bytes.subarray(start, end + 1));
      start = end + 1;
    }
    if (start < bytes.length) {
      this.#held.push(bytes.slice(start));
      this.#heldBytes += bytes.length - start;
    }
    if (this.#heldBytes > MOST_HELD_BYTES) out.push(this.#prefix, ...this.#take(), NEWLINE);
    if (out.length > 0) await this.#write(joined(out));
  }

  /** What came after the last line end. */
  async end(): Promise<void> {
    if (this.#heldBytes > 0) await this.#write(joined([this.#prefix, ...this.#take(), NEWLINE]));
  }

  #take(): Uint8Array[] {
    this.#heldBytes = 0;
    return this.#held.splice(0);
  }
}

const NEWLINE = Uint8Array.of(10);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
