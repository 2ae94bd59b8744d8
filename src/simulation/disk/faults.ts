// When writing to a machine's disk fails. Reading never does: what was durable stays readable.
import { DiskError } from '../../world/disk.ts';
import type { SeededRandom } from '../core/random.ts';

/** What fails, how often, and where. */
export interface DiskFault {
  readonly code: 'no-space' | 'io';
  /** Of each write, in [0, 1]. */
  readonly chance: number;
  /** Only below this path; everything when absent. */
  readonly under?: string;
}

export class DiskFaults {
  /** undefined = the disk is fine. */
  current: DiskFault | undefined;
  /** Failures so far. */
  count = 0;

  /** What the next write to `path` fails with, or undefined. */
  next(path: string, random: SeededRandom): DiskError | undefined {
    const fault = this.current;
    if (fault === undefined || !isUnder(path, fault.under) || !random.chance(fault.chance)) {
      return undefined;
    }
    this.count++;
    const words = fault.code === 'no-space' ? 'no space left on device' : 'input/output error';
    return new DiskError(fault.code, path, `${path}: ${words}`);
  }
}

function isUnder(path: string, directory: string | undefined): boolean {
  return directory === undefined || path === directory || path.startsWith(`${directory}/`);
}
