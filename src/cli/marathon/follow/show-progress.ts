// Where what is seen of a deployment goes: rows in place on a terminal, a line for each change elsewhere.
import type { DeploymentProgress } from '../../../client/marathon.ts';
import type { Clock } from '../../../world/world.ts';
import { LiveRows } from '../../output/live-rows.ts';
import type { Terminal } from '../../output/terminal.ts';
import { progressLine, progressRows } from './progress-text.ts';

/** Shows progress; `leave` before other words come. */
export interface ProgressDisplay {
  show(progress: DeploymentProgress, hint: string | undefined): Promise<void>;
  leave(): void;
}

/** Between two lines of a log. */
const LINE_EVERY_MS = 1000;

/** Nothing is written when `quiet`. */
export function progressDisplay(terminal: Terminal, clock: Clock, quiet: boolean): ProgressDisplay {
  const look = { hasMarks: terminal.hasMarks, style: terminal.errorStyle };
  if (quiet) return { show: async () => undefined, leave: () => undefined };
  if (terminal.stderrIsTty) {
    const rows = new LiveRows(terminal);
    return {
      show: (progress, hint) => rows.draw(progressRows(progress, look, hint)),
      leave: () => rows.leave(),
    };
  }
  let last = '';
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    async show(progress, hint) {
      const line = progressLine(progress, look, hint);
      const isOver = progress.state !== 'running';
      const nowMs = clock.monotonicMs();
      if (line === last || (!isOver && nowMs - writtenAtMs < LINE_EVERY_MS)) return;
      last = line;
      writtenAtMs = nowMs;
      terminal.say(line);
    },
    leave: () => undefined,
  };
}
