// Splits a line of HAProxy's configuration into words as HAProxy does, quotes and backslashes gone, so that `lua"-load"` is
// seen for what it is. Where HAProxy would keep a backslash this drops it: what is looked for is then found all the more.

/** Words of a line up to a comment. `expandsEnvironment`: a `$` stands between double quotes. `isWhole`: quotes are closed. */
export interface ConfigLine {
  readonly words: readonly string[];
  readonly expandsEnvironment: boolean;
  readonly isWhole: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t' };

/** The words of one line, without a line break in it. */
export function splitConfigLine(line: string): ConfigLine {
  const words: string[] = [];
  let word: string | undefined;
  let quoted: '"' | "'" | undefined;
  let expandsEnvironment = false;
  for (let index = 0; index < line.length; index += 1) {
    const char = line.charAt(index);
    if (char === '\\' && quoted !== "'") {
      const hex = /^x([0-9A-Fa-f]{2})/.exec(line.slice(index + 1, index + 4));
      const next = line.charAt(index + 1);
      if (next === '')
        return { words: word === undefined ? words : [...words, word], expandsEnvironment, isWhole: false };
      word =
        (word ?? '') +
        (hex === null ? (ESCAPES[next] ?? next) : String.fromCharCode(Number.parseInt(hex[1] ?? '', 16)));
      index += hex === null ? 1 : 3;
      if (quoted === '"' && next === '$') expandsEnvironment = true;
    } else if (quoted !== undefined) {
      if (char === quoted) quoted = undefined;
      else {
        if (char === '$' && quoted === '"') expandsEnvironment = true;
        word = (word ?? '') + char;
      }
    } else if (char === '"' || char === "'") {
      quoted = char;
      word ??= '';
    } else if (char === '#') break;
    else if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (word !== undefined) words.push(word);
  return { words, expandsEnvironment, isWhole: quoted === undefined };
}
