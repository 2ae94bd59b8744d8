// What may be written after `:`, what each word does, and what tab makes of a beginning.
import type { KeyAction } from '../keys/table.ts';
import type { Screen } from '../screens/screen.ts';
import type { ClusterView } from '../view/model.ts';
import { compileFilter } from './filter.ts';
import type { ScreenName } from './state.ts';

/** What a command comes to. */
export type Command =
  /** `filter`: of a list, as after `/`. */
  | { readonly kind: 'go'; readonly screen: ScreenName; readonly subject?: string; readonly filter?: string }
  | { readonly kind: 'press'; readonly action: KeyAction }
  | { readonly kind: 'sort'; readonly column: string; readonly isDescending: boolean | undefined }
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'scale'; readonly instances: number }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly why: string };

/** What commands are understood before: the cluster, and the screen that is shown. */
export interface CommandContext {
  readonly view: ClusterView;
  readonly screen: Screen;
  readonly screens: readonly Screen[];
}

/** Completions that are shown at most; more are never looked for. */
const MAX_COMPLETIONS = 40;

/** Words that press a key. */
const PRESSED: ReadonlyMap<string, KeyAction> = new Map(
  Object.entries<KeyAction>({
    q: 'quit',
    quit: 'quit',
    help: 'help',
    pause: 'pause',
    save: 'save',
    faults: 'faults',
    kill: 'kill',
    restart: 'restart',
    drain: 'drain',
    run: 'run',
    enable: 'enable',
    disable: 'disable',
    mark: 'mark',
    last: 'last',
    back: 'back',
  }),
);
const ALIASES: ReadonlyMap<string, ScreenName> = new Map(
  Object.entries<ScreenName>({
    roles: 'frameworks',
    fw: 'frameworks',
    ev: 'events',
    ov: 'overview',
    lb: 'haproxy',
  }),
);
/** Screens of one thing, by the ids and names that it may be called. */
const SUBJECTS: Partial<Record<ScreenName, (view: ClusterView) => Iterable<readonly [id: string, name?: string]>>> = {
  *agent({ agents }) {
    for (const [id, { hostname }] of agents) yield [id, hostname];
  },
  *framework({ frameworks }) {
    for (const [id, { name }] of frameworks) yield [id, name];
  },
  task: tasks,
  logs: tasks,
  *app({ apps }) {
    for (const id of apps.keys()) yield [id];
  },
  *deployment({ deployments }) {
    for (const id of deployments.keys()) yield [id];
  },
  *job({ jobs }) {
    for (const id of jobs.keys()) yield [id];
  },
};

function* tasks({ tasks }: ClusterView): Iterable<readonly [string, string]> {
  for (const [key, { id }] of tasks) yield [key, id];
}

/** Never throws: what cannot be is `refused` with why, in one line. */
export function readCommand(typed: string, context: CommandContext): Command {
  const [word = '', ...rest] = typed.trim().split(/\s+/);
  const argument = rest.join(' ');
  if (word === '') return { kind: 'nothing' };
  if (word === 'sort') return sortCommand(rest, context.screen);
  if (word === 'filter') return { kind: 'filter', text: typed.trim().slice('filter'.length).trim() };
  if (word === 'scale') return scaleCommand(argument);
  const action = PRESSED.get(word);
  if (action !== undefined) return { kind: 'press', action };
  const screen = screenOf(word, context);
  if (screen === undefined) return { kind: 'refused', why: `there is no command '${word}' (tab shows what there is)` };
  const subjects = SUBJECTS[screen.name];
  if (subjects === undefined) return listCommand(screen.name, argument);
  if (argument === '') return { kind: 'refused', why: `which one? :${screen.name} <id or name>` };
  return findSubject(screen.name, argument, subjects(context.view));
}

