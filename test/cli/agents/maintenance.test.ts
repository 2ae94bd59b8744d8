import { describe, expect, test } from 'vitest';
import {
  cancelMaintenance,
  checkLength,
  type MaintenancePicture,
  machinesToSchedule,
  maintenancePicture,
  parseStart,
  scheduledMachines,
  scheduleMaintenance,
  startMaintenance,
} from '../../../src/cli/agents/maintenance.ts';
import { maintenanceView } from '../../../src/cli/agents/maintenance-view.ts';
import { ApiError, type MasterClient } from '../../../src/client/operator.ts';
import type { Schedule } from '../../../src/mesos/generated/maintenance.ts';
import type { Call } from '../../../src/mesos/generated/master.ts';

const H1 = { hostname: 'h1', ip: '10.0.0.1' };
const H2 = { hostname: 'h2', ip: '10.0.0.2' };
const AWAY = { start: { nanoseconds: 1.8e18 }, duration: { nanoseconds: 1800e9 } };

/** A master with an agent on h1 that runs one task. */
function master(schedule: Schedule, down: object[] = []) {
  const posted: Call[] = [];
  const client = {
    getState: async () => ({
      get_agents: {
        agents: [
          { agent_info: { hostname: 'h1', id: { value: 'm-S0' } }, pid: 'slave(1)@10.0.0.1:5051', active: true },
        ],
      },
      get_tasks: {
        tasks: [
          {
            name: 't',
            task_id: { value: 't' },
            framework_id: { value: 'f' },
            agent_id: { value: 'm-S0' },
            state: 'TASK_RUNNING',
          },
        ],
      },
    }),
    call: async (call: Call) => {
      if (call.type === 'GET_MAINTENANCE_SCHEDULE') return { get_maintenance_schedule: { schedule } };
      if (call.type !== 'GET_MAINTENANCE_STATUS') return void posted.push(call);
      const statuses = [{ status: 'DECLINE', framework_id: { value: 'f' }, timestamp: { nanoseconds: 1 } }];
      return { get_maintenance_status: { status: { draining_machines: [{ id: H1, statuses }], down_machines: down } } };
    },
  } as unknown as MasterClient;
  const windows = () => posted.map((call) => call.update_maintenance_schedule?.schedule.windows);
  return { client, posted, windows };
}

describe('the maintenance schedule', () => {
  test('has a line for each machine, with who is there and what was answered', async () => {
    const windows = [
      { machine_ids: [H1], unavailability: AWAY },
      { machine_ids: [H2], unavailability: { start: AWAY.start } },
    ];
    const view = maintenanceView(await maintenancePicture(master({ windows }, [H2]).client), 1.8e12 - 3_600_000);
    expect(view.names).toEqual(['h1', 'h2']);
    const rows = view.body.kind === 'table' ? view.body.rows.map((row) => row.toSpliced(3, 1)) : [];
    expect(rows).toEqual([
      ['h1', '10.0.0.1', 'scheduled', '1h', '30m', '1', '1 decline', 'm-S0'],
      ['h2', '10.0.0.2', 'down', '1h', 'open end', '0', '-', '-'],
    ]);
    expect(view.data).toMatchObject([
      {
        hostname: 'h1',
        start: '2027-01-15T08:00:00.000Z',
        durationSeconds: 1800,
        answers: [{ framework: 'f', answer: 'DECLINE' }],
      },
      { hostname: 'h2', state: 'down' },
    ]);
  });

  test('gets machines in a window of their own, out of the one that they were in', async () => {
    const { client, windows } = master({ windows: [{ machine_ids: [H1, H2], unavailability: AWAY }] });
    await scheduleMaintenance(client, [{ ...H1, hostname: 'H1' }], { startMs: 5, durationMs: undefined });
    expect(windows()).toEqual([
      [
        { machine_ids: [H2], unavailability: AWAY },
        { machine_ids: [{ ...H1, hostname: 'H1' }], unavailability: { start: { nanoseconds: 5e6 } } },
      ],
    ]);
  });

  test('loses machines, and the windows that are empty then', async () => {
    const { client, windows } = master({ windows: [{ machine_ids: [H1], unavailability: AWAY }] });
    await cancelMaintenance(client, await maintenancePicture(client), [H1]);
    expect(windows()).toEqual([[]]);
  });

  test.each([
    ["Machine 'h1' is not in DRAINING mode and cannot be brought down", "Machine 'h1' is down already."],
    ["Machine 'h1' is not in DOWN mode and cannot be brought up", /^Machine 'h1' is not down/],
    ["Machine '{}' is deactivated and cannot be removed from the schedule", /^Machine '{}' is down/],
    ['Machine list is empty', 'Machine list is empty.'],
  ])('says why it is refused: %s', async (said, why) => {
    const { client } = master({});
    const refusing = {
      ...client,
      call: () => Promise.reject(new ApiError('refused', 'm', said, { status: 400, said })),
    };
    await expect(startMaintenance(refusing as unknown as MasterClient, [H1])).rejects.toMatchObject({
      exitCode: 4,
      text: { why: expect.stringMatching(why) },
    });
  });
});

test('machines are named by host, IP or an agent that is there', async () => {
  const windows = [{ machine_ids: [H1, H2], unavailability: AWAY }];
  const picture: MaintenancePicture = await maintenancePicture(master({ windows }).client);
  expect(scheduledMachines(picture, ['h1', '10.0.0.1', 'm-S0', 'S0', 'h2'])).toEqual([H1, H1, H1, H1, H2]);
  expect(() => scheduledMachines(picture, ['h3'])).toThrow(/Did you mean 'h[12]'/);
  expect(() => scheduledMachines(picture, ['S1'])).not.toThrow(/mean 'S0'/);
  const unscheduled = { ...picture, schedule: { windows: [{ machine_ids: [H2], unavailability: AWAY }] } };
  expect(() => scheduledMachines(unscheduled, ['S0'])).toThrow(/agent 'S0' \(h1\) is not in the maintenance schedule/);
});

test('machines to be scheduled are those of agents, and those of the schedule that have none there', async () => {
  const windows = [{ machine_ids: [H2], unavailability: AWAY }];
  const picture = await maintenancePicture(master({ windows }, [H2]).client);
  expect(machinesToSchedule(picture, ['S0', 'h1', 'h2', '10.0.0.2'])).toEqual([H1, H2]);
  expect(() => machinesToSchedule(picture, ['h3'])).toThrow("There is no agent 'h3'");
});

test('a length that no master can say is refused', () => {
  expect(() => checkLength(3_600_000 * 99_999_999_999)).toThrow(expect.objectContaining({ exitCode: 2 }));
  expect(() => checkLength(3_600_000)).not.toThrow();
  expect(() => checkLength(undefined)).not.toThrow();
});

test.each([
  ['now', 1_000],
  ['2h', 7_201_000],
  ['2027-01-15T08:00:00Z', 1.8e12],
  ['2027-01-15 08:00Z', 1.8e12],
  ['tomorrow', undefined],
  ['99999999h', undefined],
  ['9999999999999999h', undefined],
  ['2300-01-01T00:00', undefined],
])('%s is a time', (text, ms) => {
  expect(parseStart(text, 1_000)).toBe(ms);
});
