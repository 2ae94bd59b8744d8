// Which definitions of checks are in use: those of every version of an app that still has instances. Tells when one comes
// into use and goes out of it (add_health_check_event, remove_health_check_event).
import type { EventBus, InstanceChange } from '../core.ts';
import type { App } from '../model/app.ts';

/** Constant cost per change of an instance. */
export class ChecksInUse {
  readonly #events: EventBus;
  /** Instances, by app and version; only apps with checks. */
  readonly #uses = new Map<string, number>();

  constructor(events: EventBus) {
    this.#events = events;
  }

  changed({ before, after }: InstanceChange): void {
    if (before?.app === after?.app) return;
    if (after !== undefined) this.#add(after.app);
    if (before !== undefined) this.#remove(before.app);
  }

  #add(app: App): void {
    if (app.healthChecks.length === 0) return;
    const uses = this.#uses.get(keyOf(app)) ?? 0;
    this.#uses.set(keyOf(app), uses + 1);
    if (uses > 0) return;
    for (const healthCheck of app.healthChecks) {
      this.#events.publish({ type: 'add_health_check_event', appId: app.id, version: app.version, healthCheck });
    }
  }

  #remove(app: App): void {
    const uses = this.#uses.get(keyOf(app));
    if (uses === undefined) return;
    if (uses > 1) {
      this.#uses.set(keyOf(app), uses - 1);
      return;
    }
    this.#uses.delete(keyOf(app));
    for (const _ of app.healthChecks) this.#events.publish({ type: 'remove_health_check_event', appId: app.id });
  }
}

const keyOf = (app: App): string => `${app.id} ${app.version}`;
