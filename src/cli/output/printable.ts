// Names, labels and messages come from frameworks and their tasks: on a terminal they must not move the cursor, paint, or
// turn the direction of the text around.

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text with everything of that kind shown as `\u{…}`; line ends stay. */
export function printable(text: string): string {
  return text.replace(HARMFUL, (character) =>
    character === '\t' ? ' ' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** JSON of the same meaning in which nothing of that kind stands bare: it may be written to a terminal too. */
export function printableJson(json: string): string {
  return json.replace(HARMFUL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As `printable`, on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', ' ');
}
