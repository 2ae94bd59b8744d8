// Work that takes long, in a form that lets others have their turn in between: it yields wherever it may be interrupted.

/** What it yields says nothing; what it returns is its result. */
export type Sliced<T> = Generator<undefined, T, undefined>;

/** Small items between two looks at the clock: some tens of microseconds. */
const ITEMS_A_STEP = 16;

/** Does all of it now. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Does something with each item; may be interrupted every few of them. */
export function* forEach<T>(items: Iterable<T>, act: (item: T) => void): Sliced<void> {
  let done = 0;
  for (const item of items) {
    act(item);
    done += 1;
    if (done % ITEMS_A_STEP === 0) yield;
  }
}

/** The items of one after the other; each is looked at when those before it are done. */
export function* flat<T>(lists: Iterable<Iterable<T>>): Iterable<T> {
  for (const items of lists) yield* items;
}

/** As Array.from; may be interrupted every few items. */
export function* mapped<T, U>(items: Iterable<T>, make: (item: T) => U): Sliced<U[]> {
  const made: U[] = [];
  yield* forEach(items, (item) => made.push(make(item)));
  return made;
}

const COPIED_A_STEP = 1024 * 1024;

/** The parts one after the other in one buffer; may be interrupted. */
export function* joined(parts: readonly Uint8Array[]): Sliced<Buffer> {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    for (let start = 0; start < part.length; start += COPIED_A_STEP) {
      const piece = part.subarray(start, start + COPIED_A_STEP);
      whole.set(piece, offset);
      offset += piece.length;
      yield;
    }
  }
  return whole;
}
