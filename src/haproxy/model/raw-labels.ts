// The sandbox of raw labels (haproxy.md 17.4): text that becomes configuration as it is, and what of it is refused even from
// apps that may write it. What is refused: leaving the section one is in, reading or running files, opening sockets that
// administer the balancer, reading its environment, and words that HAProxy has no more.
import { insteadOfRemoved } from '../grammar/removed-keywords.ts';
import { isFileIn } from '../grammar/words.ts';
import { type ConfigLine, splitConfigLine } from './labels/config-words.ts';

/** Where raw text may name files. */
export interface RawTextRules {
  /** Files whose content goes out or is read as a list: error pages, ACL and map files. */
  readonly fileDirectories: readonly string[];
  /** Certificates and keys. */
  readonly certificateDirectories: readonly string[];
  /** Single files besides, such as the balancer's own maps. */
  readonly files: readonly string[];
}

/** What the text is put into. */
export type RawPlace =
  /** Lines inside a section. */
  | { readonly kind: 'lines' }
  /** The head of a section: one line of that keyword, then lines inside. */
  | { readonly kind: 'head'; readonly section: 'frontend' | 'backend' | 'userlist' }
  /** The rest of a `bind` line. */
  | { readonly kind: 'bind' };

const MOST_LINES = 100;
const LONGEST_LINE = 1900;
const MOST_WORDS = 64;

