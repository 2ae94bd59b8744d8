// What every benchmark answers: rows of one figure of ours beside the recorded one of the original.
import process from 'node:process';

export interface BenchRow {
  readonly scenario: string;
  readonly ours: number;
  /** Recorded from the original; undefined when there is none. */
  readonly reference: number | undefined;
  readonly unit: string;
  /** How many times better than the reference ours is; undefined without one. */
  readonly ratio: number | undefined;
}

export interface BenchOptions {
  /** Small sizes only: shows that the benchmark works, on a busy machine. */
  readonly quick: boolean;
  /** For words about progress; figures are answered. */
  readonly note: (text: string) => void;
}

export type Bench = (
  options: BenchOptions,
) => Iterable<BenchRow> | AsyncIterable<BenchRow> | Promise<Iterable<BenchRow>>;

/** `lowerIsBetter`: times; otherwise rates. */
export function row(
  scenario: string,
  ours: number,
  reference: number | undefined,
  unit: string,
  lowerIsBetter = true,
): BenchRow {
  const ratio = reference === undefined ? undefined : lowerIsBetter ? reference / ours : ours / reference;
  return { scenario, ours: round(ours), reference, unit, ratio: ratio === undefined ? undefined : round(ratio) };
}

const round = (value: number): number => Number(value.toPrecision(3));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('median of nothing');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

let wallMs = 0;
let cpuMs = 0;

/** The time of a thread is counted in steps of a few milliseconds: less than this is measured by the clock alone. */
const COUNTED_MS = 10;

/** Milliseconds that `work` takes this thread: what it would take by the clock on a machine that does nothing else. */
export function timed(work: () => void): number {
  const cpuStart = process.threadCpuUsage();
  const start = performance.now();
  work();
  const took = performance.now() - start;
  const { user, system } = process.threadCpuUsage(cpuStart);
  const own = (user + system) / 1000;
  wallMs += took;
  cpuMs += own;
  return own < COUNTED_MS ? took : Math.min(took, own);
}

/** Part of the measured time in which this thread had a core, 0 to 1: less than that, and a busy machine was measured. */
export const coreShare = (): number => (wallMs === 0 ? 1 : cpuMs / wallMs);
