// The instances of one configuration of an app that are to be launched: from the first that waits until none waits and all
// that were launched have answered (marathon.md 7.3).
import { type App, configVersionOf } from '../model/app.ts';
import type { InstanceId } from '../model/instance.ts';
import { OfferStatistics } from './offer-statistics.ts';

/** Kept by LaunchBook, which hears of every instance. */
export class Launcher {
  readonly role: string;
  /** Wall-clock ms. */
  readonly sinceMs: number;
  readonly statistics = new OfferStatistics();
  /** In the order they began to wait. */
  readonly scheduled = new Set<InstanceId>();
  /** Launched, and nothing heard of yet. */
  readonly provisioned = new Set<InstanceId>();
  /** The latest definition of this configuration that is known. */
  app: App;

  constructor(app: App, sinceMs: number) {
    this.app = app;
    this.role = app.role;
    this.sinceMs = sinceMs;
  }

  get count(): number {
    return this.scheduled.size + this.provisioned.size;
  }
}

/** Instances with the same key share a launcher. No newline is in an id. */
export function launcherKey(app: App): string {
  return `${app.id}\n${configVersionOf(app)}\n${app.role}`;
}
