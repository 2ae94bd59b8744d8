// The JSON of the next colour.
import { describe, expect, test } from 'vitest';
import { coloursOf } from '../../../src/haproxy/bluegreen/colours/colours.ts';
import { groupOf, type Preparation, prepareColour } from '../../../src/haproxy/bluegreen/colours/prepare.ts';
import { Refusal } from '../../../src/haproxy/bluegreen/refusal.ts';
import { underWay, type Wish } from '../../../src/haproxy/bluegreen/steps/goal.ts';
import type { JsonObject } from '../../../src/haproxy/discovery/json-fields.ts';
import { made, PACE } from './made-colours.ts';

const LABELS = {
  HAPROXY_GROUP: 'external',
  HAPROXY_DEPLOYMENT_GROUP: 'cart',
  HAPROXY_DEPLOYMENT_ALT_PORT: '10051',
};
const APP: JsonObject = {
  id: 'cart',
  cmd: 'serve',
  instances: 3,
  labels: LABELS,
  networks: [{ mode: 'host' }],
  portDefinitions: [{ port: 10_050, name: 'http' }],
};
const NOW_MS = Date.UTC(2026, 1, 1, 9);

function prepared(definition: JsonObject, more: Partial<Preparation> = {}) {
  return prepareColour({ definition, live: undefined, pace: PACE, newInstances: undefined, nowMs: NOW_MS, ...more });
}

function refusalOf(fn: () => unknown): Refusal {
  try {
    fn();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the first colour', () => {
  test('is blue, at full size, with labels that say so', () => {
    expect(prepared(APP)).toEqual({
      id: '/cart-blue',
      group: '/cart',
      target: 3,
      definition: {
        ...APP,
        id: '/cart-blue',
        instances: 3,
        labels: {
          ...LABELS,
          HAPROXY_APP_ID: 'cart',
          HAPROXY_0_PORT: '10050',
          HAPROXY_DEPLOYMENT_COLOUR: 'blue',
          HAPROXY_DEPLOYMENT_STARTED_AT: '2026-02-01T09:00:00.000000',
          HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '3',
          HAPROXY_DEPLOYMENT_NEW_INSTANCES: '0',
        },
      },
    });
  });

  test('keeps a port label of the app: it is what the balancer listens on', () => {
    const labels = { ...LABELS, HAPROXY_0_PORT: '5432' };
    expect(prepared({ ...APP, labels }).definition.labels).toMatchObject({ HAPROXY_0_PORT: '5432' });
  });
});

describe('the next colour', () => {
  test('is green after blue, on the other port, begins small and aims at what is live', () => {
    const { id, target, definition } = prepared({ ...APP, instances: 1 }, { live: made('blue', 5) });
    expect({ id, target }).toEqual({ id: '/cart-green', target: 5 });
    expect(definition).toMatchObject({
      instances: 1,
      portDefinitions: [{ port: 10_051, name: 'http' }],
      labels: { HAPROXY_0_PORT: '10050', HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '5' },
    });
  });

  test('is blue after green, and back on the first port', () => {
    const { id, definition } = prepared(APP, { live: made('green', 2) });
    expect(id).toBe('/cart-blue');
    expect(definition.portDefinitions).toEqual([{ port: 10_050, name: 'http' }]);
  });

  test('is younger than the live one, whatever the clocks say', () => {
    const labels = { HAPROXY_DEPLOYMENT_STARTED_AT: '2030-01-01T00:00:00' };
    const { definition } = prepared(APP, { live: made('blue', 3, { labels }) });
    expect(definition.labels).toMatchObject({ HAPROXY_DEPLOYMENT_STARTED_AT: '2030-01-01T00:00:00.001000' });
  });

  test('never begins with more than it is to have', () => {
    const pace = { ...PACE, initialInstances: 4 };
    expect(prepared(APP, { live: made('blue', 3), pace }).definition.instances).toBe(3);
    const shared = prepared(APP, { live: made('blue', 3), pace, newInstances: 2 }).definition;
    expect(shared).toMatchObject({ instances: 2, labels: { HAPROXY_DEPLOYMENT_NEW_INSTANCES: '2' } });
  });

  test('must leave something of the old one when it is to be shared', () => {
    expect(refusalOf(() => prepared(APP, { live: made('blue', 3), newInstances: 3 }))).toMatchObject({
      code: 'conflict',
      next: ['Leave it out to replace all of them.'],
    });
  });

  test.each<[string, JsonObject, JsonObject]>([
    [
      'port mappings of the container',
      { container: { type: 'MESOS', portMappings: [{ containerPort: 80, servicePort: 10_050 }] } },
      { container: { type: 'MESOS', portMappings: [{ containerPort: 80, servicePort: 10_051 }] } },
    ],
    [
      'port mappings of docker',
      { container: { docker: { image: 'x', portMappings: [{ containerPort: 80, servicePort: 10_050 }] } } },
      { container: { docker: { image: 'x', portMappings: [{ containerPort: 80, servicePort: 10_051 }] } } },
    ],
  ])('gets the other port in %s', (_, given, wanted) => {
    const { portDefinitions: _none, ...app } = APP;
    const bridge = { ...app, networks: [{ mode: 'container/bridge' }] };
    expect(prepared({ ...bridge, ...given }, { live: made('blue', 1) }).definition).toMatchObject(wanted);
  });

  test('gets the other port in the old list of ports too', () => {
    const { portDefinitions: _none, ...app } = APP;
    expect(prepared({ ...app, ports: [10_050] }, { live: made('blue', 1) }).definition.ports).toEqual([10_051]);
  });
});

