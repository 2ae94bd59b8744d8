// `-f`: files, and stdin as `-`.
import { readFile, stat } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { type InputDocument, MAX_INPUT_CHARACTERS, readDocuments } from './documents.ts';

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EISDIR: 'It is a directory.',
  EACCES: 'You may not read it.',
};

/** All documents of all files, in order. Throws Problem `usage`. */
export async function readInput(files: readonly string[]): Promise<InputDocument[]> {
  if (files.filter((file) => file === '-').length > 1)
    throw new Problem(EXIT.usage, { what: 'stdin can be read once only.', next: 'Give -f - once.' });
  const documents: InputDocument[] = [];
  for (const file of files) documents.push(...readDocuments(file, await readText(file)));
  return documents;
}

/** All of a file; `-` is stdin. Throws Problem `usage` that says why it cannot be read. */
export async function readText(file: string): Promise<string> {
  if (file === '-') {
    if (process.stdin.isTTY) process.stderr.write('Reading from the terminal; end with Ctrl-D.\n');
    return readAll(process.stdin);
  }
  try {
    const { size } = await stat(file);
    if (size > MAX_INPUT_CHARACTERS * 4)
      throw new Problem(EXIT.usage, { what: `${file} is too large to be a definition.` });
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = WHY_UNREADABLE[code] ?? (error instanceof Error ? error.message : String(error));
    throw new Problem(EXIT.usage, { what: `${file} cannot be read.`, why }, { cause: error });
  }
}
