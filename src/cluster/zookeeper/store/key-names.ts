// Keys as names of nodes and back. ZooKeeper refuses some characters and the names `.` and `..`; a slash would be another
// level. Part of the format on the ensemble: what is written here must be readable for ever.

/** The part of a key before its first slash, and what comes after it: undefined when there is no slash. */
export interface SplitKey {
  readonly segment: string;
  readonly rest: string | undefined;
}

/** Names of a node's two variable levels; between them is the bucket. */
export interface KeyName {
  readonly segment: string;
  readonly leaf: string;
}

/** Stand for texts that would give no name or a forbidden one; `escaped` gives neither. */
const EMPTY = '%';
const NO_SLASH = '%-';

/** ASCII letters, digits and `-_.~` stand for themselves, everything else is written as bytes: `%2F`. */
const PLAIN = /^[A-Za-z0-9_.~-]*$/;

export function splitKey(key: string): SplitKey {
  const slash = key.indexOf('/');
  return slash < 0 ? { segment: key, rest: undefined } : { segment: key.slice(0, slash), rest: key.slice(slash + 1) };
}

/** Keys that start with one of some prefixes. */
export class WantedKeys {
  readonly #prefixes: readonly string[];
  readonly #split: readonly SplitKey[];

  constructor(prefixes: readonly string[]) {
    this.#prefixes = [...new Set(prefixes)];
    this.#split = this.#prefixes.map(splitKey);
  }

  has(key: string): boolean {
    return this.#prefixes.some((prefix) => key.startsWith(prefix));
  }

  /** Whether the segment may have some of them. */
  hasSome(segment: string): boolean {
    return this.#split.some((wanted) =>
      wanted.rest === undefined ? segment.startsWith(wanted.segment) : segment === wanted.segment,
    );
  }
}

export function nameOf(key: string): KeyName {
  const { segment, rest } = splitKey(key);
  return { segment: escaped(segment), leaf: rest === undefined ? NO_SLASH : escaped(rest) };
}

/** Of a segment's node. */
export function segmentOf(name: string): string {
  return unescaped(name);
}

export function keyOf({ segment, leaf }: KeyName): string {
  return leaf === NO_SLASH ? unescaped(segment) : `${unescaped(segment)}/${unescaped(leaf)}`;
}

/** 00–ff, by FNV-1a: keeps the list of no node's children so long that an answer would not fit a packet. */
export function bucketOf(leaf: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < leaf.length; index++) {
    hash = Math.imul(hash ^ leaf.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 16)) & 0xff).toString(16).padStart(2, '0');
}

function escaped(text: string): string {
  if (text === '') return EMPTY;
  if (text === '.' || text === '..') return text.replaceAll('.', '%2E');
  if (PLAIN.test(text)) return text;
  let name = '';
  for (const character of text) {
    if (PLAIN.test(character)) name += character;
    else if (/^[\uD800-\uDFFF]$/.test(character)) name += `%u${hex(character.charCodeAt(0), 4)}`;
    else for (const byte of Buffer.from(character, 'utf8')) name += `%${hex(byte, 2)}`;
  }
  return name;
}

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');

function unescaped(name: string): string {
  if (name === EMPTY) return '';
  if (!name.includes('%')) return name;
  return name.replace(/%u([0-9A-F]{4})|((?:%[0-9A-F]{2})+)/g, (_, unit: string | undefined, bytes: string) =>
    unit === undefined
      ? Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8')
      : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}
