// UPDATE_MAINTENANCE_SCHEDULE: a new schedule takes the place of the old one, durably (mesos-semantics.md 13.1).
import type { Schedule } from '../../../mesos/generated/maintenance.ts';
import { machineKey } from '../../../mesos/machine.ts';
import { validateSchedule } from '../../../mesos/validation/maintenance.ts';
import type { Problem } from '../../../mesos/validation/problem.ts';
import type { MasterCore } from '../core.ts';
import { deleteMachine, putMachine } from '../registry/records.ts';
import type { ScheduledMachine } from '../state/maintenance.ts';
import { tellUnavailability } from './unavailability.ts';

/**
 * Machines that are left out are up again, new ones are DRAINING, those that are down stay down. Answers why it is refused.
 * Whatever was offered on any of them is taken back.
 */
export function updateSchedule(core: MasterCore, schedule: Schedule): Promise<Problem> {
  const { maintenance } = core.state;
  return maintenance.inTurn(async () => {
    const { machines } = maintenance;
    const down = [...machines.values()].flatMap(({ mode, id }) => (mode === 'DOWN' ? id : []));
    const problem = validateSchedule(schedule, down);
    if (problem !== undefined) return problem;
    const next = scheduled(schedule, machines);
    const leftOut = [...machines].filter(([key]) => !next.has(key)).map(([, machine]) => machine);
    await core.registrar.apply([...leftOut.map(({ id }) => deleteMachine(id)), ...[...next.values()].map(putMachine)]);

    const concerned = new Set([...machines.keys(), ...next.keys()]);
    machines.clear();
    for (const [key, machine] of next) machines.set(key, machine);
    core.log.info('new maintenance schedule', { machines: next.size, leftOut: leftOut.length });
    tellUnavailability(core, concerned);
    return undefined;
  });
}

function scheduled(schedule: Schedule, present: ReadonlyMap<string, ScheduledMachine>): Map<string, ScheduledMachine> {
  const machines = new Map<string, ScheduledMachine>();
  for (const [window, { machine_ids = [], unavailability }] of (schedule.windows ?? []).entries()) {
    for (const [place, id] of machine_ids.entries()) {
      const key = machineKey(id);
      machines.set(key, { id, mode: present.get(key)?.mode ?? 'DRAINING', unavailability, window, place });
    }
  }
  return machines;
}
