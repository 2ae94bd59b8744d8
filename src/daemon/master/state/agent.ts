// An agent that is registered now: connected, or expected back within `--agent_reregister_timeout`. Agents that are
// recovered, unreachable, gone or removed have no record of this kind; see agent-index.ts.
import type { AgentInfo, AgentInfo_Capability, ExecutorInfo } from '../../../mesos/generated/v1.ts';
import type { Resources } from '../../../mesos/resources.ts';
import type { Timer } from '../../../world/world.ts';
import type { AgentConnection } from '../agent-link/connection.ts';
import type { PingWatch } from '../agents/ping-watch.ts';
import type { Deactivation } from './deactivation.ts';
import type { MasterInverseOffer } from './maintenance.ts';
import type { MasterOffer } from './offer.ts';
import type { MasterTask } from './task.ts';
import type { Usage } from './usage.ts';

/** A registered agent and all that is booked on it. */
export interface MasterAgent {
  readonly agentId: string;
  /** With `id`; `resources` as the agent started with, `totalResources` is what counts. */
  info: AgentInfo;
  /** `slave(1)@ip:port`. */
  pid: string;
  /** Key of the machine it is on (src/mesos/machine.ts). */
  readonly machine: string;
  version: string;
  capabilities: readonly AgentInfo_Capability[];
  /** Its event stream, while there is one. */
  connection: AgentConnection | undefined;
  /** A stream is open. While false two timers run towards unreachable: missed pings and re-registration (mesos-semantics.md 7.2, 7.3). */
  connected: boolean;
  /** Has said goodbye: it leaves the books as soon as that is durable. */
  isLeaving: boolean;
  /** May have its resources offered: connected and not deactivated by an operator. */
  active: boolean;
  /** DEACTIVATE_AGENT or DRAIN_AGENT; the same as in AgentIndex, which keeps it while the agent is away. */
  deactivation: Deactivation | undefined;
  /** When it was last told to drain, in ms since 1970. */
  drainStartedMs: number | undefined;
  readonly registeredTimeMs: number;
  /** Of the latest re-registration; undefined when it only ever registered. */
  reregisteredTimeMs: number | undefined;
  /** Unallocated form. Changed by RegisteredAgents.changeTotal. */
  readonly totalResources: Resources;
  /** Tasks by framework id, then task id: everything not yet both terminal and acknowledged. */
  readonly tasks: Map<string, Map<string, MasterTask>>;
  /** Custom and default executors by framework id, then executor id. Each holds its own `resources`. */
  readonly executors: Map<string, Map<string, ExecutorInfo>>;
  /** Outstanding offers of this agent. */
  readonly offers: Set<MasterOffer>;
  /** Frameworks that were asked to leave it. */
  readonly inverseOffers: Set<MasterInverseOffer>;
  /** Resources of live tasks and executors by framework id, allocated form. No entry when nothing is used. */
  readonly usedResources: Usage;
  /** Sum over `offers`, allocated form. */
  offeredResources: Resources;
  readonly pings: PingWatch;
  /** Runs while it is disconnected; at its end the agent becomes unreachable. */
  reregisterTimer: Timer | undefined;
  /** Kill requests that could not be delivered, by framework id: repeated at re-registration. */
  readonly killedTasks: Map<string, Set<string>>;
}
