// Somebody who drains agents, takes them out of the offers and brings them back, whatever else is going on.
import type { MasterPlaces } from '../../client/leader-source.ts';
import { ApiError, MasterClient } from '../../client/operator.ts';
import type { MasterCore } from '../../daemon/master/core.ts';
import type { Call } from '../../mesos/generated/master.ts';
import type { World } from '../../world/world.ts';
import type { SeededRandom } from '../core/random.ts';
import type { ProcessContext } from '../process-handle.ts';
import type { Simulation } from '../simulation.ts';

const EVERY_MS = 4_000;
const TIMEOUT_MS = 2_000;
const DRAIN_CHANCE = 0.5;
/** Of five agents so many at a time: the others are to have something to do. */
const AT_A_TIME = 2;

/** Decides about one agent every few seconds; after `end` everybody is brought back as soon as that is possible. */
export class AgentOperator {
  readonly #random: SeededRandom;
  readonly #core: () => MasterCore | undefined;
  /** Decisions that masters took, by call. */
  readonly counts = new Map<string, number>();
  #isOver = false;
  #isCleaningUp = false;

  constructor(
    simulation: Simulation,
    masters: (world: World, context: ProcessContext) => MasterPlaces,
    core: () => MasterCore | undefined,
  ) {
    this.#random = simulation.random('agents');
    this.#core = core;
    simulation.host('agent-operator', { address: '10.0.4.3' }).start('operator', async (world, context) => {
      const addresses = masters(world, context);
      const master = new MasterClient({ net: world.net, addresses, timeoutMs: TIMEOUT_MS });
      world.clock.every(EVERY_MS, () => {
        for (const call of this.#isOver ? this.#bringBack() : this.#decide()) {
          master
            .call(call)
            .then(() => this.counts.set(call.type ?? '', (this.counts.get(call.type ?? '') ?? 0) + 1))
            .catch((error: unknown) => {
              if (!(error instanceof ApiError)) throw error;
              world.log.debug('an operator was not listened to', { call, error });
            });
        }
      });
    });
  }

  /** No decision any more but to bring everybody back. */
  end(): void {
    this.#isOver = true;
  }

  /**
   * Agents that are unreachable by now are gone: one that never heard of its id is another one since, and frameworks wait for
   * what was launched on the first.
   */
  cleanUp(): void {
    this.#isCleaningUp = true;
  }

  /** Agents that are not back yet; none at rest. */
  left(): string[] {
    return [...(this.#core()?.state.agents.deactivated.keys() ?? [])].map((id) => `agent ${id} is still deactivated`);
  }

  #bringBack(): Call[] {
    const { deactivated, unreachable } = this.#core()?.state.agents ?? {};
    const lost = this.#isCleaningUp ? [...(unreachable?.keys() ?? [])] : [];
    return [...[...(deactivated?.keys() ?? [])].map(reactivation), ...lost.map(farewell)];
  }

  #decide(): Call[] {
    const { registered, deactivated } = this.#core()?.state.agents ?? {};
    const agentId = this.#random.pick([...(registered?.keys() ?? [])].sort());
    if (agentId === undefined || deactivated === undefined) return [];
    if (deactivated.has(agentId) || deactivated.size >= AT_A_TIME) {
      return [reactivation(this.#random.pick([...deactivated.keys()].sort()) ?? agentId)];
    }
    const agent_id = { value: agentId };
    return this.#random.chance(DRAIN_CHANCE)
      ? [{ type: 'DRAIN_AGENT', drain_agent: { agent_id, max_grace_period: { seconds: 1 } } }]
      : [{ type: 'DEACTIVATE_AGENT', deactivate_agent: { agent_id } }];
  }
}

function farewell(agentId: string): Call {
  return { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: agentId } } };
}

function reactivation(agentId: string): Call {
  return { type: 'REACTIVATE_AGENT', reactivate_agent: { agent_id: { value: agentId } } };
}