const SECTIONS: ReadonlySet<string> = new Set(
  (
    'global defaults frontend backend listen userlist peers program resolvers mailers cache ring http-errors fcgi-app ' +
    'log-forward crt-store traces acme log-profile namespace_list'
  ).split(' '),
);
/** First words of lines that have no business in an app's text; most of them are of the section `global`. */
const FORBIDDEN_FIRST: ReadonlySet<string> = new Set(
  (
    'lua-load lua-load-per-thread lua-prepend-path insecure-fork-wanted insecure-setuid-wanted external-check chroot ' +
    'setenv presetenv unsetenv resetenv uid gid daemon pidfile ca-base crt-base localpeer unix-bind mworker-max-reloads ' +
    'server-state-base server-state-file server-state-file-name load-server-state-from-file master-worker nbproc'
  ).split(' '),
);
/** First words of accounts, which belong into a userlist and nowhere else. */
const ACCOUNT_WORDS: ReadonlySet<string> = new Set(['user', 'group']);
/** Words after which a file follows whose content is served or read. */
const FILE_WORDS: ReadonlySet<string> = new Set(
  'file lf-file -f errorfile config ssl-dh-param-file tls-ticket-keys'.split(' '),
);
/** Words after which a certificate or key follows. */
const CERTIFICATE_WORDS: ReadonlySet<string> = new Set(
  'crt crt-list ca-file ca-verify-file ca-sign-file crl-file ech'.split(' '),
);
const MAP_CALL = /(?:^|[^a-z_])map(?:_[a-z_]+)?\(([^,)]*)/g;
/** The second argument is a key, or a file with one. */
const KEY_CALL = /jwt_verify\([^,)]*,([^,)]*)/g;
const CHANGES_LISTS = /(?:set-map|del-map|add-acl|del-acl)\s*\(/;
const READS_ENVIRONMENT = /(?:^|[^a-z_])env\s*\(/;
/** By the first word of a line: which of its words is an address. */
const ADDRESS_AT: Readonly<Record<string, number | undefined>> = {
  bind: 1,
  log: 1,
  dispatch: 1,
  source: 1,
  server: 2,
  'server-template': 3,
  peer: 2,
};
/** Words after which an address follows. */
const ADDRESS_WORDS: ReadonlySet<string> = new Set('addr agent-addr source socks4'.split(' '));
const LOCAL_SOCKET = /(?:unix|abnsz?|fd|sockpair|uxst|uxdg|stream\+ux|dgram\+ux)@/;

/** Line ends and tabs as HAProxy's file has them; what is checked and written is this. */
export function normaliseRawText(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\t', '  ');
}

/**
 * Why the text is refused, in words that do not repeat it, or undefined when it may be written. To be asked of the text
 * before and after placeholders were filled: values of placeholders can make words, too.
 */
export function refuseRawText(text: string, place: RawPlace, rules: RawTextRules): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return 'holds control characters';
  const lines = text.split('\n');
  if (lines.length > MOST_LINES) return `has more than ${MOST_LINES} lines`;
  if (place.kind === 'bind' && text.trim().includes('\n')) return 'must be one line';
  let isHeadDone = place.kind !== 'head';
  for (const [index, line] of lines.entries()) {
    const parsed = splitConfigLine(line);
    if (!isHeadDone && parsed.words.length > 0 && place.kind === 'head') {
      isHeadDone = true;
      if (parsed.words[0] !== place.section) return `must begin with the ${place.section} line`;
      // The name is the renderer's to fill in: with another name nothing would lead there.
      if (parsed.words.length !== 2) return `must name the ${place.section} and nothing else in its first line`;
      if (!parsed.isWhole || parsed.expandsEnvironment) return 'has quotes in its first line';
      continue;
    }
    const why = refuseLine(line, parsed, place, rules);
    if (why !== undefined) return lines.length === 1 ? why : `line ${index + 1} ${why}`;
  }
  return isHeadDone || place.kind !== 'head' ? undefined : `must begin with the ${place.section} line`;
}

function refuseLine(line: string, parsed: ConfigLine, place: RawPlace, rules: RawTextRules): string | undefined {
  const { words } = parsed;
  const [first] = words;
  if (line.length > LONGEST_LINE) return `is longer than ${LONGEST_LINE} characters`;
  if (words.length > MOST_WORDS) return `has more than ${MOST_WORDS} words`;
  if (!parsed.isWhole) return 'has an open quote or ends in a backslash';
  if (parsed.expandsEnvironment) return 'expands environment variables ($ between double quotes)';
  if (first === undefined) return undefined;
  if (place.kind !== 'bind') {
    const why = refuseFirstWord(first, words, place);
    if (why !== undefined) return why;
  }
  return refuseSockets(first, words) ?? refuseFiles(words, rules) ?? refuseCalls(words.join(' '), rules);
}

function refuseFirstWord(first: string, words: readonly string[], place: RawPlace): string | undefined {
  if (SECTIONS.has(first)) return `opens the section ${first}`;
  // HAProxy's own preprocessor: one open ".if" swallows everything that follows in the file.
  if (first.startsWith('.')) return 'begins with a dot, as conditions of the preprocessor do';
  if (FORBIDDEN_FIRST.has(first)) return `says ${first}`;
  const isAccount = ACCOUNT_WORDS.has(first) && !(place.kind === 'head' && place.section === 'userlist');
  if (isAccount) return `says ${first}`;
  const instead = insteadOfRemoved(words);
  if (instead !== undefined) return `says ${first}, which HAProxy has no more; write ${instead}`;
  const second = first === 'no' || first === 'default' ? words[2] : words[1];
  if (/^(?:option|no|default)$/.test(first) && second === 'external-check') return 'says option external-check';
  if (first === 'stats' && (second === 'socket' || second === 'admin')) return `says stats ${second}`;
  return undefined;
}

/** Where an address stands a path is taken, too; and every address may name a kind of socket before an `@`. */
function refuseSockets(first: string, words: readonly string[]): string | undefined {
  if (words.some((word) => LOCAL_SOCKET.test(word))) return 'names a local socket';
  const isAddress = (index: number) => index === ADDRESS_AT[first] || ADDRESS_WORDS.has(words[index - 1] ?? '');
  const isPath = (word: string) => word.split(',').some((one) => one.startsWith('/') || one.startsWith('.'));
  return words.some((word, index) => isAddress(index) && isPath(word)) ? 'names a local socket' : undefined;
}

function refuseFiles(words: readonly string[], rules: RawTextRules): string | undefined {
  for (const [index, word] of words.entries()) {
    const isFile = FILE_WORDS.has(word);
    if (!isFile && !CERTIFICATE_WORDS.has(word)) continue;
    const directories = isFile ? rules.fileDirectories : rules.certificateDirectories;
    // As a directive of its own the path of an error file comes after the status.
    const path = words[word === 'errorfile' && index === 0 ? 2 : index + 1] ?? '';
    if (!isAllowedFile(path, directories, rules))
      return `names a file after ${word} that is not in an allowed directory`;
  }
  return undefined;
}

/** Fetches and converters within expressions, whose arguments may be quoted once more. */
function refuseCalls(line: string, rules: RawTextRules): string | undefined {
  const bare = line.replace(/["'\\]/g, '');
  if (CHANGES_LISTS.test(bare)) return 'changes a map or list at run time';
  if (READS_ENVIRONMENT.test(bare)) return 'reads environment variables';
  for (const [, argument = ''] of bare.matchAll(MAP_CALL)) {
    const isAllowed = isAllowedFile(argument.trim(), rules.fileDirectories, rules);
    if (!isAllowed) return 'looks up a map that is not in an allowed directory';
  }
  for (const [, key = ''] of bare.matchAll(KEY_CALL)) {
    const isFile = key.trim().startsWith('/');
    if (isFile && !isAllowedFile(key.trim(), rules.certificateDirectories, rules)) {
      return 'names a key that is not in an allowed directory';
    }
  }
  return undefined;
}

function isAllowedFile(path: string, directories: readonly string[], rules: RawTextRules): boolean {
  return rules.files.includes(path) || directories.some((directory) => isFileIn(directory, path));
}
