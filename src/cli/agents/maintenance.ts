// `mctl agent maintenance …`: which machines will be away when, and are. A machine is the host name and the IP under which its
// agents announce themselves.
import { ApiError, type MasterClient } from '../../client/operator.ts';
import type { ClusterStatus, Schedule } from '../../mesos/generated/maintenance.ts';
import type { MachineID } from '../../mesos/generated/v1.ts';
import { machineKey } from '../../mesos/machine.ts';
import { EXIT } from '../exit-codes.ts';
import { type Identified, nearest } from '../ids.ts';
import { parseDuration } from '../output/units.ts';
import { Problem } from '../problem.ts';
import { findAgent } from '../tasks/find.ts';
import { type AgentEntry, type ClusterPicture, clusterPicture } from '../views/cluster-picture.ts';

/** What the master says of maintenance, and who is where. */
export interface MaintenancePicture {
  readonly schedule: Schedule;
  readonly status: ClusterStatus;
  readonly cluster: ClusterPicture;
}

/** Throws ApiError. */
export async function maintenancePicture(master: MasterClient): Promise<MaintenancePicture> {
  const [schedule, status, cluster] = await Promise.all([
    master.call({ type: 'GET_MAINTENANCE_SCHEDULE' }),
    master.call({ type: 'GET_MAINTENANCE_STATUS' }),
    clusterPicture(master),
  ]);
  return {
    schedule: schedule?.get_maintenance_schedule?.schedule ?? {},
    status: status?.get_maintenance_status?.status ?? {},
    cluster,
  };
}

/** The machine that an agent is on. */
export function machineOfAgent({ hostname, url }: AgentEntry): MachineID {
  return { hostname, ip: new URL(url).hostname.replace(/^\[|\]$/g, '') };
}

/** Machines of these agents, or in the schedule under that host name or IP, each once. Throws Problem: `notFound`, `usage`. */
export function machinesToSchedule({ schedule, cluster }: MaintenancePicture, given: readonly string[]): MachineID[] {
  // Those that are down have no agents that could be found.
  const scheduled = (schedule.windows ?? []).flatMap(({ machine_ids = [] }) => machine_ids);
  const machines = given.map((word) => {
    const [first, ...more] = scheduled.filter(({ hostname, ip }) => hostname === word || ip === word);
    return first !== undefined && more.length === 0 ? first : machineOfAgent(findAgent(cluster, word));
  });
  return [...new Map(machines.map((machine) => [machineKey(machine), machine])).values()];
}

/** Machines of the schedule: by host name, IP, or an agent that is there. Throws Problem `notFound`. */
export function scheduledMachines({ schedule, cluster }: MaintenancePicture, given: readonly string[]): MachineID[] {
  const machines = (schedule.windows ?? []).flatMap(({ machine_ids = [] }) => machine_ids);
  const named = machines.map((machine): Identified & { machine: MachineID } => {
    const key = machineKey(machine);
    const agents = cluster.agents.filter((agent) => machineKey(machineOfAgent(agent)) === key).map(({ id }) => id);
    const { hostname = '', ip = '' } = machine;
    return {
      machine,
      id: hostname || ip,
      names: [ip, ...agents, ...agents.map((id) => id.slice(id.lastIndexOf('-') + 1))],
    };
  });
  return given.map((word) => {
    const found = named.filter(({ id, names = [] }) => id === word || names.includes(word));
    const [first] = found;
    if (found.length === 1 && first !== undefined) return first.machine;
    if (found.length > 1) {
      throw new Problem(EXIT.usage, {
        what: `'${word}' fits ${found.length} machines.`,
        next: 'Give their IPs instead.',
      });
    }
    const unscheduled = cluster.agents.find(
      ({ id, hostname }) => hostname === word || id === word || id.endsWith(`-${word}`),
    );
    if (unscheduled !== undefined) {
      throw new Problem(EXIT.notFound, {
        what: `The machine of agent '${word}' (${unscheduled.hostname}) is not in the maintenance schedule.`,
        next: `mctl agent maintenance schedule ${word} --start now`,
      });
    }
    // Not the ids of agents: one is as near to another as any, and this may be about to take a machine down.
    const near = nearest(
      word,
      machines.flatMap(({ hostname = '', ip = '' }) => [hostname, ip]),
    );
    throw new Problem(EXIT.notFound, {
      what: `No machine '${word}' is in the maintenance schedule.`,
      ...(near !== undefined && { why: `Did you mean '${near}'?` }),
      next: 'mctl agent maintenance',
    });
  });
}

