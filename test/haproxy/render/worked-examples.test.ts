// The worked examples of haproxy.md 21: Marathon's answer in, the very bytes out, and HAProxy's own opinion of them.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readApps } from '../../../src/haproxy/discovery/read-apps.ts';
import { buildModel } from '../../../src/haproxy/model/build-model.ts';
import type { BalancerOptions } from '../../../src/haproxy/model/options.ts';
import { render } from '../../../src/haproxy/render/render.ts';
import { BUILT_IN, OPTIONS } from './made-services.ts';
import { complaints, MISSING } from './real-haproxy.ts';

const ADDRESSES = new Map([
  ['agent1.example', '10.0.0.11'],
  ['agent2.example', '10.0.0.12'],
  ['agent1', '10.0.0.11'],
]);

const EXAMPLES: readonly (readonly [name: string, options: Partial<BalancerOptions>])[] = [
  ['tcp-service', {}],
  ['virtual-host', {}],
  ['paths-on-one-host', {}],
  ['blue-green', { usesMaps: true }],
];

describe.each(EXAMPLES)('worked example %s', (name, options) => {
  const read = (ending: string) => readFileSync(new URL(`examples/${name}.${ending}`, import.meta.url), 'utf8');
  const answer = JSON.parse(read('json')) as { apps: unknown[] };
  const rendered = (apps: readonly unknown[]) => {
    const all = { ...OPTIONS, ...options };
    const model = buildModel(readApps({ apps }, 'http://m1:8080'), all, { addresses: ADDRESSES });
    return render(model, all, BUILT_IN).rendered;
  };

  test('comes out equal to the byte, but for what keeps idle connections over a reload and ends old workers', () => {
    // A reload leaves idle keep-alive connections to their clients; and section 9 has a limit that the head of 21 has not.
    const text = rendered(answer.apps).config.replaceAll('  option idle-close-on-response\n', '');
    expect(text.replace('  mworker-max-reloads 20\n', '')).toBe(read('cfg'));
  });

  test('comes out the same from apps in another order', () => {
    expect(rendered([...answer.apps].reverse())).toEqual(rendered(answer.apps));
  });

  test.skipIf(MISSING !== undefined)('is taken by a real HAProxy without a warning', () => {
    expect(complaints(rendered(answer.apps))).toBe('');
  });
});

test('the maps of the blue/green example lead to its one backend', () => {
  const answer: unknown = JSON.parse(readFileSync(new URL('examples/blue-green.json', import.meta.url), 'utf8'));
  const options = { ...OPTIONS, usesMaps: true };
  const model = buildModel(readApps(answer, 'http://m1:8080'), options, { addresses: ADDRESSES });
  expect(render(model, options, BUILT_IN).rendered.maps).toEqual({
    'domain2backend.map': 'cart.example.com cart_10050\n',
    'app2backend.map': '/cart cart_10050\n',
    'certificates.list': '',
  });
});
