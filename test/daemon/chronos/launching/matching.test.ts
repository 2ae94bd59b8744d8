// Which offers a job may use and what it takes of them (chronos.md 4.5.2, 9.7, 9.8).
import { describe, expect, test } from 'vitest';
import { unmetConstraint } from '../../../../src/daemon/chronos/launching/matching/constraints.ts';
import { OfferResources } from '../../../../src/daemon/chronos/launching/matching/offer-resources.ts';
import { Shortfalls } from '../../../../src/daemon/chronos/launching/matching/shortfalls.ts';
import type { Attribute, Offer } from '../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../src/mesos/resources.ts';

const text = (name: string, value: string): Attribute => ({ name, type: 'TEXT', text: { value } });
const RACK = text('rack', 'r1');
const CORES: Attribute = { name: 'cores', type: 'SCALAR', scalar: { value: 1 } };
const ZONES: Attribute = { name: 'zones', type: 'SET', set: { item: ['a', 'b'] } };
const PORTS: Attribute = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 9 }] } };
const agent = { hostname: 'box', attributes: [RACK, CORES, ZONES, PORTS] };

function offer(resources: string, id = 'o1', more: Partial<Offer> = {}): Offer {
  return {
    id: { value: id },
    framework_id: { value: 'F' },
    agent_id: { value: `agent-${id}` },
    hostname: `host-${id}`,
    resources: Resources.parse(resources).toMessages(),
    ...more,
  };
}

const demand = { cpus: 1_000, mem: 128_000, disk: 0 };

describe('a constraint', () => {
  test.each([
    ['rack', 'EQUALS', 'r1', true],
    ['rack', 'EQUALS', 'r', false],
    ['cores', 'EQUALS', '1.0', false],
    ['rack', 'LIKE', 'r.', true],
    ['rack', 'LIKE', 'r', false],
    ['cores', 'LIKE', '1\\.0', true],
    ['cores', 'LIKE', '1', false],
    ['zones', 'LIKE', 'b', true],
    ['ports', 'LIKE', '.*', false],
    ['rack', 'UNLIKE', 'r2', true],
    ['rack', 'UNLIKE', 'r1', false],
    ['nowhere', 'UNLIKE', 'r1', false],
    ['nowhere', 'LIKE', '.*', false],
    ['hostname', 'EQUALS', 'box', true],
  ] as const)('%s %s %s holds: %s', (attribute, operator, value, holds) => {
    const unmet = unmetConstraint(agent, [{ attribute, operator, value }]);
    expect(unmet === undefined).toBe(holds);
  });

  test('that does not hold is named among those that do', () => {
    const other = { attribute: 'rack', operator: 'EQUALS', value: 'r9' } as const;
    expect(unmetConstraint(agent, [{ attribute: 'rack', operator: 'LIKE', value: 'r1' }, other])).toBe(other);
  });
});

describe('of an offer', () => {
  test('a reserved resource is taken when it covers the amount alone, else what is for everybody', () => {
    const rolesOf = (cpus: number) =>
      new OfferResources(offer('cpus(jobs):1;cpus:4;mem:512'), 'jobs')
        .take({ ...demand, cpus })
        .filter(({ name }) => name === 'cpus')
        .map(({ scalar, reservations }) => [scalar?.value, reservations?.at(-1)?.role ?? '*']);
    expect(rolesOf(1_000)).toEqual([[1, 'jobs']]);
    expect(rolesOf(2_000)).toEqual([[2, '*']]);
    expect(rolesOf(5_000).toSorted()).toEqual([
      [1, 'jobs'],
      [4, '*'],
    ]);
  });

  test('what other roles have reserved is not there for it', () => {
    const resources = new OfferResources(offer('cpus(web):4;mem:512'), 'jobs');
    expect([resources.left('cpus'), resources.fits(demand)]).toEqual([0, false]);
  });

  test('what is taken is gone, to a thousandth', () => {
    const resources = new OfferResources(offer('cpus:0.3;mem:512'), '*');
    const tenth = { cpus: 100, mem: 1_000, disk: 0 };
    for (let task = 0; task < 3; task += 1) {
      expect(resources.fits(tenth)).toBe(true);
      resources.take(tenth);
    }
    expect([resources.left('cpus'), resources.fits(tenth)]).toEqual([0, false]);
  });
});

describe('who finds no offer', () => {
  test('hears what is missing, and whether any agent ever had it', () => {
    const shortfalls = new Shortfalls();
    const small = shortfalls.candidate(offer('cpus:0.5;mem:512', 'o1', { attributes: [RACK] }), '*');
    expect(shortfalls.place([small], demand, [])).toMatchObject({
      candidate: undefined,
      isHopeless: true,
      why: 'it asks for 1 of cpus, and no agent that it may use has more than 0.5',
    });
    shortfalls.candidate(offer('cpus:4;mem:512', 'o2'), '*');
    expect(shortfalls.place([small], demand, [])).toMatchObject({ candidate: undefined, isHopeless: false });
    const unlike = [{ attribute: 'rack', operator: 'UNLIKE', value: 'r1' }] as const;
    expect(shortfalls.place([small], { ...demand, cpus: 100 }, unlike)).toMatchObject({
      isHopeless: true,
      why: 'no agent satisfies its constraints, rack UNLIKE r1 for one',
    });
  });

  test('is told of agents as they are whole, once the master has said so', () => {
    const shortfalls = new Shortfalls();
    const small = shortfalls.candidate(offer('cpus:0.5;mem:512;disk:512', 'half-full'), '*');
    shortfalls.candidate(offer('cpus:16;mem:512;disk:512', 'left'), '*');
    const large = { ...demand, cpus: 8_000 };
    expect(shortfalls.place([small], large, []).isHopeless).toBe(false);
    const whole = (cpus: number) => [
      {
        active: true,
        version: '1.11.0',
        agent_info: { id: small.offer.agent_id, hostname: 'h' },
        total_resources: offer(`cpus:${cpus};mem:512;disk:512`, 'x').resources ?? [],
      },
    ];
    shortfalls.whole(whole(8), '*');
    expect(shortfalls.place([small], large, [])).toMatchObject({ isHopeless: false });
    shortfalls.whole([], '*');
    shortfalls.whole(whole(4), '*');
    expect(shortfalls.place([small], large, []).why).toBe(
      'it asks for 8 of cpus, and no agent that it may use has more than 4',
    );
  });

  test('goes on the first offer with room, however the others are', () => {
    const shortfalls = new Shortfalls();
    const candidates = ['cpus:0.5;mem:512', 'cpus:2;mem:512', 'cpus:8;mem:512'].map((resources, index) =>
      shortfalls.candidate(offer(resources, `o${index}`), '*'),
    );
    expect(shortfalls.place(candidates, demand, []).candidate).toBe(candidates[1]);
  });
});
