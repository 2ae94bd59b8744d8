// A task's command and environment as the shell text that run-task.sh feeds to the task's own shell.
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

export function taskText(task: Pick<TaskProcess, 'argv' | 'env'>): string {
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
  lines.push(`exec ${prefix}${argv} </dev/null`);
  // In braces, so that a text that was cut off in the middle is a syntax error and not half a command.
  return `{\n${lines.join('\n')}\n}\n`;
}

function quote(word: string): string {
  if (word.includes('\0')) throw new ProcessError('cannot-start', 'a NUL byte can be neither argument nor environment');
  return `'${word.replaceAll("'", "'\\''")}'`;
}
