// Labels about HTTP: host names, paths, users (haproxy.md 17.2).
import { fine, type Verdict, wrong } from './verdict.ts';

const VIRTUAL_HOST = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const PATH_WORD = /^\/[A-Za-z0-9._~%!&'()+,;=:@/-]*$/;
const CHECK_PATH = /^\/[A-Za-z0-9._~%!&()+,;=:@/?*-]*$/;
const REALM = /^[\w .@-]+$/;
const USER = /^[\w.@-]+$/;
const HASH = /^(?:\$[0-9a-z]+\$[./$=,A-Za-z0-9]+|[./A-Za-z0-9]{13})$/;
/** HAProxy reads 64 words a line. */
const MOST_WORDS = 60;
const MOST_HOSTS = 200;
const LONGEST_PATH = 1000;

/** Comma list of DNS names, lower case; each may begin with `*.`. Empty parts are dropped, as are repetitions. */
export function parseVirtualHosts(text: string): Verdict<readonly string[]> {
  const only = text.toLowerCase();
  if (isVirtualHost(only)) return fine([only]);
  const hosts = new Set<string>();
  for (const part of text.split(',')) {
    const name = part.trim().toLowerCase();
    if (name === '') continue;
    if (!isVirtualHost(name)) return wrong('holds something that is no host name; write names like shop.example.com');
    hosts.add(name);
  }
  if (hosts.size > MOST_HOSTS) return wrong(`has more than ${MOST_HOSTS} host names`);
  return fine([...hosts]);
}

/** A lower-case DNS name of at most 253 characters, with or without `*.`. */
export function isVirtualHost(name: string): boolean {
  return name.length <= 253 && VIRTUAL_HOST.test(name);
}

/** `[-i] /prefix …` */
export function parsePath(text: string): Verdict<{ ignoresCase: boolean; prefixes: readonly string[] }> {
  const words = text.split(/[ \n]+/).filter((word) => word !== '');
  const ignoresCase = words[0] === '-i';
  const prefixes = ignoresCase ? words.slice(1) : words;
  if (prefixes.length === 0) return wrong('has no path; write one like /api');
  if (prefixes.length > MOST_WORDS) return wrong(`has more than ${MOST_WORDS} paths`);
  for (const prefix of prefixes) {
    if (!isPathWord(prefix))
      return wrong('holds something that is no path; write paths like /api, blanks between them');
  }
  if (countOf(text, "'") > 1) return wrong('holds a pair of quotes');
  return fine({ ignoresCase, prefixes: [...new Set(prefixes)] });
}

/** Exactly one path. */
export function parsePathWord(text: string): Verdict<string> {
  const word = text.trim();
  return isPathWord(word) && countOf(word, "'") < 2 ? fine(word) : wrong('is not one path; write one like /api');
}

/** The path of a health check, with a query or not; Marathon adds the slash in front, so do we. */
export function parseCheckPath(text: string): Verdict<string> {
  const path = text.startsWith('/') ? text : `/${text}`;
  if (path.length <= LONGEST_PATH && CHECK_PATH.test(path)) return fine(path);
  return wrong('is no path that can be asked for; write one like /health');
}

interface Auth {
  readonly realm: string;
  readonly users: readonly { readonly name: string; readonly hash: string }[];
}

/** `realm:user:hash`, and after a `;` each, further `user:hash` or `realm:user:hash`. Its words never hold the text. */
export function parseAuth(text: string): Verdict<Auth> {
  const [first = '', ...more] = text.split(';');
  const parts = first.split(':');
  const [realm = ''] = parts;
  if (parts.length !== 3) return wrong('must be realm:user:encryptedPassword, exactly three parts');
  if (!REALM.test(realm)) return wrong('has a realm with other characters than letters, digits, blanks and . @ _ -');
  const users = new Map<string, string>();
  for (const entry of [first, ...more.filter((one) => one !== '')]) {
    const words = entry.split(':');
    if (words.length === 3 && words.shift() !== realm) return wrong('has more than one realm');
    const [name = '', hash = ''] = words;
    if (words.length !== 2) return wrong('has a user that is not user:encryptedPassword');
    if (!USER.test(name)) return wrong('has a user name with other characters than letters, digits and . @ _ -');
    if (!HASH.test(hash)) return wrong('has a password that is no crypt(3) hash; make one with mkpasswd -m sha-256');
    if (users.has(name)) return wrong('names a user twice');
    users.set(name, hash);
  }
  if (users.size > MOST_HOSTS) return wrong(`has more than ${MOST_HOSTS} users`);
  return fine({ realm, users: [...users].map(([name, hash]) => ({ name, hash })) });
}

function isPathWord(word: string): boolean {
  return word.length <= LONGEST_PATH && PATH_WORD.test(word);
}

function countOf(text: string, character: string): number {
  return text.split(character).length - 1;
}
