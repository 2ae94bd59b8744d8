// How a checked value becomes a word of the config: what HAProxy's own reading, its log format or a regular expression would
// take for something else is escaped. Values never hold line breaks; `ServiceTemplates` sees to that.

/** A word outside of quotes. Quotes, `#`, blanks and backslashes are escaped. */
export function configWord(text: string): string {
  return /[\\'"# \t]/.test(text) ? text.replace(/[\\'"# \t]/g, '\\$&') : text;
}

/** A word that HAProxy reads as a log format, where `%` starts a variable. */
export function logFormatWord(text: string): string {
  return configWord(text.replaceAll('%', '%%'));
}

/**
 * A word that matches just this text as a regular expression. Brackets, not backslashes, so that it reads the same before
 * and after HAProxy took its own backslashes away.
 */
export function regexWord(text: string): string {
  return text.replace(/[^A-Za-z0-9/_~%!&,;=:@-]/g, (char) => {
    if (char === '^' || char === '\\') return `\\\\${configWord(char)}`;
    return `[${configWord(char)}]`;
  });
}

/** A word in single quotes, where only the quote itself means something; bare where nothing would. */
export function quotedWord(text: string): string {
  return /^[\w.@:/$-]+$/.test(text) && !text.includes('$') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** An address as `bind` and `server` take it before a port: IPv6 in brackets. */
export function addressWord(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Pattern of a virtual host behind `hdr(host),field(1,:) -i` (haproxy.md 6.15). */
export function hostPattern(host: string): string {
  return isWildcard(host) ? `-m end ${host.slice(1)}` : host;
}

/** `*.example.com` and the like. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** HAProxy takes 64 words a line; lists are cut well below that (haproxy.md 17.2). */
const LIST_WORDS = 50;

/** The list in pieces that fit on a line each. */
export function lineFulls(words: readonly string[]): string[][] {
  const pieces: string[][] = [];
  for (let at = 0; at < words.length; at += LIST_WORDS) pieces.push(words.slice(at, at + LIST_WORDS));
  return pieces;
}
