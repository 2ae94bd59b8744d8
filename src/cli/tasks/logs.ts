// `mctl task logs`: the end of a task's stdout and stderr, and with --follow what comes.
import { type AgentClient, ApiError, MAX_READ_BYTES, type MasterClient } from '../../client/operator.ts';
import type { World } from '../../world/world.ts';
import { type FollowedFile, followOutput } from '../run/follow-output.ts';
import { readingFile } from './agent-problems.ts';
import { findSandbox, findTask } from './find.ts';

/** Which task's output, how much, and whether to go on. */
export interface LogsOptions {
  readonly world: Pick<World, 'net' | 'clock'>;
  readonly master: MasterClient;
  readonly given: string;
  /** For each answer of the agent; undefined = 10 s. */
  readonly timeoutMs?: number | undefined;
  /** Last so many lines of each; undefined = all. */
  readonly lines: number | undefined;
  readonly follow: boolean;
  readonly files: readonly { readonly name: string; readonly write: (bytes: Uint8Array) => Promise<void> | void }[];
}

const POLL_MS = 1000;

/** Resolves when all is written; with `follow` when the task has ended. Throws Problem when there is no such file. */
export async function taskLogs({ world, master, given, timeoutMs, files, ...how }: LogsOptions): Promise<void> {
  const found = await findTask(master, given);
  const { agent, path } = await findSandbox(world.net, found, timeoutMs);
  // A terminal has one output for both.
  const hasTerminal = found.task.task.container?.tty_info !== undefined;
  await sandboxLogs({
    ...how,
    clock: world.clock,
    agent,
    path,
    given,
    files: hasTerminal && files.length > 1 ? files.filter(({ name }) => name !== 'stderr') : files,
    isLive: found.task.live,
    lives: async () => (await findTask(master, found.task.id)).task.live,
  });
}

/** A sandbox, and how it is asked whether its task still runs. */
export interface SandboxLogsOptions extends Pick<LogsOptions, 'given' | 'lines' | 'follow' | 'files'> {
  readonly clock: World['clock'];
  readonly agent: AgentClient;
  /** Virtual path on the agent, without a slash at the end. */
  readonly path: string;
  readonly isLive: boolean;
  readonly lives: () => Promise<boolean>;
}

/** As `taskLogs`, of a sandbox that somebody knows. */
export async function sandboxLogs(options: SandboxLogsOptions): Promise<void> {
  const { clock, agent, path, given, lines, follow, files, isLive, lives } = options;
  const followed: FollowedFile[] = [];
  for (const { name, write } of files) {
    const file = `${path}/${name}`;
    const { offset, tail } = await readingFile(given, name, async () => {
      try {
        return await endOf((offset) => agent.files.read(file, offset), lines);
      } catch (error) {
        // A task that is only starting has no output yet; with --follow that is worth waiting for.
        const isEarly = error instanceof ApiError && error.code === 'not-found' && follow && isLive;
        if (isEarly) return { offset: 0, tail: [] };
        throw error;
      }
    });
    for (const piece of tail) await write(piece);
    followed.push({ path: file, write, offset });
  }
  if (!follow) return;
  const follower = followOutput(agent.files, clock, followed);
  for (let live = isLive; live; live = await lives()) await clock.sleep(POLL_MS);
  await follower.finish();
}

type Read = (offset: number) => Promise<{ readonly data: Uint8Array; readonly size: number }>;

/** The last lines as pieces, and the offset after them. */
async function endOf(read: Read, lines: number | undefined): Promise<{ offset: number; tail: Uint8Array[] }> {
  let offset = 0;
  const tail: Uint8Array[] = [];
  if (lines !== undefined) {
    const { size } = await read(0);
    offset = await startOfLastLines(read, size, lines);
  }
  for (;;) {
    const { data } = await read(offset);
    if (data.length === 0) return { offset, tail };
    tail.push(data);
    offset += data.length;
  }
}

/** Offset where the last `lines` lines begin: reads backwards until it has seen enough line ends. */
async function startOfLastLines(read: Read, size: number, lines: number): Promise<number> {
  if (lines === 0) return size;
  let seen = 0;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - MAX_READ_BYTES);
    const data = (await read(start)).data.subarray(0, end - start);
    for (let at = data.length - 1; at >= 0; at -= 1) {
      const isLastByte = start + at === size - 1;
      if (data[at] !== 10 || isLastByte) continue;
      seen += 1;
      if (seen === lines) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
