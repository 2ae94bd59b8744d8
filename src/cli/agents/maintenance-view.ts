// What `mctl agent maintenance` shows: a line for each machine that will be away, or is.
import type { InverseOfferStatus } from '../../mesos/generated/allocator.ts';
import type { MachineID } from '../../mesos/generated/v1.ts';
import { machineKey } from '../../mesos/machine.ts';
import { formatAge, formatTime } from '../output/units.ts';
import type { View } from '../output/view.ts';
import { type MaintenancePicture, machineOfAgent } from './maintenance.ts';

interface Line {
  readonly machine: MachineID;
  readonly state: 'scheduled' | 'down';
  readonly agents: readonly string[];
  readonly tasks: number;
  readonly startMs: number;
  readonly durationMs: number | undefined;
  readonly answers: readonly InverseOfferStatus[];
}

/** In the order of the windows. `nowMs`: of the machine this runs on. */
export function maintenanceView(picture: MaintenancePicture, nowMs: number): View {
  const lines = linesOf(picture);
  return {
    data: lines.map(({ machine, startMs, durationMs, answers, ...rest }) => ({
      ...machine,
      ...rest,
      start: new Date(startMs).toISOString(),
      ...(durationMs !== undefined && { durationSeconds: durationMs / 1000 }),
      answers: answers.map(({ status, framework_id }) => ({ framework: framework_id.value, answer: status })),
    })),
    names: lines.map(({ machine }) => machine.hostname || machine.ip || ''),
    body: {
      kind: 'table',
      columns: [
        { title: 'HOSTNAME' },
        { title: 'IP' },
        { title: 'STATE', state: true },
        { title: 'FROM' },
        { title: 'IN', align: 'right' },
        { title: 'FOR', align: 'right' },
        { title: 'TASKS', align: 'right' },
        { title: 'ANSWERS' },
        { title: 'AGENTS', wide: true },
      ],
      rows: lines.map(({ machine, state, agents, tasks, startMs, durationMs, answers }) => [
        machine.hostname ?? '-',
        machine.ip ?? '-',
        state,
        formatTime(startMs),
        startMs > nowMs ? formatAge(startMs - nowMs) : '-',
        durationMs === undefined ? 'open end' : formatAge(durationMs),
        String(tasks),
        answersText(answers),
        agents.join(',') || '-',
      ]),
    },
    empty: 'No maintenance is scheduled.',
  };
}

function linesOf({ schedule, status, cluster }: MaintenancePicture): Line[] {
  const down = new Set((status.down_machines ?? []).map(machineKey));
  const answers = new Map((status.draining_machines ?? []).map(({ id, statuses = [] }) => [machineKey(id), statuses]));
  const agentsOf = Map.groupBy(cluster.agents, (agent) => machineKey(machineOfAgent(agent)));
  return (schedule.windows ?? []).flatMap(({ machine_ids = [], unavailability: { start, duration } }) =>
    machine_ids.map((machine): Line => {
      const key = machineKey(machine);
      const agents = (agentsOf.get(key) ?? []).map(({ id }) => id);
      return {
        machine,
        state: down.has(key) ? 'down' : 'scheduled',
        agents,
        tasks: cluster.tasks.filter(({ live, agentId }) => live && agents.includes(agentId)).length,
        startMs: start.nanoseconds / 1e6,
        durationMs: duration && duration.nanoseconds / 1e6,
        answers: answers.get(key) ?? [],
      };
    }),
  );
}

/** `2 accept, 1 decline`. */
function answersText(answers: readonly InverseOfferStatus[]): string {
  const count = (status: string): number => answers.filter((answer) => answer.status === status).length;
  const parts = [
    [count('ACCEPT'), 'accept'],
    [count('DECLINE'), 'decline'],
  ] as const;
  return parts.flatMap(([many, word]) => (many > 0 ? `${many} ${word}` : [])).join(', ') || '-';
}
