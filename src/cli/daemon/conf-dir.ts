// One file per flag, as the packages of the original have them in /etc/chronos/conf (chronos.md 16): the file's name is the flag's, its text
// the value; `?name` is a switch that is on. They stand behind the command line and the environment, and secrets may be in them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlagTable } from '../../daemon/serving/flags.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment with what the files of `--conf_dir` say beside it. Throws Problem `usage`. */
export function withConfDir(table: FlagTable, prefix: string, args: readonly string[], env: Environment): Environment {
  const directory = directoryIn(args) ?? env[`${prefix}CONF_DIR`];
  if (directory === undefined || directory === '') return env;
  const known = new Set(Object.values(table).flatMap(({ name, aliases }) => [name, ...aliases]));
  const said: Record<string, string> = {};
  for (const file of filesOf(directory)) {
    const isSwitch = file.startsWith('?');
    const name = (isSwitch ? file.slice(1) : file).replaceAll('-', '_');
    const negated = isSwitch && !known.has(name) && name.startsWith('no_') ? name.slice(3) : undefined;
    const flag = negated ?? name;
    if (!known.has(flag)) {
      throw new Problem(EXIT.usage, {
        what: `There is no flag --${name.replaceAll('_', '-')}.`,
        why: `${join(directory, file)} is named after it.`,
        next: 'Add --help to see what there is.',
      });
    }
    const value = negated !== undefined ? 'false' : isSwitch ? 'true' : read(join(directory, file)).trim();
    said[`${prefix}${flag.toUpperCase()}`] = value;
  }
  return { ...said, ...env };
}

function directoryIn(args: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const [at, argument] of args.entries()) {
    const [, value] = /^--conf[-_]dir(?:=(.*))?$/.exec(argument) ?? [undefined, undefined];
    if (/^--conf[-_]dir/.test(argument)) found = value ?? args[at + 1];
  }
  return found;
}

/** Not hidden ones, nor what a package manager or an editor leaves beside them. */
function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /^\??[\w-]+$/.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    throw unreadable(directory, cause);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): Problem {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Problem(EXIT.usage, { what: `${path} of --conf-dir cannot be read.`, why }, { cause });
}
