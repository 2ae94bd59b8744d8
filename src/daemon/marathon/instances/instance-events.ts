// Tells listeners of /v2/events what becomes of instances (marathon.md 9.2): one event for each new condition, once it is
// durable.
import type { InstanceChange, MarathonCore, Unsubscribe } from '../core.ts';

/** What it takes. */
export type InstanceEventsCore = Pick<MarathonCore, 'events' | 'storage' | 'instances'>;

/** Tells of nothing before `start`. */
export class InstanceEvents {
  readonly #core: InstanceEventsCore;
  #unsubscribe: Unsubscribe | undefined;

  constructor(core: InstanceEventsCore) {
    this.#core = core;
  }

  start(): void {
    this.#unsubscribe = this.#core.instances.onChange((change) => this.#changed(change));
  }

  stop(): void {
    this.#unsubscribe?.();
  }

  #changed({ before, after: instance }: InstanceChange): void {
    if (instance === undefined || instance.condition === before?.condition) return;
    const { events, storage } = this.#core;
    void storage.flushed().then(() => events.publish({ type: 'instance_changed_event', instance }));
  }
}
