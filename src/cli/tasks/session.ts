// One person talking with one container: what the container writes comes here, what is typed goes there.
import { ContainerClient, type ContainerInput, type ContainerListener } from '../../client/operator.ts';
import type { ContainerID } from '../../mesos/generated/v1.ts';
import type { Net } from '../../world/net.ts';
import { EXIT } from '../exit-codes.ts';
import type { Keyboard } from '../output/keyboard.ts';
import type { Terminal } from '../output/terminal.ts';
import { Problem } from '../problem.ts';
import { agentOf, type FoundTask } from './find.ts';

/** More than this is not read ahead from a file that is typed faster than it is taken. */
const MAX_UNSENT_BYTES = 256 * 1024;
const UNSENT_POLL_MS = 20;
const LAST_WORDS_MS = 1_000;
/** An agent that was not heard for so many of its heartbeats is gone. */
const SILENT_HEARTBEATS = 5;
/** Until it has said how often it beats: twice what agents do by default. */
const UNTOLD_HEARTBEAT_MS = 60_000;

/** Where output goes and input comes from. */
export interface SessionEnds {
  readonly terminal: Pick<Terminal, 'raw' | 'rawError'>;
  readonly keyboard: Keyboard;
  /** Our input is passed on. */
  readonly isInteractive: boolean;
  /** The container has a terminal: with ours, every key goes there, and it gets our size. */
  readonly isTerminal: boolean;
  /** Nothing is passed on, and somebody else may type. */
  readonly isOnlooker?: boolean;
  /** Keys after which the session is left while the container goes on; undefined = none. */
  readonly leaveKeys?: readonly number[];
}

/** How a session ended. `left`: by its keys. `taken`: somebody else types. `broken`: the connection, and why. */
export type SessionEnd =
  | { readonly kind: 'ended' }
  | { readonly kind: 'left' | 'taken' }
  | { readonly kind: 'broken'; readonly why: string };

/** The container of a running task, and who has it; `timeoutMs` is for that one to answer. Throws Problem. */
export function containerOf(
  net: Net,
  found: FoundTask,
  timeoutMs: number | undefined,
): { client: ContainerClient; id: ContainerID } {
  const { task } = found;
  if (!task.live) {
    throw new Problem(EXIT.conflict, { what: `Task '${task.id}' does not run.`, why: `It is ${task.state}.` });
  }
  const statuses = task.task.statuses ?? [];
  const id = statuses.findLast(({ container_status }) => container_status?.container_id !== undefined)?.container_status
    ?.container_id;
  if (id === undefined) {
    throw new Problem(EXIT.conflict, {
      what: `Task '${task.id}' has no container yet.`,
      why: `It is ${task.state}.`,
      next: `mctl task show ${task.id}`,
    });
  }
  return { client: new ContainerClient(net, agentOf(found).url, timeoutMs), id };
}

/** Resolves when the container's output is over. `open` is told what to call. Throws ApiError. */
export async function talk(
  open: (listener: ContainerListener) => Promise<{ close(): void }>,
  attachInput: () => ContainerInput,
  ends: SessionEnds,
): Promise<SessionEnd> {
  const { terminal, keyboard } = ends;
  const over = Promise.withResolvers<SessionEnd>();
  const silence = new Silence((why) => over.resolve({ kind: 'broken', why }));
  const listener: ContainerListener = {
    output: (name, bytes) => (name === 'stdout' ? terminal.raw(bytes) : terminal.rawError(bytes)),
    ended: (why) => over.resolve(why === undefined ? { kind: 'ended' } : { kind: 'broken', why }),
    heartbeat: (intervalMs) => silence.expect(intervalMs),
    listening: (isListening) => silence.listen(isListening),
  };
  const stream = await open(listener).catch((error: unknown) => {
    silence.listen(false);
    throw error;
  });
  let input: ContainerInput | undefined;
  try {
    if (ends.isOnlooker !== true) {
      input = attachInput();
      void input.over.then((refusal) => {
        if (refusal?.isTaken) over.resolve({ kind: 'taken' });
        // What the container has written comes first, and says how it went.
        else if (refusal) setTimeout(() => over.resolve({ kind: 'broken', why: refusal.why }), LAST_WORDS_MS).unref();
      });
      connect(input, ends, () => over.resolve({ kind: 'left' }));
    }
    return await over.promise;
  } finally {
    silence.listen(false);
    keyboard.close();
    stream.close();
    input?.close();
  }
}

/** Notices an agent that was going to be heard and is not: on a terminal nobody could leave by himself. */
class Silence {
  readonly #broken: (why: string) => void;
  #intervalMs = UNTOLD_HEARTBEAT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(broken: (why: string) => void) {
    this.#broken = broken;
    this.listen(true);
  }

  expect(intervalMs: number): void {
    this.#intervalMs = intervalMs;
  }

  listen(isListening: boolean): void {
    clearTimeout(this.#timer);
    if (!isListening) return;
    const patienceMs = this.#intervalMs * SILENT_HEARTBEATS;
    const why = `Nothing was heard of it for ${Math.round(patienceMs / 1000)} seconds.`;
    this.#timer = setTimeout(() => this.#broken(why), patienceMs).unref();
  }
}

function connect(
  input: ContainerInput,
  { keyboard, isInteractive, isTerminal, leaveKeys = [] }: SessionEnds,
  leave: () => void,
): void {
  if (isTerminal) {
    const tellSize = (): void => {
      if (keyboard.size !== undefined) input.resize(keyboard.size);
    };
    keyboard.onResize(tellSize);
    tellSize();
  }
  if (!isInteractive) {
    // Nobody will ever type anything; on a terminal that would be typed.
    if (!isTerminal) input.end();
    return;
  }
  if (isTerminal) keyboard.setRaw();
  let matched = 0;
  let slowing: ReturnType<typeof setInterval> | undefined;
  keyboard.read(
    (bytes) => {
      for (const byte of bytes) {
        if (isTerminal && keyboard.isTerminal && leaveKeys.length > 0) {
          matched = byte === leaveKeys[matched] ? matched + 1 : byte === leaveKeys[0] ? 1 : 0;
          if (matched === leaveKeys.length) return leave();
        }
      }
      input.write(bytes);
      if (slowing !== undefined || input.bufferedBytes <= MAX_UNSENT_BYTES) return;
      keyboard.pause();
      slowing = setInterval(() => {
        if (input.bufferedBytes > MAX_UNSENT_BYTES) return;
        clearInterval(slowing);
        slowing = undefined;
        keyboard.resume();
      }, UNSENT_POLL_MS);
    },
    () => {
      // A terminal would take it for a Ctrl-D, which ends what runs there; nobody has pressed that.
      if (!isTerminal) input.end();
      else if (keyboard.isTerminal) leave();
    },
  );
}
