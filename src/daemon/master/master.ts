// Puts the parts of a master together: books, allocator, registry, and what runs by the clock. `start` makes it act, once
// it leads; `stop` leaves nothing running.
import { HierarchicalAllocator } from '../../allocator/allocator.ts';
import type { Store } from '../../cluster/store.ts';
import type { MasterInfo } from '../../mesos/generated/v1.ts';
import type { World } from '../../world/world.ts';
import { regionOf } from '../serving/process/fault-domain.ts';
import { TermClock } from '../serving/term/term-clock.ts';
import { TermGate } from '../serving/term/term-gate.ts';
import { checkDrained } from './agents/deactivation/draining.ts';
import { TransitionLimiter } from './agents/transition-limiter.ts';
import type { MasterCore } from './core.ts';
import { MasterEvents } from './events.ts';
import type { MasterOptions } from './flags.ts';
import { LiveEvents } from './live-events.ts';
import { AllocationLoop } from './offers/allocation-loop.ts';
import { sendInverseOffers } from './offers/send-inverse-offers.ts';
import { sendOffers } from './offers/send-offers.ts';
import { type Whitelist, watchWhitelist } from './offers/whitelist.ts';
import { RecoveryPause } from './quota/recovery-pause.ts';
import { collectGarbage } from './registry/garbage.ts';
import { recover } from './registry/recovery.ts';
import { Registrar } from './registry/registrar.ts';
import { MasterIds } from './state/master-ids.ts';
import { MasterState } from './state/master-state.ts';

/** What a master is made of. */
export interface MasterParts {
  readonly world: World;
  readonly options: MasterOptions;
  readonly info: MasterInfo;
  readonly store: Store;
  /** Whether it is certain to lead at this moment; while it is not, the master does nothing. */
  readonly mayAct: () => boolean;
  /** Called at most once, when the master must not go on. */
  readonly fail: (reason: string) => void;
}

/** One term of a master. `start` at most once; `stop` any number of times, after which it is of no more use. */
export class Master {
  readonly core: MasterCore;
  readonly allocations: AllocationLoop;
  readonly #gate: TermGate;
  readonly #clock: TermClock;
  #whitelist: Whitelist | undefined;
  #isOver = false;

  constructor(given: MasterParts) {
    const { options, info, store, mayAct, fail } = given;
    const gate = new TermGate(given.world.clock, mayAct);
    this.#gate = gate;
    this.#clock = new TermClock(given.world.clock, gate);
    const world: World = { ...given.world, clock: this.#clock };
    const log = world.log.child({ part: 'master' });
    const failOnce = (reason: string): void => {
      if (this.#isOver) return;
      log.error('the master cannot go on', { reason });
      this.stop();
      fail(reason);
    };
    const allocator = createAllocator(world, options, info);
    const registrar = new Registrar({
      store,
      // The time for a write does not stand still while we are not certain.
      clock: given.world.clock,
      log,
      gate,
      fetchTimeoutMs: options.registryFetchTimeoutMs,
      storeTimeoutMs: options.registryStoreTimeoutMs,
      onFailure: failOnce,
    });
    this.core = {
      world,
      log,
      options,
      state: new MasterState(info, options, world.clock.nowMs()),
      ids: new MasterIds(info.id),
      events: new MasterEvents(),
      live: new LiveEvents(),
      allocator,
      registrar,
      recoveryPause: new RecoveryPause(),
      unreachableLimiter: new TransitionLimiter(world.clock, options.agentRemovalRateLimit?.value),
      requestAllocation: () => this.allocations.request(),
      agentEmptied: (agent) => checkDrained(this.core, agent),
      fail: failOnce,
      isOver: () => this.#isOver,
    };
    this.allocations = new AllocationLoop(
      world.clock,
      allocator,
      (offered) => sendOffers(this.core, offered),
      (offered) => sendInverseOffers(this.core, offered),
    );
  }

  /** Acts as the leader of this epoch: reads the registry, then serves agents and frameworks. */
  async start(epoch: number): Promise<void> {
    const { world, options, fail, allocator } = this.core;
    try {
      await recover(this.core, epoch);
    } catch (error) {
      fail(`Failed to recover the registry: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (this.#isOver) return;
    this.allocations.start(options.allocationIntervalMs);
    collectGarbage(this.core);
    if (options.whitelist !== undefined && options.whitelist !== '*') {
      this.#whitelist = watchWhitelist(world, options.whitelist, (hostnames) => allocator.updateWhitelist(hostnames));
    }
  }

  /** The leadership is certain again: does at once what fell due meanwhile. */
  resume(): void {
    this.#gate.release();
    this.core.requestAllocation();
  }

  /** Nothing is decided, written or timed from now on; streams are the listener's to break. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#gate.end();
    // All timers, of agents, frameworks and offers too.
    this.#clock.end();
    const { registrar, unreachableLimiter } = this.core;
    registrar.stop();
    unreachableLimiter.stop();
    this.allocations.stop();
    this.#whitelist?.stop();
  }
}

function createAllocator(world: World, options: MasterOptions, info: MasterInfo): HierarchicalAllocator {
  const region = regionOf(info.domain);
  const excluded = options.fairSharingExcludedResourceNames;
  return new HierarchicalAllocator({
    allocationIntervalMs: options.allocationIntervalMs,
    minAllocatable: options.minAllocatableResources.value,
    filterGpuResources: options.filterGpuResources,
    ...(excluded !== undefined && { fairSharingExcluded: excluded.split(',').map((name) => name.trim()) }),
    ...(region !== undefined && { region }),
    roleSorter: options.roleSorter,
    frameworkSorter: options.frameworkSorter,
    limitsBindSubroles: options.limitsBindSubroles,
    random: () => world.random.float(),
    shuffle: (items) => world.random.shuffle(items),
  });
}
