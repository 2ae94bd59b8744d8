// Machines that will be away, or are: the maintenance schedule as the master knows it, and what frameworks were asked because
// of it (mesos-semantics.md 13.1).
import type { Schedule } from '../../../mesos/generated/maintenance.ts';
import type { MachineID, Unavailability } from '../../../mesos/generated/v1.ts';
import { machineKey } from '../../../mesos/machine.ts';
import type { Timer } from '../../../world/world.ts';

/** A machine of the schedule. `DRAINING`: its time is to come, or has begun. `DOWN`: its agents were sent away. */
export interface ScheduledMachine {
  readonly id: MachineID;
  readonly mode: 'DRAINING' | 'DOWN';
  readonly unavailability: Unavailability;
  /** Of the schedule, and the place in it, from 0. */
  readonly window: number;
  readonly place: number;
}

/** A framework was asked to leave an agent, and has not answered. */
export interface MasterInverseOffer {
  readonly offerId: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly unavailability: Unavailability;
  /** Set while `--offer_timeout` runs. */
  timer: Timer | undefined;
}

/** All machines that are not simply up. */
export class MaintenanceBook {
  /** By machineKey. */
  readonly machines = new Map<string, ScheduledMachine>();
  /** Outstanding ones by id. */
  readonly inverseOffers = new Map<string, MasterInverseOffer>();
  #last: Promise<unknown> = Promise.resolve();

  find(id: MachineID): ScheduledMachine | undefined {
    return this.machines.get(machineKey(id));
  }

  /** As it was posted, without the machines that were brought up since. */
  schedule(): Schedule {
    const windows: { machine: ScheduledMachine[] }[] = [];
    for (const machine of this.machines.values()) {
      windows[machine.window] ??= { machine: [] };
      windows[machine.window]?.machine.push(machine);
    }
    const shown = windows.flatMap(({ machine: machines }) => {
      const [first] = machines.sort((a, b) => a.place - b.place);
      return first === undefined
        ? []
        : { machine_ids: machines.map(({ id }) => id), unavailability: first.unavailability };
    });
    return shown.length === 0 ? {} : { windows: shown };
  }

  /** Changes of the schedule, one after the other: each looks at what the one before has left. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
