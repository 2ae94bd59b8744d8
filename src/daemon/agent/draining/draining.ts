// Whether this agent is being drained: it kills what it has and what still comes (mesos-semantics.md 13.2). Kept in a file
// beside the checkpoint, so that an agent that was restarted goes on before it has found its master again; what the master
// says then goes before it. Over when nothing is left.
import { parseJson, stringify } from '../../../mesos/codec.ts';
import { DrainConfig } from '../../../mesos/generated/v1.ts';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import type { Background } from '../background.ts';
import { CheckpointError } from '../checkpoint/entries.ts';
import type { WorkLayout } from '../checkpoint/layout.ts';
import type { StatusFacts } from '../tasks/status/status.ts';

export interface DrainingOptions {
  readonly world: World;
  readonly layout: WorkLayout;
  readonly background: Background;
}

/** One per agent process. */
export class Draining {
  readonly #options: DrainingOptions;
  #config: DrainConfig | undefined;
  #startedMs = 0;
  /** Files are written and removed one after the other. */
  #written: Promise<void> = Promise.resolve();

  constructor(options: DrainingOptions) {
    this.#options = options;
  }

  /** What the master asked for; undefined while the agent is not being drained. */
  get config(): DrainConfig | undefined {
    return this.#config;
  }

  /** When it was asked, or when this process went on with it; ms since 1970. */
  get startedMs(): number {
    return this.#startedMs;
  }

  /** The longest that a task may have to end, in ms; undefined: what it asks for itself. */
  get maxGraceMs(): number | undefined {
    const nanoseconds = this.#config?.max_grace_period?.nanoseconds;
    return nanoseconds === undefined ? undefined : Math.max(0, nanoseconds / 1e6);
  }

  /** Goes on with what an earlier process was asked for. Throws CheckpointError, DiskError. */
  async recover(agentId: string): Promise<void> {
    const { world, layout } = this.#options;
    const path = layout.drainConfig(agentId);
    try {
      this.#begin(parseJson(DrainConfig, await world.disk.readText(path)));
    } catch (error) {
      if (error instanceof DiskError && error.code === 'not-found') return;
      if (error instanceof DiskError) throw error;
      throw new CheckpointError('corrupt', `${path} cannot be read`, { cause: error });
    }
  }

  /** The master asks for it; `onDurable` when no later process will have forgotten it. */
  begin(agentId: string, config: DrainConfig, onDurable: () => void): void {
    const { world, layout, background } = this.#options;
    this.#begin(config);
    this.#write(() => world.disk.writeAtomic(layout.drainConfig(agentId), `${stringify(DrainConfig, config)}\n`));
    background.run('draining', () => this.#written.then(onDurable));
  }

  /** Nothing is left to be killed, or the agent was reactivated. */
  end(agentId: string): void {
    const { world, layout } = this.#options;
    if (this.#config === undefined) return;
    world.log.info('the agent is not being drained any more');
    this.#config = undefined;
    this.#write(() => world.disk.remove(layout.drainConfig(agentId)));
  }

  /** What is to be said instead, of a task that ends because of this. */
  reasoned<T extends Pick<StatusFacts, 'state' | 'reason'>>(facts: T, isPartitionAware: boolean): T {
    if (this.#config === undefined || (facts.state !== 'TASK_KILLED' && facts.state !== 'TASK_KILLING')) return facts;
    const isGone = facts.state === 'TASK_KILLED' && this.#config.mark_gone === true && isPartitionAware;
    return { ...facts, reason: 'REASON_AGENT_DRAINING', ...(isGone && { state: 'TASK_GONE_BY_OPERATOR' }) };
  }

  #begin(config: DrainConfig): void {
    const { world } = this.#options;
    this.#config = config;
    this.#startedMs = world.clock.nowMs();
    world.log.info('the agent is being drained', { maxGraceMs: this.maxGraceMs, markGone: config.mark_gone });
  }

  #write(write: () => Promise<void>): void {
    this.#written = this.#written.then(write);
    this.#options.background.run('checkpoint of draining', () => this.#written);
  }
}
