import { describe, expect, it } from 'vitest';
import { PlacedInstances } from '../../../../src/daemon/marathon/matching/placed-instances.ts';
import { changedApp } from '../../../../src/daemon/marathon/matching/why/changed-app.ts';
import type { AgentOffer } from '../../../../src/daemon/marathon/matching/why/cluster-picture.ts';
import {
  explainPlacement,
  type PlacementQuestion,
  previewPlacement,
} from '../../../../src/daemon/marathon/matching/why/explain.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import { parseAttributes } from '../../../../src/mesos/text/attributes.ts';
import fc from '../../../fast-check.ts';
import { app, constraint, context, NOW_MS, placedAt, port } from './support.ts';

function agent(name: string, resources: string, attributes = '', more: Partial<AgentOffer> = {}): AgentOffer {
  return {
    agentId: `agent-${name}`,
    hostname: name,
    resources: Resources.parse(resources).toMessages(),
    attributes: parseAttributes(attributes),
    ...more,
  };
}

function question(
  changes: Partial<App>,
  agents: readonly AgentOffer[],
  more: Partial<PlacementQuestion> = {},
): PlacementQuestion {
  const asked = app({ instances: 3, ...changes });
  return {
    app: asked,
    missing: 1,
    agents,
    placed: new PlacedInstances(asked),
    context: context(),
    maxInstancesPerOffer: 5,
    ...more,
  };
}

const explain = (...args: Parameters<typeof question>) => explainPlacement(question(...args));
const PORTS = 'ports:[31000-31999]';

