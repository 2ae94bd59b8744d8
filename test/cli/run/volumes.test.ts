// Which volumes `mctl run --volume` means, which offers have them, and why it waits for them.
import { describe, expect, test } from 'vitest';
import { volumesOf } from '../../../src/cli/reservations/reserved.ts';
import { runnerFramework } from '../../../src/cli/run/framework.ts';
import { placeOn, whyWaiting } from '../../../src/cli/run/placement.ts';
import type { RunRequest } from '../../../src/cli/run/request.ts';
import { volumeWish, withVolumes } from '../../../src/cli/run/volumes.ts';
import type { AgentEntry, ClusterPicture, TaskEntry } from '../../../src/cli/views/cluster-picture.ts';
import type { Offer, Resource } from '../../../src/mesos/generated/v1.ts';
import { REQUEST as SMALL, scalar } from './support/request.ts';

const REQUEST: RunRequest = { ...SMALL, cpus: 1 };

const volume = (id: string, role: string, more: Partial<Resource> = {}): Resource =>
  scalar('disk', 64, {
    reservations: [{ type: 'DYNAMIC', role }],
    disk: { persistence: { id }, volume: { container_path: `of-${id}`, mode: 'RW' } },
    ...more,
  });

function agent(name: string, volumes: readonly Resource[], more: Partial<AgentEntry> = {}): AgentEntry {
  const total_resources = [scalar('cpus', 4), scalar('mem', 1024), ...volumes];
  // Only what is looked at.
  return {
    id: `M-${name}`,
    hostname: name.toLowerCase(),
    state: 'active',
    attributes: {},
    total: { cpus: 4, mem: 1024 },
    used: {},
    offered: {},
    agent: { total_resources },
    ...more,
  } as unknown as AgentEntry;
}

const AGENTS = [
  agent('S0', [volume('db', 'web'), volume('logs', 'web/front'), volume('twice', 'web'), volume('other', 'ops')]),
  agent('S1', [volume('twice', 'web'), volume('pages', 'web', { shared: {} })]),
];

const picture = (agents = AGENTS, tasks: readonly TaskEntry[] = []): ClusterPicture => ({
  agents,
  tasks,
  frameworks: [],
});

/** As typed; `role` undefined = no --role. */
function wanting(given: readonly string[], role?: string, hostname?: string): RunRequest {
  const attributes = new Map(hostname === undefined ? [] : [['hostname', hostname]]);
  const request = { ...REQUEST, attributes, role: role ?? '*' };
  return withVolumes(request, given.map(volumeWish), role, picture());
}

const problem = (exitCode: number, text: string) =>
  expect.objectContaining({ exitCode, message: expect.stringContaining(text) });

function offer(agentId: string, resources: readonly Resource[]): Offer {
  return {
    id: { value: 'O1' },
    framework_id: { value: 'F' },
    agent_id: { value: agentId },
    hostname: agentId,
    resources: [scalar('cpus', 4), scalar('mem', 1024), ...resources],
  };
}

