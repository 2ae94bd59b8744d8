import { expect, test } from 'vitest';
import type { QuotaConfig } from '../../../src/mesos/generated/quota.ts';
import { quotasOf, quotaText } from '../../../src/tui/feeds/offers/quota.ts';

test('quota is told by role: what is guaranteed, and the most there may be', () => {
  const configs: QuotaConfig[] = [
    { role: 'web', guarantees: { cpus: { value: 4 }, mem: { value: 1024 } }, limits: { cpus: { value: 16 } } },
    { role: 'batch', limits: { gpus: { value: 2 } } },
  ];
  expect([...quotasOf({ configs })]).toEqual([
    ['web', 'cpus 4-16, mem 1,024-'],
    ['batch', 'gpus 0-2'],
  ]);
});

test('masters before 1.9 know guarantees only, and some know nothing of it', () => {
  const guarantee = [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 4 } }];
  expect([...quotasOf({ infos: [{ role: 'web', guarantee }] })]).toEqual([['web', 'cpus 4-']]);
  expect(quotasOf(undefined).size).toBe(0);
});

test('masters of ours tell what the role has of it, too', () => {
  const quota = { guarantees: { cpus: 4 }, limits: { cpus: 16, mem: 2048 }, consumed: { cpus: 3 } };
  expect(quotaText(quota)).toBe('cpus 3 of 4-16, mem 0 of 0-2,048');
});
