// What may follow the words typed so far. Commands and flags come from the oclif manifest, ids from the server; nothing
// else is loaded, and a server that does not answer quickly is not waited for: this runs at every press of the tab key.
import { readFileSync } from 'node:fs';
import { resolvedIds } from './server-ids.ts';
import type { Suggestion } from './suggestion.ts';

/** What of a flag the manifest tells. */
export interface ManifestFlag {
  readonly name: string;
  readonly type: 'boolean' | 'option';
  readonly char?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly hidden?: boolean;
  readonly options?: readonly string[];
}

/** What of a command the manifest tells. */
export interface ManifestCommand {
  readonly id: string;
  readonly hidden?: boolean;
  readonly summary?: string;
  readonly description?: string;
  readonly flags: Readonly<Record<string, ManifestFlag>>;
  readonly args: Readonly<Record<string, { readonly name: string; readonly options?: readonly string[] }>>;
}

/**
 * Asks for ids of a kind: `task`, `agent`, `framework`, `app`, `group`, `deployment`, `context`, `cluster`, `daemon`,
 * `member`, `job`, `role`, `volume`.
 */
export type IdSource = (kind: string, flags: ReadonlyMap<string, string>) => Promise<readonly Suggestion[]>;

/** Throws when the file is missing. */
export function readManifest(path: string): ManifestCommand[] {
  const manifest: { commands: Record<string, ManifestCommand> } = JSON.parse(readFileSync(path, 'utf8'));
  return Object.values(manifest.commands);
}

/** `words`: everything after `mctl`, the last one being completed (perhaps ""). */
export async function complete(
  words: readonly string[],
  commands: readonly ManifestCommand[],
  ids: IdSource = resolvedIds,
): Promise<Suggestion[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return [];
  const visible = commands.filter((command) => !command.hidden);
  const command = longestCommand(visible, before);
  const rest = before.slice(command === undefined ? 0 : command.id.split(':').length);
  const { positional, values, pending } = readWords(command, rest);
  const startsRight = (suggestion: Suggestion): boolean => suggestion.word.startsWith(current);
  if (pending !== undefined) return (await valuesOf(pending, ids, values)).filter(startsRight);
  if (current.startsWith('-')) return command === undefined ? [] : flagsOf(command).filter(startsRight);
  const below = command === undefined || positional.length === 0 ? subcommands(visible, before) : [];
  const argument = command === undefined ? undefined : Object.values(command.args)[positional.length];
  if (argument === undefined) return below.filter(startsRight);
  const fixed = argument.options?.map((word) => ({ word, description: '' }));
  return [...below, ...(fixed ?? (await ids(argument.name, values)))].filter(startsRight);
}

function longestCommand(commands: readonly ManifestCommand[], words: readonly string[]): ManifestCommand | undefined {
  for (let length = words.length; length > 0; length -= 1) {
    const id = words.slice(0, length).join(':');
    const command = commands.find((candidate) => candidate.id === id);
    if (command !== undefined) return command;
  }
  return undefined;
}

/** Next words of commands and topics that begin with the words so far. */
function subcommands(commands: readonly ManifestCommand[], words: readonly string[]): Suggestion[] {
  const found = new Map<string, string>();
  for (const { id, summary, description } of commands) {
    const parts = id.split(':');
    const word = parts[words.length];
    if (word === undefined || !words.every((given, index) => parts[index] === given)) continue;
    const text = parts.length === words.length + 1 ? (summary ?? description ?? '') : (found.get(word) ?? '');
    found.set(word, text.split('\n', 1)[0] ?? '');
  }
  return [...found].map(([word, description]) => ({ word, description }));
}

interface ReadWords {
  readonly positional: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  /** A flag that waits for its value. */
  readonly pending: ManifestFlag | undefined;
}

function readWords(command: ManifestCommand | undefined, words: readonly string[]): ReadWords {
  const positional: string[] = [];
  const values = new Map<string, string>();
  let pending: ManifestFlag | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      values.set(pending.name, word);
      pending = undefined;
    } else if (word.startsWith('--') && word.includes('=')) {
      values.set(word.slice(2, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
    } else if (word.startsWith('-')) {
      const flag = Object.values(command?.flags ?? {}).find(
        ({ name, char }) => word === `--${name}` || word === `-${char}`,
      );
      if (flag?.type === 'option') pending = flag;
    } else positional.push(word);
  }
  return { positional, values, pending };
}

/** Of flags that are not named after what they take. */
const ID_KINDS: Readonly<Record<string, string>> = { name: 'cluster', from: 'member' };

async function valuesOf(
  flag: ManifestFlag,
  ids: IdSource,
  values: ReadonlyMap<string, string>,
): Promise<readonly Suggestion[]> {
  if (flag.options !== undefined) return flag.options.map((word) => ({ word, description: '' }));
  return ids(ID_KINDS[flag.name] ?? flag.name, values);
}

function flagsOf(command: ManifestCommand): Suggestion[] {
  return Object.values(command.flags)
    .filter(({ hidden }) => !hidden)
    .map(({ name, summary, description }) => ({ word: `--${name}`, description: summary ?? description ?? '' }));
}
