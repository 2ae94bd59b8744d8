// The command line as a person or script uses it: the built program in a process, with a home of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const MCTL = fileURLToPath(new URL('../../bin/mctl.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly outcome: Promise<Outcome>;
  /** What it wrote to stdout so far. */
  stdout(): string;
  kill(signal: NodeJS.Signals): void;
}

export class MctlHome {
  readonly directory = mkdtempSync(join(tmpdir(), 'mctl-home-'));

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const child = execa(process.execPath, [MCTL, ...args], {
      stdin: 'ignore',
      reject: false,
      stripFinalNewline: false,
      extendEnv: false,
      env: {
        PATH: process.env.PATH,
        HOME: this.directory,
        MCTL_STATE_DIR: join(this.directory, 'state'),
        XDG_CONFIG_HOME: join(this.directory, 'config'),
        ...env,
      },
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    const outcome = child.then((result) => ({
      code: result.exitCode ?? null,
      stdout: result.stdout,
      stderr: result.stderr,
    }));
    return { outcome, stdout: () => stdout, kill: (signal) => void child.kill(signal) };
  }

  run(...args: string[]): Promise<Outcome> {
    return this.start(args).outcome;
  }

  /** Parsed stdout. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, '--json');
    if (code !== 0) throw new Error(`mctl ${args.join(' ')} exited with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Until it holds, or an error after the time. */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
