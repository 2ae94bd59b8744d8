// Health and readiness checks whose results a test gives.
import type { Health, Readiness, Unsubscribe } from '../../../../src/daemon/marathon/core.ts';
import type { Instance, InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';

export class FakeHealth implements Health {
  readonly #health = new Map<InstanceId, boolean>();
  readonly #readers = new Set<(id: InstanceId) => void>();

  results() {
    return [];
  }

  healthOf({ id, app }: Instance): boolean | undefined {
    return app.healthChecks.length === 0 ? undefined : this.#health.get(id);
  }

  countsOf() {
    return { healthy: 0, unhealthy: 0 };
  }

  onChange(fn: (id: InstanceId) => void): Unsubscribe {
    this.#readers.add(fn);
    return () => void this.#readers.delete(fn);
  }

  set(id: InstanceId, healthy: boolean | undefined): void {
    if (healthy === undefined) this.#health.delete(id);
    else this.#health.set(id, healthy);
    for (const reader of this.#readers) reader(id);
  }
}

export class FakeReadiness implements Readiness {
  /** What is watched now. */
  readonly watched = new Map<InstanceId, () => void>();

  watch(id: InstanceId, onReady: () => void): Unsubscribe {
    this.watched.set(id, onReady);
    return () => {
      if (this.watched.get(id) === onReady) this.watched.delete(id);
    };
  }

  results() {
    return [];
  }

  ready(id: InstanceId): void {
    const onReady = this.watched.get(id);
    this.watched.delete(id);
    onReady?.();
  }
}
