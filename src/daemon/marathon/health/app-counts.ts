// How many instances of each app are healthy and unhealthy, kept as they change (marathon.md 3.8).
import type { PathId } from '../model/path-id.ts';
import type { Mark } from './task-health.ts';

/** Instances without a result are in neither. */
export interface HealthCounts {
  readonly healthy: number;
  readonly unhealthy: number;
}

const NONE: HealthCounts = { healthy: 0, unhealthy: 0 };

/** Constant cost per change and per question. */
export class AppCounts {
  readonly #counts = new Map<PathId, HealthCounts>();

  of(appId: PathId): HealthCounts {
    return this.#counts.get(appId) ?? NONE;
  }

  /** One instance is marked differently. */
  change(appId: PathId, before: Mark, after: Mark): void {
    if (before === after) return;
    const { healthy, unhealthy } = this.of(appId);
    const counts = {
      healthy: healthy + Number(after === 'healthy') - Number(before === 'healthy'),
      unhealthy: unhealthy + Number(after === 'unhealthy') - Number(before === 'unhealthy'),
    };
    if (counts.healthy === 0 && counts.unhealthy === 0) this.#counts.delete(appId);
    else this.#counts.set(appId, counts);
  }
}
