// `mctl pod run` as a process: a file and signals in, exit code out.
import { constants } from 'node:os';
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { readInput } from '../marathon/input/read-files.ts';
import type { Terminal } from '../output/terminal.ts';
import { Problem } from '../problem.ts';
import { withInterruption } from '../run/interruption.ts';
import { podRequest } from './pod-file.ts';
import { startPod } from './run-pod.ts';

/** What it needs of the command around it. */
export interface ExecutePodOptions {
  readonly world: Pick<World, 'net' | 'clock' | 'random' | 'log' | 'host'>;
  readonly masters: MasterPlaces;
  readonly file: string;
  readonly timeoutMs: number | undefined;
  readonly terminal: Terminal;
  readonly quiet: boolean;
}

/** Runs it to its end; the exit code for the process. Throws Problem. */
export async function executePod({ file, terminal, quiet, ...options }: ExecutePodOptions): Promise<number> {
  const [document, ...more] = await readInput([file]);
  if (document === undefined || more.length > 0) {
    throw new Problem(EXIT.usage, { what: `${file} must have one pod.`, next: 'mctl pod run --help' });
  }
  const run = startPod({
    ...options,
    pod: podRequest(document),
    stdout: (bytes) => terminal.raw(bytes),
    stderr: (bytes) => terminal.rawError(bytes),
    say: (text) => {
      if (!quiet) terminal.say(text);
    },
  });
  terminal.onBrokenPipe(() => run.interrupt(128 + constants.signals.SIGPIPE));
  return withInterruption((code) => run.interrupt(code), run.ended);
}
