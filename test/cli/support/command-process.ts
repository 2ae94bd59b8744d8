// Commands from source in processes of their own, with nothing of the environment that could name a cluster.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../fixtures/run-command.ts', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Of a process that runs; `stop` ends it as Ctrl-C does. */
export interface RunningCommand {
  readonly outcome: Promise<Outcome>;
  /** Lines of stdout so far. */
  lines(): readonly string[];
  stop(): void;
}

/** `words`: path of the command below src/commands, and its arguments. */
export function start(home: string, words: readonly string[], input: Uint8Array = Buffer.alloc(0)): RunningCommand {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1' },
    cwd: home,
  });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return {
    outcome: new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr }));
    }),
    lines: () => Buffer.concat(stdout).toString('utf8').split('\n').slice(0, -1),
    stop: () => void child.kill('SIGINT'),
  };
}

export function mctl(home: string, words: readonly string[], input?: Uint8Array): Promise<Outcome> {
  return start(home, words, input).outcome;
}