/** Puts these machines into a window of their own, out of any that they are in. Throws Problem. */
export async function scheduleMaintenance(
  master: MasterClient,
  machines: readonly MachineID[],
  when: { readonly startMs: number; readonly durationMs: number | undefined },
): Promise<void> {
  const { schedule } = await maintenancePicture(master);
  const unavailability = {
    start: { nanoseconds: when.startMs * 1e6 },
    ...(when.durationMs !== undefined && { duration: { nanoseconds: when.durationMs * 1e6 } }),
  };
  const windows = [...without(schedule, machines), { machine_ids: [...machines], unavailability }];
  await post(master, { windows });
}

/** Takes these machines out of the schedule. Throws Problem `conflict` for machines that are down. */
export async function cancelMaintenance(
  master: MasterClient,
  picture: MaintenancePicture,
  machines: readonly MachineID[],
): Promise<void> {
  await post(master, { windows: without(picture.schedule, machines) });
}

/** Machines go down and take their agents along. Throws Problem. */
export async function startMaintenance(master: MasterClient, machines: readonly MachineID[]): Promise<void> {
  await asked(() => master.call({ type: 'START_MAINTENANCE', start_maintenance: { machines: [...machines] } }));
}

/** Machines are up, and out of the schedule. Throws Problem. */
export async function stopMaintenance(master: MasterClient, machines: readonly MachineID[]): Promise<void> {
  await asked(() => master.call({ type: 'STOP_MAINTENANCE', stop_maintenance: { machines: [...machines] } }));
}

/** The last time, and the longest one, that 64 bits hold in nanoseconds. */
const LAST_MS = 9.2e12;

/** `2026-12-01T02:00`, `2h` (from now on), `now`; undefined when it is none of these, or later than masters can say (in 2261). */
export function parseStart(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  const inMs = parseDuration(text);
  const day = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  const ms = inMs === undefined ? day : nowMs + inMs;
  return ms <= LAST_MS ? ms : undefined;
}

/** Throws Problem `usage` when it is longer than masters can say. */
export function checkLength(durationMs: number | undefined): void {
  if (durationMs === undefined || durationMs <= LAST_MS) return;
  throw new Problem(EXIT.usage, {
    what: '--duration: that is more than 290 years.',
    why: 'Leave it out when nobody knows how long it will be.',
  });
}

function without({ windows = [] }: Schedule, machines: readonly MachineID[]): NonNullable<Schedule['windows']> {
  const leaving = new Set(machines.map(machineKey));
  return windows.flatMap(({ machine_ids = [], unavailability }) => {
    const staying = machine_ids.filter((machine) => !leaving.has(machineKey(machine)));
    return staying.length === 0 ? [] : { machine_ids: staying, unavailability };
  });
}

async function post(master: MasterClient, schedule: Schedule): Promise<void> {
  await asked(() => master.call({ type: 'UPDATE_MAINTENANCE_SCHEDULE', update_maintenance_schedule: { schedule } }));
}

async function asked(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'refused') throw error;
    throw new Problem(
      EXIT.conflict,
      { what: 'The master refused this.', ...reason(withNames(error.said)), next: 'mctl agent maintenance' },
      { cause: error },
    );
  }
}

/** The master speaks of modes that people do not see: of machines of the schedule, those not DRAINING are DOWN. */
const REASONS: readonly (readonly [said: RegExp, why: string])[] = [
  [/ is not in DRAINING mode and cannot be brought down$/, ' is down already.'],
  [
    / is not in DOWN mode and cannot be brought up$/,
    ' is not down. (mctl agent maintenance cancel takes it out of the schedule.)',
  ],
  [/ is deactivated and cannot be removed from the schedule$/, ' is down. (mctl agent maintenance stop brings it up.)'],
];

function reason(said: string): { readonly why: string } {
  const [pattern, why] = REASONS.find(([known]) => known.test(said)) ?? [/$/, '.'];
  return { why: said.replace(pattern, why) };
}

/** The master writes machines as JSON; people know them by name. */
const withNames = (said: string): string =>
  said.replace(/\{"hostname":"([^"]*)","ip":"([^"]*)"\}/g, (_, hostname, ip) => hostname || ip);
