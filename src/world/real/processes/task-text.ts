// A task's command and environment as the shell text that run-task.sh evaluates, cut into the pieces it takes.
import { ProcessError, type TaskProcess } from '../../processes.ts';

/** What a shell can export under its own rules; other names go through env(1). */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names that some shell computes itself or refuses to set. */
const OWNED_BY_SHELLS = new Set([
  'PPID',
  'UID',
  'EUID',
  'OPTIND',
  'LINENO',
  'BASHOPTS',
  'SHELLOPTS',
  'RANDOM',
  'SECONDS',
]);
/** The kernel takes 128 KiB in one variable; a UTF-16 unit is at most 3 bytes of UTF-8. */
const PIECE_UNITS = 40_000;
const MAX_PIECES = 10;

/** TASK_0, TASK_1, … of run-task.sh. */
export function taskPieces(text: string): Record<string, string> {
  const pieces: Record<string, string> = {};
  for (let start = 0, count = 0; start < text.length; count++) {
    if (count === MAX_PIECES) throw new ProcessError('cannot-start', 'the command and its environment are too long');
    let end = start + PIECE_UNITS;
    // Never between the two halves of a surrogate pair: each would come out as a replacement character.
    if (/[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end--;
    pieces[`TASK_${count}`] = text.slice(start, end);
    start = end;
  }
  return pieces;
}

/** Sets the environment and executes the command. */
export function taskText(task: { readonly argv: readonly string[]; readonly env: TaskProcess['env'] }): string {
  // Only what is in `env` may reach the task, and shells bring some variables of their own.
  const lines = ['unset PATH PWD OLDPWD SHLVL _'];
  const throughEnv: string[] = [];
  for (const [name, value] of Object.entries(task.env)) {
    if (name === '' || name.includes('=')) {
      throw new ProcessError('cannot-start', `'${name}' cannot be the name of an environment variable`);
    }
    const isPlain = IDENTIFIER.test(name) && !OWNED_BY_SHELLS.has(name);
    if (isPlain) lines.push(`export ${name}=${quote(value)}`);
    else throughEnv.push(quote(`${name}=${value}`));
  }
  const argv = task.argv.map(quote).join(' ');
  const prefix = throughEnv.length > 0 ? `/usr/bin/env -- ${throughEnv.join(' ')} ` : '';
  lines.push(`exec ${prefix}${argv}`);
  return lines.join('\n');
}

/** A word that the shell takes as it is. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new ProcessError('cannot-start', 'a NUL byte can be neither argument nor environment');
  return `'${word.replaceAll("'", "'\\''")}'`;
}