describe('a definition is refused', () => {
  const without = (name: keyof typeof LABELS) => ({ ...APP, labels: { ...LABELS, [name]: undefined } });
  const labelled = (more: Record<string, unknown>) => ({ ...APP, labels: { ...LABELS, ...more } });
  test.each<[string, JsonObject, RegExp]>([
    ['without labels', { ...APP, labels: undefined }, /lacks the label HAPROXY_DEPLOYMENT_GROUP/],
    ['without an alternate port', JSON.parse(JSON.stringify(without('HAPROXY_DEPLOYMENT_ALT_PORT'))), /ALT_PORT/],
    ['without a group', JSON.parse(JSON.stringify(without('HAPROXY_DEPLOYMENT_GROUP'))), /DEPLOYMENT_GROUP/],
    ['with an empty group', labelled({ HAPROXY_DEPLOYMENT_GROUP: '' }), /DEPLOYMENT_GROUP must be a name/],
    ['with a group of two lines', labelled({ HAPROXY_DEPLOYMENT_GROUP: 'a\nb' }), /DEPLOYMENT_GROUP must be a name/],
    ['with a port that is none', labelled({ HAPROXY_DEPLOYMENT_ALT_PORT: '1e4' }), /ALT_PORT must be a port/],
    ['with a label that is no text', labelled({ HAPROXY_DEPLOYMENT_ALT_PORT: 10_051 }), /put quotes round it/],
    ['whose two ports are one', labelled({ HAPROXY_DEPLOYMENT_ALT_PORT: '10050' }), /the service port itself/],
    ['with two service ports', { ...APP, portDefinitions: [{ port: 1 }, { port: 2 }] }, /2 service ports/],
    ['with a port that Marathon chooses', { ...APP, portDefinitions: [{ port: 0 }] }, /no service port of its own/],
    ['without a port', { ...APP, portDefinitions: [] }, /no service port of its own/],
    ['without an id', { ...APP, id: undefined }, /no id/],
    ['with instances that are no number', { ...APP, instances: '3' }, /instances is no number/],
    ['with portDefinitions that are no list', { ...APP, portDefinitions: 'x' }, /portDefinitions is/],
  ])('%s', (_, definition, why) => {
    const refusal = refusalOf(() => prepared(definition));
    expect(refusal.message).toMatch(why);
    expect(refusal.code).toBe('definition');
  });

  test('whose colour is live without saying so', () => {
    const live = { ...made('blue', 3), colour: undefined };
    expect(refusalOf(() => prepared(APP, { live }))).toMatchObject({ code: 'conflict' });
  });
});

describe('the live apps of a group', () => {
  const blue = made('blue', 2).definition;
  const green = made('green', 1).definition;

  test('come oldest first, with or without the slash', () => {
    const slashed = { ...blue, labels: { ...blue.labels, HAPROXY_DEPLOYMENT_GROUP: '/cart' } };
    const other = { ...blue, id: '/x', labels: { HAPROXY_DEPLOYMENT_GROUP: 'carts' } };
    expect(coloursOf('/cart', [green, other, slashed]).map(({ id }) => id)).toEqual(['/cart-blue', '/cart-green']);
    expect(groupOf({ labels: slashed.labels })).toBe('/cart');
  });

  test('without a start count as older', () => {
    const { HAPROXY_DEPLOYMENT_STARTED_AT: _, ...labels } = green.labels;
    expect(coloursOf('/cart', [blue, { ...green, labels }]).map(({ id }) => id)).toEqual(['/cart-green', '/cart-blue']);
  });

  test('are two at most', () => {
    const third = { ...green, id: '/cart-red' };
    expect(refusalOf(() => coloursOf('/cart', [blue, green, third]))).toMatchObject({
      code: 'conflict',
      why: expect.stringContaining('/cart-blue, /cart-green, /cart-red'),
    });
  });

  test('with a label that is no number are refused by name', () => {
    const labels = { ...blue.labels, HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '3; rm' };
    expect(refusalOf(() => coloursOf('/cart', [{ ...blue, labels }])).message).toBe(
      '/cart-blue: the label HAPROXY_DEPLOYMENT_TARGET_INSTANCES must be a number of instances.',
    );
  });
});

describe('what is under way', () => {
  const blue = made('blue', 2);
  const shared = { HAPROXY_DEPLOYMENT_NEW_INSTANCES: '1' };

  test.each<[Wish, Record<string, string>, object]>([
    ['resume', {}, { kind: 'replace', target: 3 }],
    ['resume', shared, { kind: 'share', target: 3, newInstances: 1 }],
    ['complete-cur', shared, { kind: 'replace', target: 3 }],
    ['complete-prev', shared, { kind: 'give-back', target: 3 }],
    ['abort', {}, { kind: 'abort', target: 3 }],
  ])('is gone on with by %s as its labels say (%j)', (wish, labels, goal) => {
    expect(underWay('/cart', wish, [blue, made('green', 1, { labels })]).goal).toEqual(goal);
  });

  test('is in the way of a new deployment', () => {
    expect(refusalOf(() => underWay('/cart', 'deploy', [blue, made('green', 1)]))).toMatchObject({ code: 'conflict' });
  });

  test('is nothing with one colour, and with none', () => {
    expect(refusalOf(() => underWay('/cart', 'abort', [blue]))).toMatchObject({ code: 'nothing' });
    expect(refusalOf(() => underWay('/cart', 'resume', []))).toMatchObject({ code: 'nothing' });
  });
});
