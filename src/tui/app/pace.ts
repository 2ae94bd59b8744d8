// When to draw: at once after a key, else at most ten times a second and only when something that is shown has changed. What
// costs much to draw is drawn less often, so that drawing never takes more than a tenth of the time.
import type { Screen } from '../screens/screen.ts';
import type { ClusterView, Topic } from '../view/model.ts';

export const TICK_MS = 100;
/** Times since go on. */
const CLOCK_MS = 1000;
const SHARE = 10;

/** Always looked at: the head shows them. */
const HEAD: readonly Topic[] = ['feeds', 'leader'];

export class Pace {
  #seen: readonly number[] = [];
  #seenDetails = -1;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #costMs = 0;

  /** Is it time for another frame? */
  isDue(nowMs: number, view: ClusterView, screen: Screen, detailsVersion: number): boolean {
    const sinceMs = nowMs - this.#drawnMs;
    if (sinceMs < Math.max(TICK_MS * 0.9, this.#costMs * SHARE)) return false;
    if (sinceMs >= CLOCK_MS) return true;
    if (detailsVersion !== this.#seenDetails) return true;
    return versions(view, screen).some((version, index) => version !== this.#seen[index]);
  }

  /** A frame was drawn, from the versions as they are now. */
  drawn(nowMs: number, costMs: number, view: ClusterView, screen: Screen, detailsVersion: number): void {
    this.#drawnMs = nowMs;
    // One slow frame among fast ones does not hold up the next.
    this.#costMs = Math.min(costMs, this.#costMs * 0.5 + costMs * 0.5);
    this.#seen = versions(view, screen);
    this.#seenDetails = detailsVersion;
  }
}

function versions(view: ClusterView, { topics }: Screen): number[] {
  return [...HEAD, ...topics].map((topic) => view.version(topic));
}
