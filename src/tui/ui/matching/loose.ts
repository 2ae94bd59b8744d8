// Letters in the order in which they were typed, not too far from each other: what `~` is for. Any letters in that order, as a text
// has them somewhere, are in nearly every long id.

/** Between two letters so many others may be left out, */
const NEAR = 3;
/** or so many where the second one begins a word. */
const FAR = 12;
const ASCII = 128;

/** Blanks do not count. One pass over the text: of all places where a letter can be, the latest is the best for those after it. */
export function compileLoose(typed: string, ignoresCase: boolean): (text: string) => boolean {
  const fold = ignoresCase ? lowerCase : (code: number): number => code;
  const letters = Array.from(typed.replaceAll(' ', '').split(''), (letter) => fold(letter.charCodeAt(0)));
  const isTyped = new Uint8Array(ASCII);
  for (const letter of letters) if (letter < ASCII) isTyped[letter] = 1;
  const latest = new Int32Array(letters.length);
  return (text) => {
    latest.fill(-1);
    let isInWord = false;
    for (let at = 0; at < text.length; at += 1) {
      const code = fold(text.charCodeAt(at));
      const isOfWord = isWordCode(code);
      if (code >= ASCII || isTyped[code] === 1) {
        const reach = isOfWord && !isInWord ? FAR : NEAR;
        // The last letters first: one place is no two letters.
        for (let index = letters.length - 1; index >= 0; index -= 1) {
          if (letters[index] !== code) continue;
          const before = index === 0 ? at : (latest[index - 1] ?? -1);
          if (before >= 0 && at - before - 1 <= reach) latest[index] = at;
        }
        if ((latest.at(-1) ?? 0) >= 0) return true;
      }
      isInWord = isOfWord;
    }
    return letters.length === 0;
  };
}

function lowerCase(code: number): number {
  if (code < ASCII) return code >= 65 && code <= 90 ? code + 32 : code;
  return String.fromCharCode(code).toLowerCase().charCodeAt(0);
}

/** Letters and digits; whatever is beyond ASCII is one. */
function isWordCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code >= ASCII;
}
