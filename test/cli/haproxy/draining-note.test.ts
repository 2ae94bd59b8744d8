// What is said of a Marathon that does not tell when tasks are about to end.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tellOfDraining } from '../../../src/cli/haproxy/running/draining-note.ts';
import { DEFAULT_OPTIONS } from '../../../src/haproxy/model/options.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { MadeMarathon } from './support/made-marathon.ts';

const world = createRealWorld({ log: { level: 'silent' } });
let marathon: MadeMarathon;

beforeEach(async () => {
  marathon = await MadeMarathon.start();
});
afterEach(() => marathon.stop());

async function said(style: 'marathon-lb' | 'bridge' = 'marathon-lb'): Promise<string[]> {
  const words: string[] = [];
  const places = { marathons: ['http://127.0.0.1:1', marathon.url], headers: {}, insecureTls: false };
  const settings = { options: { ...DEFAULT_OPTIONS, style } };
  await tellOfDraining(world, settings, places, { say: (text) => words.push(text) });
  return words;
}

test('it is named, with what it has to be started with', async () => {
  marathon.features = ['vips', 'gpu_resources'];
  expect(await said()).toEqual([expect.stringContaining('--enable_features=task_killing')]);
  expect(await said('bridge')).toEqual([]);
});

test('nothing is said where it tells, or where nobody knows', async () => {
  expect(await said()).toEqual([]);
  marathon.features = ['task_killing'];
  expect(await said()).toEqual([]);
});
