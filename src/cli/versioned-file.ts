// JSON files of the command line that last: each carries a version. Newer code reads older ones; older code refuses newer
// ones with a clear message instead of guessing.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectoriesSync } from '../world/real/disk/make-directories.ts';
import { EXIT } from './exit-codes.ts';
import { Problem } from './problem.ts';

/** A JSON object of unknown members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * As `readVersioned`, for files that people do not write by hand: `isWhole` tells whether the object has all that its
 * reader relies on. Throws Problem when it has not.
 */
export function readWhole<T>(
  path: string,
  newest: number,
  isWhole: (content: JsonObject | T) => content is T,
): T | undefined {
  const content: JsonObject | T | undefined = readVersioned(path, newest);
  if (content === undefined || isWhole(content)) return content;
  throw new Problem(EXIT.failed, {
    what: `${path} cannot be read.`,
    why: 'Something is missing in it, or is not of the kind it should be.',
    next: 'Repair it, or move it away.',
  });
}

/** Are these members there, as objects or arrays (`array`), text or numbers? */
export function hasMembers(
  content: unknown,
  kinds: Readonly<Record<string, 'object' | 'array' | 'string' | 'number'>>,
): content is JsonObject {
  if (typeof content !== 'object' || content === null) return false;
  return Object.entries(kinds).every(([name, kind]) => {
    const value: unknown = Reflect.get(content, name);
    return Array.isArray(value) ? kind === 'array' : value !== null && typeof value === kind;
  });
}

/** The object in the file, or undefined when there is no file. `newest` is the highest version this code understands. */
export function readVersioned(path: string, newest: number): JsonObject | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const content = parseObject(text);
  const version = content?.version;
  if (content === undefined || typeof version !== 'number') {
    throw new Problem(EXIT.failed, {
      what: `${path} cannot be read.`,
      why: 'It is not a JSON object with a version.',
      next: 'Repair it, or move it away.',
    });
  }
  if (version > newest) {
    throw new Problem(EXIT.failed, {
      what: `${path} was written by a newer mctl.`,
      why: `Its format is version ${version}; this mctl reads up to ${newest}.`,
      next: 'Use that newer mctl, or move the file away.',
    });
  }
  return content;
}

/** Replaces the file as a whole: readers see the old or the new content. */
export function writeVersioned(path: string, content: { readonly version: number }, mode = 0o644): void {
  makeDirectoriesSync(dirname(path));
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(content, undefined, 2)}\n`, { mode });
  renameSync(temporary, path);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined; // the caller says what is wrong with the file
  }
}
