// Scalar resources as numbers: enough for bars and columns. Exact arithmetic on them is nobody's business here.

/** cpus, MiB, MiB, gpus. */
export interface MutableAmounts {
  cpus: number;
  memMb: number;
  diskMb: number;
  gpus: number;
}

export function noAmounts(): MutableAmounts {
  return { cpus: 0, memMb: 0, diskMb: 0, gpus: 0 };
}

/** Adds `sign` times `more` to `sum`. */
export function addAmounts(sum: MutableAmounts, more: Readonly<MutableAmounts>, sign: 1 | -1 = 1): void {
  sum.cpus += sign * more.cpus;
  sum.memMb += sign * more.memMb;
  sum.diskMb += sign * more.diskMb;
  sum.gpus += sign * more.gpus;
}
