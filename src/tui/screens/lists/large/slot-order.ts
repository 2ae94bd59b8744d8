// Orders of slots: by a number of each, and with some of them put where they belong now.

/** Up to here a plain sort is quicker. */
const FEW = 500;
const BYTES = 8;
const DIGITS = 256;

/**
 * The slots by their keys, smallest first; where keys are the same they stay as they are. Keys are by slot and never NaN; infinite
 * ones are at the ends.
 */
export function sortedByKeys(slots: Uint32Array, keys: Float64Array): Uint32Array {
  if (isSorted(slots, keys)) return slots;
  if (slots.length > FEW) return sortedByDigits(slots, keys);
  return Uint32Array.from(Array.from(slots).sort((one, other) => sign((keys[one] ?? 0) - (keys[other] ?? 0))));
}

/** Two infinite keys of one sign are alike. */
function sign(difference: number): number {
  return Number.isNaN(difference) ? 0 : difference;
}

function isSorted(slots: Uint32Array, keys: Float64Array): boolean {
  let previous = Number.NEGATIVE_INFINITY;
  for (const slot of slots) {
    const key = keys[slot] ?? 0;
    if (key < previous) return false;
    previous = key;
  }
  return true;
}

/** Byte by byte, the last first, as cards are sorted: no comparison at all. Bytes that are alike everywhere are passed over. */
function sortedByDigits(slots: Uint32Array, keys: Float64Array): Uint32Array {
  const count = slots.length;
  const digits = orderedBytes(slots, keys);
  const counts = new Uint32Array(BYTES * DIGITS);
  for (let at = 0; at < digits.length; at += 1) {
    const cell = (at % BYTES) * DIGITS + (digits[at] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  let from = Uint32Array.from({ length: count }, (_, at) => at);
  let to = new Uint32Array(count);
  for (let byte = 0; byte < BYTES; byte += 1) {
    const starts = counts.subarray(byte * DIGITS, (byte + 1) * DIGITS);
    if (starts.includes(count)) continue;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const many = starts[digit] ?? 0;
      starts[digit] = sum;
      sum += many;
    }
    for (const at of from) {
      const digit = digits[at * BYTES + byte] ?? 0;
      const place = starts[digit] ?? 0;
      starts[digit] = place + 1;
      to[place] = at;
    }
    [from, to] = [to, from];
  }
  for (let at = 0; at < count; at += 1) from[at] = slots[from[at] ?? 0] ?? 0;
  return from;
}

/** Of each key eight bytes, lowest first, that are in the order of the keys as one whole number. */
function orderedBytes(slots: Uint32Array, keys: Float64Array): Uint8Array {
  const bytes = new Uint8Array(slots.length * BYTES);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < slots.length; at += 1) {
    // Minus zero is zero.
    view.setFloat64(at * BYTES, (keys[slots[at] ?? 0] ?? 0) + 0, true);
    const high = view.getInt32(at * BYTES + 4, true);
    // Negative numbers the other way round, and below all others.
    if (high < 0) view.setInt32(at * BYTES, ~view.getInt32(at * BYTES, true), true);
    view.setInt32(at * BYTES + 4, high < 0 ? ~high : high ^ 0x80000000, true);
  }
  return bytes;
}

/**
 * The order with those of `moved` where they belong now, whether they were in it before or not. `moved` is in that order itself;
 * `slotCount`: more than any slot.
 */
export function withMoved(
  order: Uint32Array,
  moved: readonly number[],
  slotCount: number,
  compare: (one: number, other: number) => number,
): Uint32Array {
  const isMoved = new Uint8Array(slotCount);
  for (const slot of moved) isMoved[slot] = 1;
  const stay = order.filter((slot) => isMoved[slot] === 0);
  const result = new Uint32Array(stay.length + moved.length);
  let end = stay.length;
  // From the end, so that each of the few is looked for by halves and the many are moved in one piece.
  for (let index = moved.length - 1; index >= 0; index -= 1) {
    const slot = moved[index] ?? 0;
    let from = 0;
    let to = end;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (compare(stay[middle] ?? 0, slot) < 0) from = middle + 1;
      else to = middle;
    }
    result.set(stay.subarray(from, end), from + index + 1);
    result[from + index] = slot;
    end = from;
  }
  result.set(stay.subarray(0, end));
  return result;
}
