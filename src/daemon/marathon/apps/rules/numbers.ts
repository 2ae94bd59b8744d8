/** A number as the original writes it in its texts: `1` → `1.0`. */
export function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
