// After a fail-over nobody is offered anything while a quota is set and most agents are still away: what was guaranteed to one
// would go to whoever comes first (mesos-semantics.md 3.1).
import type { Timer } from '../../../world/world.ts';
import type { MasterCore } from '../core.ts';

/** Holds the allocator back until enough agents are there, or for `--allocator_recovery_timeout`. */
export class RecoveryPause {
  #expected = 0;
  #timeout: Timer | undefined;

  /** `known`: how many agents the registry has. Does nothing without quotas, or when no agent need be waited for. */
  begin(core: MasterCore, known: number): void {
    const { options, state, allocator, world, log } = core;
    this.#expected = Math.trunc(known * options.allocatorAgentRecoveryFactor);
    if (state.quotas.size === 0 || this.#expected === 0) return;
    allocator.pause();
    log.info('offers wait for agents, since there are quotas', { agents: this.#expected, of: known });
    this.#timeout = world.clock.setTimer(options.allocatorRecoveryTimeoutMs, () => this.#end(core, 'the time is over'));
  }

  /** One more agent is in the books, not in the allocator's yet. */
  agentCame(core: MasterCore): void {
    if (this.#timeout === undefined || core.state.agents.registered.size < this.#expected) return;
    this.#end(core, 'enough agents are back');
  }

  #end(core: MasterCore, why: string): void {
    this.#timeout?.cancel();
    this.#timeout = undefined;
    core.allocator.resume();
    core.log.info('offers go on', { why, agents: core.state.agents.registered.size });
  }
}