describe('an explanation', () => {
  it('says of each agent the first thing in the way, with the numbers', () => {
    const told = explain({ cpus: 4 }, [
      agent('h1', 'cpus:1.5;mem:4096'),
      agent('h2', 'cpus(other):8;mem(other):4096'),
      agent('h3', 'cpus:0.5;mem:64'),
    ]);
    expect(told).toMatchObject({ state: 'none', missing: 1, places: 0, agentCount: 3 });
    expect(told.agents.map(({ hostname, reason }) => [hostname, reason])).toEqual([
      ['h1', 'InsufficientCpus'],
      ['h3', 'InsufficientCpus'],
      ['h2', 'UnfulfilledRole'],
    ]);
    expect(told.agents[0]?.shortfalls).toEqual([
      { reason: 'InsufficientCpus', resource: 'cpus', needed: 4, available: 1.5 },
    ]);
    expect(told.funnel.filter(({ declined }) => declined > 0)).toEqual([
      { reason: 'UnfulfilledRole', declined: 1, processed: 3 },
      { reason: 'InsufficientCpus', declined: 2, processed: 2 },
    ]);
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
  });

  it('lowers a need to the most that fits one more, and to the most that fits all', () => {
    const told = explain({ cpus: 4 }, [agent('h1', 'cpus:3;mem:4096'), agent('h2', 'cpus:1.55;mem:4096')], {
      missing: 2,
    });
    expect(told.suggestions).toEqual([
      { changes: [{ kind: 'resource', resource: 'cpus', from: 4, to: 3 }], places: 1, placesAll: false },
      { changes: [{ kind: 'resource', resource: 'cpus', from: 4, to: 1.5 }], places: 2, placesAll: true },
    ]);
  });

  it('counts what instances that fit have taken already', () => {
    const told = explain({ mem: 1000 }, [agent('h1', 'cpus:8;mem:1500')], { missing: 2 });
    expect(told).toMatchObject({ state: 'partly', places: 1 });
    expect(told.agents[0]).toMatchObject({
      places: 1,
      shortfalls: [{ resource: 'mem', needed: 1000, available: 500 }],
    });
    expect(told.suggestions[0]).toEqual({
      changes: [{ kind: 'resource', resource: 'mem', from: 1000, to: 750 }],
      places: 2,
      placesAll: true,
    });
  });

  it('loosens a constraint as little as is needed', () => {
    const constraints = [constraint('hostname', 'UNIQUE')];
    const told = explain({ constraints }, [agent('h1', 'cpus:8;mem:4096')], {
      missing: 2,
      placed: placedAt({ constraints }, 'hostname', ['h1']),
    });
    expect(told.agents[0]?.shortfalls).toEqual([
      { reason: 'UnfulfilledConstraint', kind: 'constraint', constraint: constraints[0], value: 'h1', placed: 1 },
    ]);
    const max = (value: string) => ({
      kind: 'constraint',
      from: constraints[0],
      to: constraint('hostname', 'MAX_PER', value),
    });
    expect(told.suggestions).toEqual([
      { changes: [max('3')], places: 2, placesAll: true },
      { changes: [max('2')], places: 1, placesAll: false },
      { changes: [{ kind: 'constraint', from: constraints[0] }], places: 2, placesAll: true },
    ]);
  });

  it('names a value that agents have, where the one asked for is nowhere', () => {
    const constraints = [constraint('rack', 'IS', 'r9')];
    const told = explain({ constraints }, [agent('h1', 'cpus:8;mem:4096', 'rack:r1'), agent('h2', 'cpus:8;mem:4096')]);
    expect(told.suggestions[0]?.changes).toEqual([
      { kind: 'constraint', from: constraints[0], to: constraint('rack', 'IS', 'r1') },
    ]);
    expect(told.agents.find(({ hostname }) => hostname === 'h2')?.shortfalls[0]).not.toHaveProperty('value');
  });

  it('takes other ports or fewer', () => {
    const fixed = explain({ requirePorts: true, portDefinitions: [port(80)] }, [
      agent('h1', `cpus:8;mem:4096;${PORTS}`),
    ]);
    expect(fixed.agents[0]?.shortfalls).toEqual([
      { reason: 'InsufficientPorts', needed: 1, available: 1000, missing: [80] },
    ]);
    expect(fixed.suggestions[0]?.changes).toEqual([{ kind: 'any-ports', ports: [80] }]);
    const many = explain({ portDefinitions: [port(0), port(0), port(0)] }, [
      agent('h1', 'cpus:8;mem:4096;ports:[1-2]'),
    ]);
    expect(many.suggestions[0]?.changes).toEqual([{ kind: 'ports', from: 3, to: 2 }]);
  });

  it('looks at other roles, other regions and agents with GPUs', () => {
    const reserved = explain({ role: 'web' }, [agent('h1', 'cpus(db):8;mem(db):4096')]);
    expect(reserved.suggestions[0]?.changes).toEqual([{ kind: 'role', from: 'web', to: 'db' }]);
    const narrow = explain({ role: 'web', acceptedResourceRoles: ['web'] }, [agent('h1', 'cpus:8;mem:4096')]);
    expect(narrow.suggestions[0]?.changes).toEqual([
      { kind: 'accepted-resource-roles', from: ['web'], to: ['web', '*'] },
    ]);
    const away = explain({}, [agent('h1', 'cpus:8;mem:4096', '', { region: 'us', zone: 'a' })], {
      context: context({ masterRegion: 'eu' }),
    });
    expect(away.suggestions[0]?.changes).toEqual([{ kind: 'constraint', to: constraint('@region', 'IS', 'us') }]);
    const gpus = explain({}, [agent('h1', 'cpus:8;mem:4096;gpus:1')]);
    expect(gpus.suggestions[0]?.changes).toEqual([
      { kind: 'label', name: 'GPU_SCHEDULING_BEHAVIOR', to: 'unrestricted' },
    ]);
  });

  it('mends several things together where one does not do', () => {
    const constraints = [constraint('rack', 'LIKE', 'x.*')];
    const told = explain({ cpus: 4, mem: 1024, constraints, portDefinitions: [port(0), port(0)] }, [
      agent('h1', 'cpus:2;mem:512;ports:[1-1]', 'rack:r1'),
    ]);
    expect(told.suggestions).toHaveLength(1);
    expect(told.suggestions[0]?.changes).toEqual([
      { kind: 'resource', resource: 'cpus', from: 4, to: 2 },
      { kind: 'resource', resource: 'mem', from: 1024, to: 512 },
      { kind: 'constraint', from: constraints[0] },
      { kind: 'ports', from: 2, to: 1 },
    ]);
  });

  it('suggests nothing where nothing helps', () => {
    const down = { unavailability: { start: { nanoseconds: 0 } } };
    const told = explain({}, [agent('h1', 'cpus:8;mem:4096', '', down)]);
    expect(told.suggestions).toEqual([]);
    expect(told.agents[0]?.reason).toBe('UnfulfilledConstraint');
    expect(told.isSearchComplete).toBe(true);
  });

  it('tells a delay, a wait for offers, and that there is nobody', () => {
    const agents = [agent('h1', 'cpus:8;mem:4096')];
    expect(explain({}, agents)).toMatchObject({ state: 'fits', places: 1, suggestions: [] });
    expect(explain({}, agents, { delayedUntilMs: NOW_MS + 1500 })).toMatchObject({
      state: 'delayed',
      delay: { untilMs: NOW_MS + 1500, secondsLeft: 2 },
    });
    expect(explain({}, agents, { delayedUntilMs: NOW_MS - 1 })).not.toHaveProperty('delay');
    expect(explain({}, [])).toMatchObject({ state: 'no-agents', agentCount: 0 });
    expect(explain({}, agents, { missing: 0 })).toMatchObject({ state: 'complete' });
  });

  it('tells of as many agents as asked for and says how many there are more', () => {
    const agents = Array.from({ length: 5 }, (_, i) => agent(`h${i}`, 'cpus:0.1;mem:10'));
    const told = explain({}, agents, { agentLimit: 2 });
    expect(told.agents).toHaveLength(2);
    expect(told).toMatchObject({ agentsLeftOut: 3, agentCount: 5 });
  });

  it('stops searching at its limit and says so', () => {
    const agents = Array.from({ length: 20 }, (_, i) => agent(`h${i}`, 'cpus:0.5;mem:1000'));
    expect(explain({}, agents, { matchLimit: 10, missing: 30 })).toMatchObject({ isSearchComplete: false });
  });

  it('leaves the placed instances as they were, and each suggestion does what it says', () => {
    const amounts = fc.record({
      cpus: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
      mem: fc.integer({ min: 1, max: 512 }),
      rack: fc.constantFrom('r1', 'r2', 'r3'),
    });
    const constraints = fc.constantFrom(
      [],
      [constraint('hostname', 'UNIQUE')],
      [constraint('rack', 'GROUP_BY', '2')],
      [constraint('rack', 'MAX_PER', '1'), constraint('rack', 'LIKE', 'r[12]')],
    );
    fc.assert(
      fc.property(
        fc.array(amounts, { maxLength: 5 }),
        constraints,
        fc.integer({ min: 1, max: 4 }),
        (given, wanted, missing) => {
          const agents = given.map(({ cpus, mem, rack }, i) =>
            agent(`h${i}`, `cpus:${cpus};mem:${mem}`, `rack:${rack}`),
          );
          const asked = question({ cpus: 2, mem: 256, constraints: wanted, instances: 5 }, agents, { missing });
          asked.placed.add('i', { host: 'h0', attributes: parseAttributes('rack:r1') });
          const told = explainPlacement(asked);
          expect(asked.placed.size).toBe(1);
          for (const { changes, places, placesAll } of told.suggestions) {
            const changed = changedApp(asked.app, changes);
            const preview = previewPlacement({ ...asked, app: changed, count: missing });
            expect(preview.places).toBe(places);
            expect(places).toBeGreaterThan(told.places);
            expect(placesAll).toBe(places === missing);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a preview', () => {
  it('says where instances would go, as many on one offer as the flag allows', () => {
    const agents = [agent('h1', 'cpus:8;mem:4096'), agent('h2', 'cpus:1;mem:4096'), agent('h3', 'cpus:0;mem:4096')];
    expect(previewPlacement({ ...question({}, agents), count: 10, maxInstancesPerOffer: 3 })).toEqual({
      places: 9,
      missing: 1,
      agents: [
        { agentId: 'agent-h1', hostname: 'h1', instances: 8 },
        { agentId: 'agent-h2', hostname: 'h2', instances: 1 },
      ],
    });
  });

  it('keeps to the constraints among those it places', () => {
    const constraints = [constraint('hostname', 'UNIQUE')];
    const agents = ['h1', 'h2', 'h3'].map((name) => agent(name, 'cpus:8;mem:4096'));
    const preview = previewPlacement({ ...question({ constraints }, agents), count: 4 });
    expect(preview).toMatchObject({ places: 3, missing: 1 });
    expect(preview.agents.map(({ instances }) => instances)).toEqual([1, 1, 1]);
  });
});
