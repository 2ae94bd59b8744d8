// Letters in the order in which they were typed, not too far from each other: what `~` is for. Any letters in that order, as a text
// has them somewhere, are in nearly every long id.

/** Between two letters so many others may be left out, */
const NEAR = 3;
/** or so many where the second one begins a word. */
const FAR = 12;

/** Blanks do not count. Both in the same case already. */
export function compileLoose(typed: string): (text: string) => boolean {
  const letters = Array.from(typed.replaceAll(' ', ''), (_, at) => typed.replaceAll(' ', '').charCodeAt(at));
  return (text) => hasInOrder(text, letters) && areNear(text, letters);
}

/** Most texts are ruled out by this already. */
function hasInOrder(text: string, letters: readonly number[]): boolean {
  let found = 0;
  for (let at = 0; at < text.length && found < letters.length; at += 1) {
    if (text.charCodeAt(at) === letters[found]) found += 1;
  }
  return found === letters.length;
}

/** Longer texts are looked at this far. */
const LOOKED_AT = 512;
let ends = new Uint8Array(LOOKED_AT);
let next = new Uint8Array(LOOKED_AT);

/** Letter by letter: where in the text can it be, after those before it? */
function areNear(text: string, letters: readonly number[]): boolean {
  const length = Math.min(text.length, LOOKED_AT);
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index];
    let isFound = false;
    // Of all places where the one before can be, the nearest is the best.
    let before = -1;
    for (let at = 0; at < length; at += 1) {
      const isHere = text.charCodeAt(at) === letter && (index === 0 || (before >= 0 && isInReach(text, before, at)));
      next[at] = isHere ? 1 : 0;
      isFound ||= isHere;
      if (index > 0 && ends[at] === 1) before = at;
    }
    if (!isFound) return false;
    [ends, next] = [next, ends];
  }
  return true;
}

function isInReach(text: string, before: number, at: number): boolean {
  const leftOut = at - before - 1;
  return leftOut <= NEAR || (leftOut <= FAR && isOfWord(text.charCodeAt(at)) && !isOfWord(text.charCodeAt(at - 1)));
}

/** Letters and digits; whatever is beyond ASCII is one. */
function isOfWord(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code >= 128;
}
