// Names, labels, messages and logs come from frameworks and their tasks. On a terminal they must not move the cursor, paint, turn
// the direction of the text around, or be wider than we count.

/** Longer texts are cut before anything else is done with them: no line of a terminal shows more. */
const MAX_LENGTH = 4000;
const PLAIN = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2199\u2500-\u25fc\u2713-\u2718]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const LONE_SURROGATE = /\p{Cs}/gu;
/** Terminals disagree about how wide a joined or recoloured picture is, so the parts are shown apart. */
const JOINERS = /[\u200b-\u200d]|[\ufe00-\ufe0f]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0000}-\u{e01ef}]/gu;
const FLAG_LETTERS = /[\u{1f1e6}-\u{1f1ff}]/gu;
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu;

/** One line of text without anything of that kind: line ends and tabs are blanks, other control characters `\u{…}`. */
export function harmless(text: string): string {
  const cut = text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text;
  if (PLAIN.test(cut)) return cut;
  return cut
    .replace(CONTROL, (character) => (/[\t\n\r\u2028\u2029]/.test(character) ? ' ' : written(character)))
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(JOINERS, '')
    .replace(FLAG_LETTERS, (letter) => String.fromCodePoint(65 + (letter.codePointAt(0) ?? 0) - 0x1f1e6))
    .replace(PILED_MARKS, '$1');
}

function written(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
