// A task in a terminal of its own, as the shell text that run-task.sh evaluates. The pty is held by script(1) of util-linux,
// which every Debian has: it needs no module of ours, and lives as long as the task, whoever else dies.
import { ProcessError, type TaskProcess } from '../../processes.ts';
import { quote } from './task-text.ts';

/** The kernel takes no more in one variable. */
const MAX_TEXT_BYTES = 120_000;
const SCRIPT = '/usr/bin/script --quiet --return --flush --echo always --command';

/** The text around `text`, which with `setsUpItself` is evaluated as root and takes its user itself. */
export function terminalText(
  text: string,
  task: Pick<TaskProcess, 'terminal' | 'user'>,
  { setsUpItself }: { readonly setsUpItself: boolean },
): string {
  const { terminal, user } = task;
  if (terminal === undefined) return text;
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    throw new ProcessError('cannot-start', 'the command and its environment are too long for a terminal');
  }
  const owner = terminal.owner ?? (setsUpItself ? user?.uid : undefined);
  const inside = [
    ...(owner === undefined ? [] : [`/usr/bin/chown ${owner} "$(/usr/bin/tty)"`]),
    ...(terminal.size === undefined
      ? []
      : [`/usr/bin/stty rows ${side(terminal.size.rows)} cols ${side(terminal.size.columns)}`]),
    // script runs its command by $SHELL, which is the task's own business.
    `text=$MCTL_TEXT; unset MCTL_TEXT SHELL${setsUpItself ? '' : ' started'}`,
    'eval "$text"',
  ].join('\n');
  return `export SHELL=/bin/sh started MCTL_TEXT=${quote(text)}\nexec ${SCRIPT} ${quote(inside)} /dev/null`;
}

const side = (length: number): number => Math.min(Math.max(Math.trunc(length), 0), 65_535);
