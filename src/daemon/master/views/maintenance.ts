// Maintenance as a cluster without any schedule answers it: nothing is scheduled, so no machine can be taken down or up.
// Schedules themselves are not supported yet.
import type { MachineID } from '../../../mesos/generated/v1.ts';

/** Why these machines cannot be taken down; undefined when there are none. */
export function machineDownProblem(machines: readonly MachineID[]): string | undefined {
  return firstProblem(machines, 'is not part of a maintenance schedule');
}

/** Why these machines cannot be brought up. */
export function machineUpProblem(machines: readonly MachineID[]): string | undefined {
  return firstProblem(machines, 'is not in DOWN mode and cannot be brought up');
}

function firstProblem(machines: readonly MachineID[], why: string): string | undefined {
  for (const machine of machines) {
    const { hostname, ip } = machine;
    if (!hostname && !ip) return "Both 'hostname' and 'ip' for a machine are empty";
    const text = JSON.stringify({ ...(hostname !== undefined && { hostname }), ...(ip !== undefined && { ip }) });
    return `Machine '${text}' ${why}`;
  }
  return undefined;
}
