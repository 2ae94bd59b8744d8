// Files that settings name: small, read once at the start of a command.
import { readFileSync, statSync } from 'node:fs';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';

const MAX_BYTES = 1024 * 1024;

/** Its text. Throws Problem `usage`; `what` names the setting. */
export function readSettingsFile(path: string, what: string): string {
  try {
    if (statSync(path).size > MAX_BYTES) {
      throw new Problem(EXIT.usage, {
        what: `${what}: ${path} is too large.`,
        why: `At most ${MAX_BYTES} bytes are read.`,
      });
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isMissing ? 'There is no such file.' : error instanceof Error ? error.message : String(error);
    throw new Problem(EXIT.usage, { what: `${what}: ${path} cannot be read.`, why }, { cause: error });
  }
}

/** The one line of a file with a secret in it. Throws Problem `usage`, which does not show it. */
export function readSecret(path: string, what: string): string {
  const text = readSettingsFile(path, what).replace(/\r?\n$/, '');
  if (text === '' || /[\p{Cc}]/u.test(text)) {
    throw new Problem(EXIT.usage, { what: `${what}: ${path} must hold one line of text, and nothing else.` });
  }
  return text;
}

/** Whether users who are neither its owner nor in its group may read it. False for what is not there. */
export function isOpenToAll(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (found.mode & 0o004) !== 0;
}

/** `user:password` from a file. */
export function readCredentials(path: string, what: string): { readonly user: string; readonly password: string } {
  const [, user, password] = /^([^:]+):(.+)$/.exec(readSecret(path, what)) ?? [];
  if (user === undefined || password === undefined) {
    throw new Problem(EXIT.usage, { what: `${what}: ${path} must hold user:password.` });
  }
  return { user, password };
}
