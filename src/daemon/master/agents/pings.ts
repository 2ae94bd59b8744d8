// Pings of the agents and what follows when they stay without an answer (mesos-semantics.md 7.2).
import { Event } from '../../../mesos/generated/agent_protocol.ts';
import { EncodedEvent } from '../../serving/streams/encoded-event.ts';
import type { MasterCore } from '../core.ts';
import { PingWatch } from './ping-watch.ts';
import type { PendingTransition } from './transition-limiter.ts';
import { markUnreachable } from './unreachable.ts';

/** The same for every agent, so encoded once. An agent without a stream cannot be pinged: that counts as a ping missed. */
const PING = new EncodedEvent(Event, { type: 'PING', ping: { connected: true } });

/**
 * A watch for this agent, not yet started. An agent that is lost waits for its turn to become unreachable; a pong until
 * then calls it off.
 */
export function watchAgent(core: MasterCore, agentId: string): PingWatch {
  const { counters, agents } = core.state;
  let transition: PendingTransition | undefined;
  return new PingWatch({
    clock: core.world.clock,
    intervalMs: core.options.agentPingTimeoutMs,
    maxMissed: core.options.maxAgentPingTimeouts,
    ping: () => agents.registered.get(agentId)?.connection?.sendEncoded(PING),
    onLost: () => {
      counters.increment('master/slave_unreachable_scheduled');
      transition = core.unreachableLimiter.schedule(() => {
        transition = undefined;
        counters.increment('master/slave_unreachable_completed');
        void markUnreachable(core, agentId, 'health check timed out');
      });
    },
    onBack: () => {
      if (transition === undefined) return;
      core.log.info('agent is not marked unreachable after all', { agentId });
      counters.increment('master/slave_unreachable_canceled');
      transition.cancel();
      transition = undefined;
    },
  });
}

/** Time without a ping after which an agent takes its registration for lost. */
export function totalPingTimeoutSeconds(core: MasterCore): number {
  return (core.options.agentPingTimeoutMs * core.options.maxAgentPingTimeouts) / 1000;
}
