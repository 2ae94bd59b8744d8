// What the operator endpoints need of the master they belong to. The master's wiring makes one of these.
import type { InverseOfferStatusView } from '../../../allocator/allocator.ts';
import type { Schedule } from '../../../mesos/generated/maintenance.ts';
import type { DrainConfig, MachineID, MasterInfo, Offer_Operation, WeightInfo } from '../../../mesos/generated/v1.ts';
import type { Problem } from '../../../mesos/validation/problem.ts';
import type { World } from '../../../world/world.ts';
import type { AttachedFiles } from '../../serving/files/attached-files.ts';
import type { MetricRegistry } from '../../serving/metrics/metric-registry.ts';
import type { LoggingLevel } from '../../serving/process/logging-level.ts';
import type { Decided } from '../agents/deactivation/decisions.ts';
import type { MasterEvents } from '../events.ts';
import type { OperatorAnswer } from '../operations/by-operator.ts';
import type { QuotaControl } from '../quota/updates.ts';
import type { MasterState } from '../state/master-state.ts';

/** What operators may do to the cluster, behind the views. */
export interface MasterControl {
  /** Removes a framework and kills its tasks; false when there is none of this id. */
  teardown(frameworkId: string): boolean;
  /** Sets the weights of these roles durably; the others keep theirs. The weights are valid. */
  updateWeights(weights: readonly WeightInfo[]): Promise<void>;
  readonly quota: QuotaControl;
  /**
   * Takes an agent out for good, durably. `gone`: done, now or before. `unknown`: no such agent. `busy`: something else
   * is being made of it just now.
   */
  markAgentGone(agentId: string): Promise<'gone' | 'unknown' | 'busy'>;
  /** An operation on what an agent has. */
  operate(agentId: string, operation: Offer_Operation): OperatorAnswer;
  /** Begins to drain an agent, durably; from now on nothing of it is offered. */
  drainAgent(agentId: string, config: DrainConfig): Promise<Decided>;
  /** Nothing of it is offered from now on; durable. */
  deactivateAgent(agentId: string): Promise<Decided>;
  /** It may be offered again; durable. */
  reactivateAgent(agentId: string): Promise<Decided>;
  readonly maintenance: MaintenanceControl;
}

/** What operators may do about machines that will be away. Changes answer why they are refused, once they are durable. */
export interface MaintenanceControl {
  updateSchedule(schedule: Schedule): Promise<Problem>;
  /** Machines go down, and their agents with them. */
  start(machines: readonly MachineID[]): Promise<Problem>;
  /** Machines are up again. */
  stop(machines: readonly MachineID[]): Promise<Problem>;
  /** What frameworks said to being asked to leave this agent. */
  inverseOfferStatuses(agentId: string): readonly InverseOfferStatusView[];
}

/** Everything the views look at and act through. */
export interface ViewContext {
  readonly world: World;
  readonly state: MasterState;
  readonly events: MasterEvents;
  readonly control: MasterControl;
  readonly metrics: MetricRegistry;
  readonly files: AttachedFiles;
  readonly logging: LoggingLevel;
  /** The present leader as it announces itself, this master included; undefined while nobody is known to lead. */
  readonly leader: () => MasterInfo | undefined;
  /** This master leads. */
  readonly isLeading: () => boolean;
  /** It is certain to lead at this moment, too: nobody else can. */
  readonly mayAct: () => boolean;
}
