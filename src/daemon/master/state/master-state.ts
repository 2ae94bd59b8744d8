// All that the master knows, as indexes that the handlers keep and the views read. Nothing here decides anything.
// Views may hold on to messages they read (they are never changed in place), not to the maps.
import type { MasterInfo } from '../../../mesos/generated/v1.ts';
import type { MasterOptions } from '../flags.ts';
import { OperationBook } from '../operations/operation-book.ts';
import type { RoleQuota } from '../quota/role-quota.ts';
import { AgentIndex } from './agent-index.ts';
import { BoundedMap } from './bounded-map.ts';
import { MASTER_COUNTERS } from './counter-names.ts';
import { Counters } from './counters.ts';
import type { CompletedFramework, MasterFramework } from './framework.ts';
import { MaintenanceBook } from './maintenance.ts';
import type { MasterOffer } from './offer.ts';
import { RoleIndex } from './role-index.ts';
import { UnreachableTasks } from './task-maps.ts';

/** One per master. Only the handlers write; views hold on to messages, not to maps. */
export class MasterState {
  /** This master as it announces itself. */
  readonly info: MasterInfo;
  readonly options: MasterOptions;
  /** Wall time in ms. */
  readonly startTimeMs: number;
  /** Wall time of the latest election; undefined while this master never led. */
  electedTimeMs: number | undefined;
  /** The registry has been read and agents and frameworks are served. */
  recovered = false;
  readonly agents = new AgentIndex();
  /** CONNECTED, DISCONNECTED and RECOVERED ones by id, in order of appearance. */
  readonly frameworks = new Map<string, MasterFramework>();
  /** Those of the frameworks here, by agent. */
  readonly unreachableTasks = new UnreachableTasks();
  /** Removed ones by id, oldest first. */
  readonly completedFrameworks: BoundedMap<string, CompletedFramework>;
  /** Outstanding offers by id. */
  readonly offers = new Map<string, MasterOffer>();
  /** Under way, or not acknowledged. */
  readonly operations = new OperationBook();
  readonly roles = new RoleIndex();
  readonly maintenance = new MaintenanceBook();
  /** Configured weights by role; a role that is not here weighs 1. */
  readonly weights = new Map<string, number>();
  /** The registry holds weights, or will with the next write; until then they are those of `--weights`. */
  hasRegistryWeights = false;
  /** By top-level role; a role that is not here has none. */
  readonly quotas = new Map<string, RoleQuota>();
  /** Full metric names (`master/…`). */
  readonly counters = new Counters(MASTER_COUNTERS);

  constructor(info: MasterInfo, options: MasterOptions, startTimeMs: number) {
    this.info = info;
    this.options = options;
    this.startTimeMs = startTimeMs;
    this.completedFrameworks = new BoundedMap(options.maxCompletedFrameworks);
  }
}