/** `:tasks`, or `:tasks web` for those that match. */
function listCommand(screen: ScreenName, words: string): Command {
  const filter = words.replace(/^\//, '');
  const compiled = compileFilter(filter);
  return compiled.kind === 'refused'
    ? { kind: 'refused', why: `'${filter}' is no filter: ${compiled.why}` }
    : { kind: 'go', screen, ...(filter !== '' && { filter }) };
}

/** Whole texts that the prompt may become, for what is typed so far. */
export function completions(typed: string, context: CommandContext): readonly string[] {
  const text = typed.trimStart();
  const space = text.indexOf(' ');
  if (space < 0) return startingWith(text, words(context)).slice(0, MAX_COMPLETIONS);
  const word = text.slice(0, space);
  const begun = text.slice(space + 1).trimStart();
  const all = word === 'sort' ? context.screen.sortColumns : subjectNames(word, context);
  const found: string[] = [];
  for (const name of all) {
    if (!name.startsWith(begun) || name === '') continue;
    found.push(`${word} ${name}`);
    if (found.length >= MAX_COMPLETIONS) break;
  }
  return [...new Set(found)];
}

/** What tab makes of it: as much as all completions have in common; with a space when there is only one. */
export function completed(typed: string, all: readonly string[]): string {
  const [first, ...others] = all;
  if (first === undefined) return typed;
  if (others.length === 0) return first.includes(' ') || !takesMore(first) ? first : `${first} `;
  let common = first;
  for (const other of others) while (!other.startsWith(common)) common = common.slice(0, -1);
  return common.length > typed.trimStart().length ? common : typed;
}

function takesMore(word: string): boolean {
  return word === 'sort' || word === 'filter' || word === 'scale' || Object.hasOwn(SUBJECTS, word);
}

function words({ screens }: CommandContext): string[] {
  const names = screens.map(({ name }) => name);
  return [...new Set([...names, ...PRESSED.keys(), ...ALIASES.keys(), 'sort', 'filter', 'scale'])].sort();
}

function startingWith(text: string, all: readonly string[]): string[] {
  return all.filter((word) => word.startsWith(text));
}

function* subjectNames(word: string, context: CommandContext): Iterable<string> {
  const screen = screenOf(word, context);
  const subjects = screen && SUBJECTS[screen.name];
  if (subjects === undefined) return;
  for (const [id, name] of subjects(context.view)) yield name || id;
}

function screenOf(word: string, { screens }: CommandContext): Screen | undefined {
  const wanted = ALIASES.get(word) ?? word;
  const all = screens;
  const exact = all.find(({ name }) => name === wanted);
  if (exact !== undefined) return exact;
  const begun = all.filter(({ name, digit }) => digit !== undefined && name.startsWith(wanted));
  return begun.length === 1 ? begun[0] : undefined;
}

function findSubject(screen: ScreenName, wanted: string, all: Iterable<readonly [id: string, name?: string]>): Command {
  const named: string[] = [];
  const begun: string[] = [];
  for (const [id, name] of all) {
    if (id === wanted || id === `/${wanted}`) return { kind: 'go', screen, subject: id };
    if (named.length < 2 && name === wanted) named.push(id);
    if (begun.length < 2 && (id.startsWith(wanted) || name?.startsWith(wanted))) begun.push(id);
  }
  const [first, second] = named;
  if (first !== undefined && second === undefined) return { kind: 'go', screen, subject: first };
  if (second !== undefined) return { kind: 'refused', why: `several are called '${wanted}': :${screen} <id>` };
  const [only, other] = begun;
  if (only === undefined) return { kind: 'refused', why: `nothing is called '${wanted}'` };
  if (other !== undefined) return { kind: 'refused', why: `several begin with '${wanted}'` };
  return { kind: 'go', screen, subject: only };
}

function sortCommand([wanted, direction]: readonly string[], { sortColumns, title }: Screen): Command {
  if (sortColumns.length === 0) return { kind: 'refused', why: `there is nothing to sort in ${title}` };
  const column =
    sortColumns.find((name) => name === wanted) ?? sortColumns.find((name) => name.startsWith(wanted ?? ' '));
  if (column === undefined) return { kind: 'refused', why: `sort by ${sortColumns.join(', ')}` };
  if (direction !== undefined && !['asc', 'desc'].includes(direction)) {
    return { kind: 'refused', why: `'${direction}' is neither asc nor desc` };
  }
  return { kind: 'sort', column, isDescending: direction === undefined ? undefined : direction === 'desc' };
}

function scaleCommand(argument: string): Command {
  const instances = readCount(argument);
  return instances === undefined
    ? { kind: 'refused', why: 'how many instances? :scale 3' }
    : { kind: 'scale', instances };
}

/** A number of instances; undefined for anything else. */
export function readCount(text: string): number | undefined {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : undefined;
}
