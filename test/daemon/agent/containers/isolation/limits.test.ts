// What requests and limits come to in the kernel's units.
import { describe, expect, test } from 'vitest';
import {
  cfsQuotaUs,
  cpuShares,
  cpuWeight,
  limitsOf,
} from '../../../../../src/daemon/agent/containers/isolation/limits.ts';
import { Resources } from '../../../../../src/mesos/resources.ts';

const limits = (resources: string, explicit = {}) =>
  limitsOf({ resources: Resources.parse(resources).toMessages(), limits: explicit });

describe('limits', () => {
  test('shares are 1024 a cpu and at least 2, weights 100 a cpu within the kernel’s range', () => {
    expect([0, 0.001, 0.5, 4].map((cpus) => cpuShares(cpus))).toEqual([2, 2, 512, 4096]);
    expect([0, 0.001, 0.5, 4, 1000].map((cpus) => cpuWeight(cpus))).toEqual([1, 1, 50, 400, 10_000]);
  });

  test('of revocable cpus are a hundredth of that, with what else the container has', () => {
    const [cpus] = Resources.parse('cpus:2').toMessages();
    const revocable = { name: 'cpus', type: 'SCALAR' as const, scalar: { value: 2 }, revocable: {} };
    expect(limitsOf({ resources: [revocable], limits: {} })).toMatchObject({ cpus: 2, hasRevocableCpus: true });
    expect(limitsOf({ resources: cpus ? [cpus] : [], limits: {} })).not.toHaveProperty('hasRevocableCpus');
    expect([0.1, 4].map((amount) => [cpuShares(amount, true), cpuWeight(amount, true)])).toEqual([
      [2, 1],
      [40, 4],
    ]);
  });

  test('the quota is 100 ms a cpu and at least 1 ms', () => {
    expect([0.001, 0.5, 2].map(cfsQuotaUs)).toEqual([1_000, 50_000, 200_000]);
  });

  test('memory is limited to what was asked for unless a limit says more, and never to less than 32 MB', () => {
    const megabyte = 2 ** 20;
    expect(limits('cpus:1;mem:64')).toEqual({
      cpus: 1,
      cpusLimit: undefined,
      memoryBytes: 64 * megabyte,
      memoryLimitBytes: 64 * megabyte,
    });
    expect(limits('mem:64', { memMb: 128 }).memoryLimitBytes).toBe(128 * megabyte);
    expect(limits('mem:64', { memMb: Number.POSITIVE_INFINITY }).memoryLimitBytes).toBe(Number.POSITIVE_INFINITY);
    expect(limits('cpus:1')).toMatchObject({ memoryBytes: 32 * megabyte, memoryLimitBytes: 32 * megabyte });
    expect(limits('mem:1').memoryBytes).toBe(32 * megabyte);
  });

  test('resources of several reservations count together', () => {
    expect(limits('cpus:1;cpus(eng):0.5;mem:32;mem(eng):64')).toMatchObject({ cpus: 1.5, memoryBytes: 96 * 2 ** 20 });
  });
});
