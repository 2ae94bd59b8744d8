// A configuration file as sections and server lines: as much of HAProxy's grammar as it takes to see what differs between two
// files that we wrote. What is not understood stays text, and text that differs means a reload.

/** Words that begin a section (haproxy.md 17.4). */
const SECTIONS: ReadonlySet<string> = new Set([
  'global',
  'defaults',
  'frontend',
  'backend',
  'listen',
  'userlist',
  'peers',
  'program',
  'resolvers',
  'mailers',
  'cache',
  'ring',
  'http-errors',
  'fcgi-app',
  'log-forward',
]);

/** One section; server lines of a backend are apart, everything else is in `lines`. */
export interface Section {
  /** `backend`, `global`, …; empty for what stands before the first section. */
  readonly kind: string;
  readonly name: string;
  /** Line of its head, from 1. */
  readonly line: number;
  /** Trimmed, head included, without comments and blank lines. */
  readonly lines: readonly string[];
  /** (backend) By name, in the order of the file. */
  readonly servers: ReadonlyMap<string, ServerLine>;
}

/** `server <name> <address> …` of a backend. */
export interface ServerLine {
  readonly name: string;
  /** All after the name but `disabled`, blanks as they are. */
  readonly rest: string;
  readonly isDisabled: boolean;
}

interface OpenSection extends Section {
  readonly lines: string[];
  readonly servers: Map<string, ServerLine>;
}

/** What was read last: turn after turn finds the same file on disk. */
let last: { readonly text: string; readonly sections: readonly Section[] } = { text: '', sections: [] };

/** Splits a file. Never fails: what HAProxy would refuse is not told apart here. */
export function readConfig(text: string): readonly Section[] {
  if (text !== last.text) last = { text, sections: split(text) };
  return last.sections;
}

function split(text: string): readonly Section[] {
  let current: OpenSection = { kind: '', name: '', line: 1, lines: [], servers: new Map() };
  const sections: OpenSection[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const first = wordAt(line, 0);
    if (SECTIONS.has(first)) {
      current = {
        kind: first,
        name: wordAt(line, first.length + 1),
        line: index + 1,
        lines: [line],
        servers: new Map(),
      };
      sections.push(current);
      continue;
    }
    const server = first === 'server' && current.kind === 'backend' ? toServer(line) : undefined;
    if (server === undefined || current.servers.has(server.name)) current.lines.push(line);
    else current.servers.set(server.name, server);
  }
  return sections;
}

/** Up to the next blank; other white space than one blank between words just makes other text. */
function wordAt(line: string, start: number): string {
  const end = line.indexOf(' ', start);
  return line.slice(start, end === -1 ? undefined : end);
}

function toServer(line: string): ServerLine | undefined {
  const name = wordAt(line, 7);
  const rest = line.slice(8 + name.length);
  if (name === '' || rest === '') return undefined;
  if (!rest.includes('disabled')) return { name, rest, isDisabled: false };
  const words = rest.split(' ');
  return { name, rest: words.filter((word) => word !== 'disabled').join(' '), isDisabled: words.includes('disabled') };
}

/** Address and options, one by one. */
export function wordsOf(server: ServerLine): string[] {
  return server.rest.split(/\s+/);
}

/** Address (without brackets) and port of a server line; undefined for what is not `ip:port`. */
export function addressOf(server: ServerLine): { readonly address: string; readonly port: number } | undefined {
  const found = /^(?:ipv[46]@)?(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)|([0-9a-fA-F:]*:[0-9a-fA-F:.]*)):(\d+)$/.exec(
    wordAt(server.rest, 0),
  );
  const address = found?.[1] ?? found?.[2] ?? found?.[3];
  return address === undefined ? undefined : { address, port: Number(found?.[4]) };
}

/** Servers of each backend, by its name. */
export function countServers(sections: readonly Section[]): Map<string, number> {
  return new Map(
    sections.filter(({ kind }) => kind === 'backend').map(({ name, servers }) => [name, servers.size] as const),
  );
}
