// Which offer a run takes, and why none fits.
import { describe, expect, test } from 'vitest';
import { placeOn, whyWaiting } from '../../../src/cli/run/placement.ts';
import { type RunRequest, runTask } from '../../../src/cli/run/request.ts';
import type { AgentEntry } from '../../../src/cli/views/cluster-picture.ts';
import type { Offer, Resource } from '../../../src/mesos/generated/v1.ts';
import { REQUEST, scalar } from './support/request.ts';

function offer(resources: Resource[], attributes: Record<string, string> = {}): Offer {
  return {
    id: { value: 'O1' },
    framework_id: { value: 'F' },
    agent_id: { value: 'S0' },
    hostname: 'h1',
    resources,
    attributes: Object.entries(attributes).map(([name, value]) => ({ name, type: 'TEXT', text: { value } })),
  };
}

function agent(total: Record<string, number>, more: Partial<AgentEntry> = {}): AgentEntry {
  // Only what the explanation looks at.
  return {
    id: 'S0',
    hostname: 'h1',
    state: 'active',
    attributes: {},
    total,
    used: {},
    offered: {},
    ...more,
  } as unknown as AgentEntry;
}

describe('placeOn', () => {
  test('takes just what was asked for', () => {
    expect(placeOn(REQUEST, offer([scalar('cpus', 4), scalar('mem', 1024), scalar('disk', 5)]))).toEqual([
      scalar('cpus', 0.3),
      scalar('mem', 64),
    ]);
  });

  test('takes reserved pieces first, and adds up in thousandths', () => {
    const reservations = [{ type: 'STATIC' as const, role: 'a' }];
    const taken = placeOn(
      REQUEST,
      offer([scalar('cpus', 0.2), scalar('cpus', 0.1, { reservations }), scalar('mem', 64)]),
    );
    expect(taken).toEqual([scalar('cpus', 0.1, { reservations }), scalar('cpus', 0.2), scalar('mem', 64)]);
  });

  test('leaves offers that are too small, or whose agent is another', () => {
    expect(placeOn(REQUEST, offer([scalar('cpus', 0.299), scalar('mem', 64)]))).toBeUndefined();
    const big = [scalar('cpus', 4), scalar('mem', 1024)];
    const onA1 = { ...REQUEST, attributes: new Map([['rack', 'a1']]) };
    expect(placeOn(onA1, offer(big, { rack: 'b2' }))).toBeUndefined();
    expect(placeOn(onA1, offer(big, { rack: 'a1' }))).toBeDefined();
    expect(placeOn({ ...REQUEST, attributes: new Map([['hostname', 'h1']]) }, offer(big))).toBeDefined();
  });

  test('takes no part of a volume, or of a disk that is one piece, for disk that nobody uses', () => {
    const request = { ...REQUEST, diskMb: 10 };
    const rest = [scalar('cpus', 4), scalar('mem', 1024)];
    const volume = { persistence: { id: 'v' }, volume: { container_path: 'v', mode: 'RW' as const } };
    const mount = { source: { type: 'MOUNT' as const, mount: { root: '/mnt' } } };
    const path = { source: { type: 'PATH' as const, path: { root: '/mnt' } } };
    for (const disk of [volume, mount]) {
      expect(placeOn(request, offer([...rest, scalar('disk', 64, { disk })]))).toBeUndefined();
    }
    expect(placeOn(request, offer([...rest, scalar('disk', 64, { disk: path })]))).toBeDefined();
  });

  test('does not take revocable resources', () => {
    expect(placeOn(REQUEST, offer([scalar('cpus', 4, { revocable: {} }), scalar('mem', 64)]))).toBeUndefined();
  });
});

describe('whyWaiting says', () => {
  test.each<[string, RunRequest, AgentEntry[], string]>([
    ['that there is nobody', REQUEST, [], 'no active agent'],
    ['that agents are down', REQUEST, [agent({ cpus: 4, mem: 99 }, { state: 'inactive' })], 'no active agent'],
    [
      'what is too much',
      { ...REQUEST, cpus: 64 },
      [agent({ cpus: 4, mem: 1024 })],
      '64 cpus wanted, the largest has 4',
    ],
    [
      'what is busy',
      REQUEST,
      [agent({ cpus: 4, mem: 1024 }, { used: { cpus: 3.9 } })],
      'busy: 0.3 cpus wanted, at most 0.1 free',
    ],
    [
      'all that is busy, where each agent lacks something else',
      REQUEST,
      [agent({ cpus: 4, mem: 64 }, { used: { cpus: 4 } }), agent({ cpus: 4, mem: 64 }, { used: { mem: 64 } })],
      'busy: 0.3 cpus wanted, at most 4 free; 64 MB mem wanted, at most 64 free',
    ],
    [
      'which attribute is missing',
      { ...REQUEST, attributes: new Map([['rack', 'a']]) },
      [agent({ cpus: 4, mem: 1024 }, { attributes: { rack: 'b' } })],
      'there is rack=b',
    ],
    [
      'that no one has the name',
      { ...REQUEST, attributes: new Map([['rack', 'a']]) },
      [agent({ cpus: 4, mem: 1024 })],
      "none has 'rack' at all",
    ],
    [
      'that no single agent has it all',
      { ...REQUEST, cpus: 3, memMb: 900 },
      [agent({ cpus: 4, mem: 100 }), agent({ cpus: 1, mem: 1024 })],
      'no single agent',
    ],
    ['that others are offered it', REQUEST, [agent({ cpus: 4, mem: 1024 })], 'other frameworks'],
  ])('%s', (_name, request, agents, expected) => {
    expect(whyWaiting(request, agents)).toContain(expected);
  });
});

describe('a command', () => {
  test('of several words is run as it is', () => {
    const { command } = runTask({ ...REQUEST, command: ['sh', '-c', 'exit 7'] }, 'S0', []);
    expect(command).toMatchObject({ shell: false, value: 'sh', arguments: ['sh', '-c', 'exit 7'] });
  });
  test('of one word with blanks is a line for the shell', () => {
    expect(runTask({ ...REQUEST, command: ['echo $HOME | wc'] }, 'S0', []).command).toMatchObject({
      shell: true,
      value: 'echo $HOME | wc',
    });
    expect(runTask({ ...REQUEST, command: ['/bin/true'] }, 'S0', []).command).toMatchObject({ shell: false });
  });
});
