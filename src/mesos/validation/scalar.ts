// Numbers that clients give as amounts: of quotas, of smallest offers.
import type { Problem } from './problem.ts';

const SMALLEST_NORMAL = 2 ** -1022;

/** Only finite amounts from 0 on can be reckoned with. */
export function validateAmount(value: number): Problem {
  if (Number.isNaN(value)) return 'NaN not supported';
  if (!Number.isFinite(value)) return 'Infinite values not supported';
  if (value !== 0 && Math.abs(value) < SMALLEST_NORMAL) return 'Subnormal values not supported';
  return value < 0 ? 'Negative values not supported' : undefined;
}
