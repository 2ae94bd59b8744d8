// Which columns of a table fit, and how wide each is: the least important go first, what is left over goes to those that can grow.

export interface ColumnSize {
  /** Cells it needs at least. */
  readonly min: number;
  /** Up to here it grows; default `min`. */
  readonly max?: number;
  /** 0 stays whatever happens; the largest goes first. */
  readonly priority: number;
}

const GAP = 1;

/** Width of each column in cells, undefined for those that are left out; with a gap of one between them never more than `columns`. */
export function columnWidths(sizes: readonly ColumnSize[], columns: number): readonly (number | undefined)[] {
  const shown = new Set(sizes.keys());
  const needed = (): number => {
    let sum = -GAP;
    for (const index of shown) sum += (sizes[index]?.min ?? 0) + GAP;
    return sum;
  };
  while (shown.size > 1 && needed() > columns) {
    let worst = -1;
    for (const index of shown) {
      if (worst < 0 || (sizes[index]?.priority ?? 0) >= (sizes[worst]?.priority ?? 0)) worst = index;
    }
    if ((sizes[worst]?.priority ?? 0) === 0) break;
    shown.delete(worst);
  }
  const widths = sizes.map((size, index) => (shown.has(index) ? size.min : undefined));
  let left = columns - needed();
  if (left < 0) return squeezed(widths, columns);
  // A cell each in turn, so that those that grow grow alike.
  let isGrowing = true;
  while (left > 0 && isGrowing) {
    isGrowing = false;
    for (const [index, size] of sizes.entries()) {
      const width = widths[index];
      if (left === 0) break;
      if (width === undefined || width >= (size.max ?? size.min)) continue;
      widths[index] = width + 1;
      left -= 1;
      isGrowing = true;
    }
  }
  return widths;
}

/** Too narrow even for what must stay: the widest give way. */
function squeezed(widths: (number | undefined)[], columns: number): readonly (number | undefined)[] {
  const total = (): number =>
    widths.reduce<number>((sum, width) => sum + (width === undefined ? 0 : width + GAP), -GAP);
  while (total() > columns) {
    let widest = -1;
    for (const [index, width] of widths.entries()) {
      if (width !== undefined && (widest < 0 || width > (widths[widest] ?? 0))) widest = index;
    }
    const width = widths[widest];
    if (width === undefined) break;
    widths[widest] = width <= 1 ? undefined : width - 1;
  }
  return widths;
}
