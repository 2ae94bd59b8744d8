// Durable state and leadership that live on one machine, by name: what a work dir is to the real local implementations.
import type { Election } from '../../cluster/election.ts';
import type { Store } from '../../cluster/store.ts';
import type { ProcessLife } from '../core/process.ts';
import type { DiskFaults } from '../disk/faults.ts';
import { ElectionState, SimulatedElection } from './simulated-election.ts';
import { SimulatedStore, StoreState } from './simulated-store.ts';

export class SharedStates {
  readonly #faults: DiskFaults;
  readonly #stores = new Map<string, StoreState>();
  readonly #elections = new Map<string, ElectionState>();

  constructor(faults: DiskFaults) {
    this.#faults = faults;
  }

  openStore(name: string, life: ProcessLife): Store {
    return new SimulatedStore(life, this.store(name), this.#election(name), this.#faults);
  }

  openElection(name: string, life: ProcessLife): Election {
    return new SimulatedElection(life, this.#election(name));
  }

  /** What is durable in that store now, for tests. */
  store(name: string): StoreState {
    return getOrMake(this.#stores, name, () => new StoreState(name));
  }

  #election(name: string): ElectionState {
    return getOrMake(this.#elections, name, () => new ElectionState());
  }
}

function getOrMake<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
