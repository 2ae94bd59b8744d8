// `mctl task exec` and `mctl task attach`: a command beside a task's own, and the task's own terminal.
import type { MasterClient } from '../../client/operator.ts';
import type { ContainerInfo } from '../../mesos/generated/v1.ts';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import type { Keyboard } from '../output/keyboard.ts';
import type { Terminal } from '../output/terminal.ts';
import { Problem } from '../problem.ts';
import { askingAgent } from './agent-problems.ts';
import { findTask } from './find.ts';
import { containerOf, type SessionEnd, talk } from './session.ts';

/** Ctrl-P Ctrl-Q, as elsewhere. */
const LEAVE_KEYS = [0x10, 0x11];
const SIGNAL_BASE = 128;

/** Which task, and who talks. */
export interface ExecOptions {
  readonly world: Pick<World, 'net' | 'random'>;
  readonly master: MasterClient;
  readonly given: string;
  readonly terminal: Terminal;
  readonly keyboard: Keyboard;
  /** For the agent to answer, not for what runs then; undefined = 30 s. */
  readonly timeoutMs?: number | undefined;
}

/** What is to run there, and how. */
export interface ExecWish {
  readonly command: readonly string[];
  readonly isInteractive: boolean;
  readonly isTerminal: boolean;
  readonly user: string | undefined;
  readonly env: readonly string[];
}

/** The command's exit code; 128 + n when a signal ended it. Throws Problem, ApiError. */
export async function execInTask(
  { world, master, given, terminal, keyboard, timeoutMs }: ExecOptions,
  { command, isInteractive, isTerminal, user, env }: ExecWish,
): Promise<number> {
  const [program] = command;
  if (program === undefined) {
    throw new Problem(EXIT.usage, { what: 'There is no command.', next: `mctl task exec -it ${given} -- sh` });
  }
  if (isTerminal && isInteractive && !keyboard.isTerminal) {
    throw new Problem(EXIT.usage, {
      what: 'Stdin is no terminal.',
      why: '-t gives the command a terminal, and it is ours that is typed at.',
      next: `mctl task exec -i ${given} -- …      (without -t, for input from a file or pipe)`,
    });
  }
  if (env.some((text) => /^(=|$)/.test(text))) {
    throw new Problem(EXIT.usage, {
      what: 'A variable has no name.',
      next: '--env NAME=value, or --env NAME for ours',
    });
  }
  const found = await findTask(master, given);
  const { client, id: parent } = containerOf(world.net, found, timeoutMs);
  const id = { value: world.random.uuid(), parent };
  const { size } = keyboard;
  const container: ContainerInfo | undefined = isTerminal
    ? { type: 'MESOS', tty_info: size === undefined ? {} : { window_size: size } }
    : undefined;
  let exit: Promise<number | undefined> | undefined;
  const end = await talk(
    async (listener) => {
      const info = {
        shell: false,
        value: program,
        arguments: [...command],
        ...(user !== undefined && { user }),
        environment: { variables: env.map(variable) },
      };
      const session = { id, command: info, ...(container && { container }) };
      const stream = await askingAgent(found.task.id, () => client.launchSession(session, listener));
      // Asked for while it runs, for an agent need not remember those that ended.
      exit = client.wait(id);
      exit.catch(() => undefined);
      return stream;
    },
    () => client.attachInput(id),
    { terminal, keyboard, isInteractive, isTerminal },
  );
  return howItEnded(found.task.id, end, exit);
}

/** The command's exit code. `exit`: of wait(2), as its agent tells it. Throws Problem. */
export async function howItEnded(task: string, end: SessionEnd, exit?: Promise<number | undefined>): Promise<number> {
  if (end.kind === 'broken') throw broken(end);
  // An agent that is stopped ends the output as if all were well, and then does not answer any more.
  const status = await askingAgent(task, async () => exit);
  if (status === undefined) throw broken({ kind: 'broken', why: 'The agent does not say how the command ended.' });
  return exitCodeOf(status);
}

/** Resolves when the task's output is over, or Ctrl-P Ctrl-Q was typed. Throws Problem, ApiError. */
export async function attachToTask(
  { world, master, given, terminal, keyboard, timeoutMs }: ExecOptions,
  isInteractive: boolean,
): Promise<SessionEnd> {
  const found = await findTask(master, given);
  const { client, id } = containerOf(world.net, found, timeoutMs);
  if (found.task.task.container?.tty_info === undefined) {
    throw new Problem(EXIT.conflict, {
      what: `Task '${found.task.id}' has no terminal.`,
      why: 'Only a task that was launched with one (container.tty_info) can be attached to.',
      next: [`mctl task exec -it ${given} -- sh`, `mctl task logs ${given} --follow`],
    });
  }
  const end = await talk(
    (listener) => askingAgent(found.task.id, () => client.attachOutput(id, listener)),
    () => client.attachInput(id),
    { terminal, keyboard, isInteractive, isTerminal: true, isOnlooker: !isInteractive, leaveKeys: LEAVE_KEYS },
  );
  if (end.kind === 'taken') {
    throw new Problem(EXIT.conflict, {
      what: `Somebody else types at the terminal of task '${found.task.id}'.`,
      next: `mctl task attach ${given} --no-stdin`,
    });
  }
  if (end.kind === 'broken') throw broken(end);
  return end;
}

/** Of wait(2), as a shell tells it. */
export function exitCodeOf(waitStatus: number): number {
  const signal = waitStatus & 0x7f;
  return signal === 0 ? (waitStatus >> 8) & 0xff : SIGNAL_BASE + signal;
}

function variable(text: string): { name: string; value: string } {
  const equals = text.indexOf('=');
  if (equals > 0) return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  return { name: text, value: process.env[text] ?? '' };
}

function broken({ why }: Extract<SessionEnd, { kind: 'broken' }>): Problem {
  return new Problem(EXIT.unreachable, { what: 'The connection to the agent broke.', why });
}
