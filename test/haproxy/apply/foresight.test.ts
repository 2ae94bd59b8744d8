// What a dry run says: whether a turn would succeed, without a trace of having asked (haproxy.md 10.12).
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DiscoveredApp } from '../../../src/haproxy/discovery/discovered.ts';
import { Balancer, HAS_HAPROXY, type TurnChanges } from './support/balancer.ts';
import { madeAnswer, madeApp } from './support/made-answer.ts';

let balancer: Balancer;

beforeEach(async () => {
  balancer = await Balancer.make();
  await balancer.start();
});

afterEach(() => balancer.end());

const foresee = (apps: readonly DiscoveredApp[], changes: TurnChanges = {}) =>
  balancer.applier(async () => madeAnswer(apps), changes).foresee(true);

const RAW = { options: { rawLabels: { kind: 'allow-all' } } } as const;

describe.skipIf(!HAS_HAPROXY)('a dry run', () => {
  test('asks HAProxy, and leaves neither files nor state behind', async () => {
    const { ports, directory } = balancer;
    await balancer.turn([madeApp('/web', ports, [ports + 50])]);
    const [files, state] = [readdirSync(directory), balancer.state()];
    const made: string[] = [];
    const seen: TurnChanges = {
      ...RAW,
      world: (world) => ({
        ...world,
        disk: {
          ...world.disk,
          makeDirectory: (path, options) => {
            made.push(path);
            return world.disk.makeDirectory(path, options);
          },
        },
      }),
    };
    const bad = madeApp('/bad', ports + 1, [ports + 50], {
      HAPROXY_0_BACKEND_HEAD: 'backend {backend}\n  frobnicate\n',
    });
    const { obstacle, next, plan } = await foresee([madeApp('/web', ports, [ports + 51]), bad], seen);
    expect(obstacle).toBeUndefined();
    expect(plan.kind).toBe('runtime');
    expect(next.excluded).toEqual([
      expect.objectContaining({ appId: '/bad', reason: expect.stringContaining('frobnicate') }),
    ]);
    expect([readdirSync(directory), balancer.state()]).toEqual([files, state]);
    expect(made).toEqual([expect.stringMatching(/^\/tmp\/mctl-haproxy-check-/)]);
    expect(existsSync(made[0] ?? '')).toBe(false);
  });

  test('says what a turn would fail of: no HAProxy to check with, a template that is wrong, the guard', async () => {
    const { ports } = balancer;
    const apps = [madeApp('/a', ports, [ports + 50]), madeApp('/b', ports + 1, [ports + 50])];
    const missing = await foresee(apps, { settings: { haproxy: '/nowhere/haproxy' } });
    expect(missing.obstacle).toMatchObject({
      code: 'no-haproxy',
      message: expect.stringContaining('/nowhere/haproxy'),
    });
    expect(missing.next.model.services).toHaveLength(2);
    expect((await foresee(apps, { options: { statsBind: 'nonsense' } })).obstacle?.code).toBe('nothing-valid');
    await balancer.turn(apps);
    expect((await foresee([])).obstacle?.code).toBe('guard');
    expect((await foresee([], { settings: { force: true } })).obstacle).toBeUndefined();
  });

  test('listens nowhere: a turn that is at work must not find its ports taken', async () => {
    const { ports } = balancer;
    const listened: number[] = [];
    const changes: TurnChanges = {
      world: (world) => ({
        ...world,
        net: {
          ...world.net,
          exchange: world.net.exchange.bind(world.net),
          listen: (options) => {
            listened.push(options.port);
            return world.net.listen(options);
          },
        },
      }),
    };
    await foresee([madeApp('/a', ports, [ports + 50])], changes);
    expect(listened).toEqual([]);
  });
});
