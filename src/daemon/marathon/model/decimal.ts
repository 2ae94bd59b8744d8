// Numbers in texts.

/** As the original writes them, in refusals as in the environment of tasks: `1` → `1.0`. */
export function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
