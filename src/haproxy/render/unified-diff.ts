// What changes between two configs, as `diff -u` shows it: shortest edit by Myers' algorithm, line by line.

/** Lines shown around a change. */
const CONTEXT = 3;
/** Edits looked for before the rest counts as replaced as a whole; bounds time and memory. */
const MAX_EDITS = 2_000;

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** Empty when they are equal. Names stand in the two head lines. */
export function unifiedDiff(before: string, after: string, names: readonly [string, string]): string {
  if (before === after) return '';
  const edits = editsOf(linesOf(before), linesOf(after));
  const isShown = new Uint8Array(edits.length);
  for (const [index, { sign }] of edits.entries()) {
    if (sign !== ' ') isShown.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  }
  let text = `--- ${names[0]}\n+++ ${names[1]}\n`;
  let [oldLine, newLine] = [1, 1];
  for (let at = 0; at < edits.length; ) {
    const from = at;
    while (at < edits.length && isShown[at] === isShown[from]) at += 1;
    const hunk = edits.slice(from, at);
    const [oldCount, newCount] = [count(hunk, '+'), count(hunk, '-')];
    if (isShown[from] === 1) {
      text += `@@ -${oldCount === 0 ? oldLine - 1 : oldLine},${oldCount} +${newCount === 0 ? newLine - 1 : newLine},${newCount} @@\n`;
      for (const { sign, line } of hunk) text += `${sign}${line}\n`;
    }
    oldLine += oldCount;
    newLine += newCount;
  }
  return text;
}

/** Lines of the hunk that are not of this sign. */
function count(hunk: readonly Edit[], sign: '-' | '+'): number {
  return hunk.reduce((sum, edit) => sum + (edit.sign === sign ? 0 : 1), 0);
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (line: string): Edit => ({ sign: ' ', line });
  return [
    ...before.slice(0, head).map(same),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** How far in `before` each diagonal (place in `before` minus place in `after`) is reached with so many edits. */
class Reach {
  readonly #edits: number;
  readonly #places: Int32Array;

  constructor(edits: number, places: Int32Array = new Int32Array(2 * edits + 3)) {
    this.#edits = edits;
    this.#places = places;
  }

  at(diagonal: number): number {
    return this.#places[diagonal + this.#edits + 1] as number;
  }

  set(diagonal: number, place: number): void {
    this.#places[diagonal + this.#edits + 1] = place;
  }

  /** Whether the last of so many edits on the way to the diagonal put a line in rather than took one out. */
  comesFromAbove(diagonal: number, edits: number): boolean {
    return diagonal === -edits || (diagonal !== edits && this.at(diagonal - 1) < this.at(diagonal + 1));
  }

  /** As it is now, the diagonals that so many edits can reach. */
  copy(edits: number): Reach {
    return new Reach(edits, this.#places.slice(this.#edits - edits, this.#edits + edits + 3));
  }
}

function middle(before: readonly string[], after: readonly string[]): Edit[] {
  const most = Math.min(MAX_EDITS, before.length + after.length);
  const reach = new Reach(most);
  const history: Reach[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    history.push(reach.copy(edits));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = reach.comesFromAbove(diagonal, edits);
      let place = down ? reach.at(diagonal + 1) : reach.at(diagonal - 1) + 1;
      while (place < before.length && place - diagonal < after.length && before[place] === after[place - diagonal]) {
        place += 1;
      }
      reach.set(diagonal, place);
      if (place >= before.length && place - diagonal >= after.length) return walkBack(before, after, history);
    }
  }
  return [...before.map((line): Edit => ({ sign: '-', line })), ...after.map((line): Edit => ({ sign: '+', line }))];
}

function walkBack(before: readonly string[], after: readonly string[], history: readonly Reach[]): Edit[] {
  const found: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = history.length - 1; edits >= 0; edits -= 1) {
    const reach = history[edits] as Reach;
    const down = reach.comesFromAbove(x - y, edits);
    const from = down ? x - y + 1 : x - y - 1;
    const fromX = edits === 0 ? 0 : reach.at(from);
    const fromY = edits === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      found.push({ sign: ' ', line: before[x] as string });
    }
    if (edits > 0)
      found.push(down ? { sign: '+', line: after[fromY] as string } : { sign: '-', line: before[fromX] as string });
    [x, y] = [fromX, fromY];
  }
  return found.reverse();
}