describe('--volume', () => {
  test.each([
    ['db', { id: 'db', containerPath: undefined, isReadOnly: false }],
    ['web/db:data', { id: 'web/db', containerPath: 'data', isReadOnly: false }],
    ['db:/mnt/data:ro', { id: 'db', containerPath: '/mnt/data', isReadOnly: true }],
    ['db:data:rw', { id: 'db', containerPath: 'data', isReadOnly: false }],
    ['db:ro', { id: 'db', containerPath: undefined, isReadOnly: true }],
  ])('reads %s', (given, wish) => {
    expect(volumeWish(given)).toEqual(wish);
  });

  test.each([':data', '', 'db:', 'db::ro', 'db:../data', 'db:/', 'db:data:rx', 'db:a:b:ro'])('refuses %s', (given) => {
    expect(() => volumeWish(given)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  test('means the volume of that name, at the path that is given or its own, for the role that is offered it', () => {
    expect(wanting(['db', 'logs:in:ro'])).toMatchObject({
      role: 'web/front',
      volumes: [
        { agentId: 'M-S0', role: 'web', persistenceId: 'db', containerPath: 'of-db', isReadOnly: false },
        { agentId: 'M-S0', role: 'web/front', persistenceId: 'logs', containerPath: 'in', isReadOnly: true },
      ],
    });
    expect(wanting(['web/db'], 'web/back')).toMatchObject({ role: 'web/back' });
  });

  test('of a name that several have means the one that the run can have', () => {
    for (const [given, hostname] of [['twice', 's1'], ['M-S1/web/twice'], ['S1/web/twice']] as const) {
      expect(wanting([given], undefined, hostname).volumes).toMatchObject([{ agentId: 'M-S1' }]);
    }
    expect(() => wanting(['twice'])).toThrow(problem(2, "'twice' fits 2 volumes"));
  });

  test('says why there is none: no such volume, another role, another agent, agents or roles that do not go together', () => {
    expect(() => wanting(['dv'])).toThrow(problem(3, "There is no volume 'dv'"));
    expect(() => wanting(['db'], '*')).toThrow(
      problem(5, "'db' on agent s0 (M-S0) is of role 'web', and the run is of role '*'"),
    );
    expect(() => wanting(['logs'], 'web')).toThrow(problem(5, "is of role 'web/front'"));
    expect(() => wanting(['db'], undefined, 's1')).toThrow(
      problem(5, 'is on agent s0 (M-S0), which has not got hostname=s1'),
    );
    expect(() => wanting(['db', 'pages'])).toThrow(problem(5, 'These volumes are not on one agent.'));
    expect(() => wanting(['db', 'other'])).toThrow(problem(5, 'No role is offered all of these volumes.'));
    expect(() => wanting(['db', 'web/db:other'])).toThrow(problem(2, 'A volume is used once'));
    expect(() => wanting(['db:data', 'logs:data'])).toThrow(problem(2, 'at a path of its own'));
  });
});

describe('a run with a volume', () => {
  test('takes the offer that has it, and says where it wants to see it', () => {
    const request = wanting(['db:data:ro']);
    const allocation_info = { role: 'web' };
    const there = volume('db', 'web', { allocation_info });
    expect(placeOn(request, offer('M-S0', [there]))).toEqual([
      { ...there, disk: { persistence: { id: 'db' }, volume: { container_path: 'data', mode: 'RO' } } },
      scalar('cpus', 1),
      scalar('mem', 64),
    ]);
    for (const [agentId, one] of [
      ['M-S1', there],
      ['M-S0', volume('db', 'ops')],
      ['M-S0', volume('db-1', 'web')],
      ['M-S0', scalar('disk', 64)],
    ] as const) {
      expect(placeOn(request, offer(agentId, [one]))).toBeUndefined();
    }
  });

  test('is offered shared ones', () => {
    const capabilities = (takesShared: boolean) =>
      runnerFramework({ name: 'n', user: 'u', role: 'web', hostname: 'h', takesGpus: false, takesShared }).capabilities;
    expect(capabilities(true)).toContainEqual({ type: 'SHARED_RESOURCES' });
    expect(capabilities(false)).not.toContainEqual({ type: 'SHARED_RESOURCES' });
  });

  const waiting = (request: RunRequest, now: ClusterPicture): string => whyWaiting(request, now.agents, volumesOf(now));
  const usedBy = (...ids: string[]): TaskEntry[] =>
    ids.map(
      (id) =>
        ({
          id,
          live: true,
          agentId: 'M-S1',
          task: { resources: [volume('pages', 'web'), volume('twice', 'web')] },
        }) as unknown as TaskEntry,
    );

  test('says what keeps it waiting', () => {
    const request = wanting(['S1/web/twice']);
    const [s0, s1] = AGENTS as [AgentEntry, AgentEntry];
    expect(waiting(request, picture(AGENTS, usedBy('t1')))).toBe(
      "volume 'twice' on agent s1 (M-S1) is in use by task t1, and is not shared",
    );
    expect(waiting(request, picture(AGENTS, usedBy('t1', 't2', 't3')))).toContain('by task t1 and 2 more,');
    expect(waiting(request, picture([s0]))).toBe("agent M-S1, which has volume 'twice', is not registered");
    expect(waiting(request, picture([s0, { ...s1, state: 'drained' }]))).toBe(
      "agent s1 (M-S1), which has volume 'twice', is drained",
    );
    expect(waiting(request, picture([s0, agent('S1', [])]))).toContain("'twice' of role 'web' is not on agent s1");
    // A shared one is nobody's alone; then it is as with any other agent, of which only that one counts.
    const busy = picture([s0, { ...s1, used: { cpus: 3.5 } }], usedBy('t1'));
    expect(waiting(wanting(['pages']), busy)).toBe(
      'the only agent that is large enough is busy: 1 cpus wanted, at most 0.5 free',
    );
  });
});
