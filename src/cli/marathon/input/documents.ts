// Files of apps and groups as people write them, JSON or YAML: read into values that remember on which line they stand.
import { isCollection, isMap, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';

/** One thing of a file: an app, a list of them, a group. */
export interface InputDocument {
  /** File name, `-` for stdin. */
  readonly source: string;
  readonly value: unknown;
  /** `web.yaml:12` of the value at this path below the document, or of the nearest value above it. */
  readonly place: (path: readonly (string | number)[]) => string;
}

/** What comes of a file must be small enough to be sent. */
export const MAX_INPUT_CHARACTERS = 8 * 1024 * 1024;

/** What is wrong may be quoted, and be a whole file. */
const FAULT_CHARACTERS = 200;

/**
 * Every document of a text; YAML may have several, apart by `---`. JSON is YAML too, so both are read alike. Throws Problem
 * `usage` with every fault and its line.
 */
export function readDocuments(source: string, text: string): InputDocument[] {
  const name = source === '-' ? 'stdin' : source;
  if (text.length > MAX_INPUT_CHARACTERS)
    throw unusable(name, `It is larger than ${MAX_INPUT_CHARACTERS / 2 ** 20} MB.`);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  const faults = documents.flatMap(({ errors }) => errors);
  if (faults.length > 0) {
    const told = faults.map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      return `${name}:${line}:${col}  ${message.slice(0, FAULT_CHARACTERS)}`;
    });
    throw unusable(name, told.slice(0, 20).join('\n'));
  }
  const filled = documents.filter(({ contents }) => contents !== null);
  if (filled.length === 0) throw unusable(name, 'It is empty.');
  return filled.map((document) => {
    const { contents } = document;
    return {
      source: name,
      value: toValue(name, () => document.toJS({ maxAliasCount: 1000 })),
      place: (path) => {
        const offset = offsetOf(contents as Node, path);
        return offset === undefined ? name : `${name}:${lines.linePos(offset).line}`;
      },
    };
  });
}

function toValue(name: string, read: () => unknown): unknown {
  try {
    const value: unknown = read();
    // What JSON cannot say (dates, big integers, cycles) would reach Marathon as something else, or not at all.
    return JSON.parse(JSON.stringify(value, refuseOddNumbers));
  } catch (error) {
    throw unusable(name, error instanceof Error ? error.message : String(error));
  }
}

/** JSON would make them null, and Marathon a default of that. */
function refuseOddNumbers(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new Error(`The value of ${key === '' ? 'the document' : key} is no number that JSON can hold.`);
}

/** Where the node begins, or for a member of an object its key: that is the line that people look for. */
function offsetOf(root: Node, path: readonly (string | number)[]): number | undefined {
  let node: Node = root;
  let offset = root.range?.[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === String(step));
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      if (!isNode(pair.value)) return offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step];
      if (!isNode(item)) return offset;
      node = item;
      offset = node.range?.[0] ?? offset;
    } else return offset;
    if (!isCollection(node) && !isNode(node)) return offset;
  }
  return offset;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

function unusable(name: string, why: string): Problem {
  return new Problem(EXIT.usage, { what: `${name} cannot be used.`, why, next: 'It must be JSON or YAML.' });
}
