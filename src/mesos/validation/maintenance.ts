// What a maintenance schedule and a list of machines may say, in the words of the original (mesos-api.md 8.3).
import type { Schedule } from '../generated/maintenance.ts';
import type { MachineID, Unavailability } from '../generated/v1.ts';
import { machineKey, machineText } from '../machine.ts';
import type { Problem } from './problem.ts';

const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** `downMachines`: those that are down, which have to stay in the schedule. */
export function validateSchedule(schedule: Schedule, downMachines: Iterable<MachineID>): Problem {
  const seen = new Set<string>();
  for (const { machine_ids = [], unavailability } of schedule.windows ?? []) {
    if (machine_ids.length === 0) return 'List of machines in the maintenance window is empty';
    const problem = unavailabilityProblem(unavailability) ?? firstMachineProblem(machine_ids, seen, 'schedule');
    if (problem !== undefined) return problem;
  }
  for (const machine of downMachines) {
    if (seen.has(machineKey(machine))) continue;
    return `Machine '${machineText(machine)}' is deactivated and cannot be removed from the schedule`;
  }
  return undefined;
}

/** Of START_MAINTENANCE and STOP_MAINTENANCE. */
export function validateMachines(machines: readonly MachineID[]): Problem {
  if (machines.length === 0) return 'List of machines is empty';
  return firstMachineProblem(machines, new Set(), 'list');
}

function firstMachineProblem(machines: readonly MachineID[], seen: Set<string>, where: string): Problem {
  for (const machine of machines) {
    if (!machine.hostname && !machine.ip) return "Both 'hostname' and 'ip' for a machine are empty";
    if (machine.ip && !IPV4.test(machine.ip)) return `Failed to parse the IP '${machine.ip}' of a machine`;
    const key = machineKey(machine);
    if (seen.has(key)) return `Machine '${machineText(machine)}' appears more than once in the ${where}`;
    seen.add(key);
  }
  return undefined;
}

function unavailabilityProblem({ duration }: Unavailability): Problem {
  return duration !== undefined && duration.nanoseconds < 0 ? "Unavailability 'duration' is negative" : undefined;
}
