// What the master says to frameworks and agents. An event for somebody who is not connected is lost; the protocol knows
// (frameworks reconcile, agents re-register).
import type { Event as AgentEvent } from '../../../mesos/generated/agent_protocol.ts';
import { Event as SchedulerEvent } from '../../../mesos/generated/scheduler.ts';
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import { EncodedEvent } from '../../serving/streams/encoded-event.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';

/** Sends and counts it in the framework's metrics; dropped when the framework is not connected. */
export function toFramework(framework: MasterFramework, event: SchedulerEvent): void {
  const { connection } = framework;
  if (connection === undefined) return;
  countEvent(framework, event);
  connection.send(event);
}

/** The same event to every connected framework, encoded once. */
export function toAllFrameworks(core: MasterCore, event: SchedulerEvent): void {
  const encoded = new EncodedEvent(SchedulerEvent, event);
  for (const framework of core.state.frameworks.values()) {
    const { connection } = framework;
    if (connection === undefined) continue;
    countEvent(framework, event);
    connection.sendEncoded(encoded);
  }
}

/** A status update, as it is; whether it was wanted again is the framework's business. */
export function forwardStatus(framework: MasterFramework, status: TaskStatus): void {
  toFramework(framework, { type: 'UPDATE', update: { status } });
}

/** Dropped when the agent has no stream: what it missed is settled when it re-registers. */
export function toAgent(agent: MasterAgent, event: AgentEvent): void {
  agent.connection?.send(event);
}

/** The same event to every connected agent, encoded once. */
export function toAllAgents(core: MasterCore, event: EncodedEvent<AgentEvent>): void {
  for (const agent of core.state.agents.registered.values()) agent.connection?.sendEncoded(event);
}

/** For the framework's metrics. */
export function countEvent(framework: MasterFramework, event: SchedulerEvent): void {
  framework.counters.increment('events');
  framework.counters.increment(`events/${(event.type ?? 'UNKNOWN').toLowerCase()}`);
}
