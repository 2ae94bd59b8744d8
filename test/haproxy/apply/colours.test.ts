// Two colours of one service, one of which says something wrong: what is served goes on with what was good (haproxy.md 10.3, 16).
import { expect, test } from 'vitest';
import { type Candidate, Composer } from '../../../src/haproxy/apply/compose.ts';
import { goodLabels } from '../../../src/haproxy/apply/memory/last-good.ts';
import type { LabelMemory } from '../../../src/haproxy/apply/memory/state-file.ts';
import type { DiscoveredApp } from '../../../src/haproxy/discovery/discovered.ts';
import { DEFAULT_OPTIONS } from '../../../src/haproxy/model/options.ts';
import { loadTemplates } from '../../../src/haproxy/render/templates/load-templates.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { madeAnswer, madeApp } from './support/made-answer.ts';

const world = createRealWorld({ log: { level: 'silent' } });
const templates = await loadTemplates(world.disk);
await world.close();

const colour = (name: 'blue' | 'green', startedAt: string, task: number, labels = {}): DiscoveredApp =>
  madeApp(`/cart-${name}`, 8000, [task], {
    HAPROXY_0_PORT: '8000',
    HAPROXY_0_BALANCE: 'leastconn',
    HAPROXY_DEPLOYMENT_GROUP: 'cart',
    HAPROXY_DEPLOYMENT_COLOUR: name,
    HAPROXY_DEPLOYMENT_STARTED_AT: startedAt,
    HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '2',
    ...labels,
  });
const [OLD, NEW] = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];

function composed(apps: readonly DiscoveredApp[], labels: LabelMemory): { candidate: Candidate; labels: LabelMemory } {
  const { discovery, ...context } = madeAnswer(apps);
  const options = { ...DEFAULT_OPTIONS, groups: ['test'], bindsHttp: false };
  const candidate = new Composer({ discovery, context, options, templates, labels }).compose();
  return { candidate, labels: goodLabels(discovery, candidate.model, candidate.bad, labels) };
}

const both = [colour('blue', OLD, 31001), colour('green', NEW, 31002)];
const good = composed(both, {});

function expectServed({ candidate }: { candidate: Candidate }, ...tasks: number[]): void {
  expect(candidate.excluded).toEqual([expect.objectContaining({ keepsLastGood: true })]);
  expect(candidate.model.services.map(({ appId, balance }) => [appId, balance])).toEqual([['/cart', 'leastconn']]);
  expect(candidate.model.services[0]?.servers.map(({ port }) => port)).toEqual(tasks);
}

test('a port label of the colour that leads goes bad', () => {
  const now = composed([colour('blue', OLD, 31001, { HAPROXY_0_BALANCE: 'fastest' }), ...both.slice(1)], good.labels);
  expectServed(now, 31001, 31002);
  expect(now.labels).toEqual(good.labels);
});

test('a colour that is bad from its begin comes to lead: it has the labels of the one before', () => {
  const bad = colour('green', NEW, 31002, { HAPROXY_0_BALANCE: 'fastest' });
  const during = composed([colour('blue', OLD, 31001), bad], {});
  expect(during.candidate.excluded).toEqual([]);
  const after = composed([bad], during.labels);
  expectServed(after, 31002);
  expectServed(composed([bad], after.labels), 31002);
});

test('a label of the deployment goes bad: the colour stays what it was', () => {
  const bad = colour('green', NEW, 31002, { HAPROXY_DEPLOYMENT_TARGET_INSTANCES: 'many' });
  const now = composed([colour('blue', OLD, 31001), bad], good.labels);
  expectServed(now, 31001, 31002);
  expectServed(composed([colour('blue', OLD, 31001), bad], now.labels), 31001, 31002);
});

test('what never was good is left out and named', () => {
  const { candidate } = composed([colour('blue', OLD, 31001, { HAPROXY_0_BALANCE: 'fastest' })], {});
  expect(candidate.model.services).toEqual([]);
  expect(candidate.excluded).toEqual([expect.objectContaining({ appId: '/cart', keepsLastGood: false })]);
});
