// The name databases of the machine: users and groups.
import { readFileSync, statSync } from 'node:fs';

/** A line of /etc/passwd or /etc/group. */
export type Row = readonly string[];

/** Reads a name database again when the file has changed. */
function database(path: string): () => readonly Row[] {
  let rows: readonly Row[] = [];
  let readAtMtimeMs = Number.NaN;
  return () => {
    const mtimeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (mtimeMs !== undefined && mtimeMs !== readAtMtimeMs) {
      rows = parseRows(readFileSync(path, 'utf8'));
      readAtMtimeMs = mtimeMs;
    }
    return rows;
  };
}

/** `name:…:…` lines as lists of fields. */
export const parseRows = (text: string): Row[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));

/** Rows of /etc/passwd, read again when it has changed. */
export const currentPasswd = database('/etc/passwd');

/** Rows of /etc/group, read again when it has changed. */
export const currentGroups = database('/etc/group');
