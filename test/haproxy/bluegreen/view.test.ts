// What is read out of a balancer's table.
import { describe, expect, test } from 'vitest';
import { balancerUrl, placesOf } from '../../../src/haproxy/bluegreen/balancers/addresses.ts';
import { viewOf } from '../../../src/haproxy/bluegreen/balancers/view.ts';
import { parseStat } from '../../../src/haproxy/runtime/show-stat.ts';
import { made } from './made-colours.ts';

const HEAD =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck';

function answer(...rows: [proxy: string, server: string, status: string, scur?: number, qcur?: number][]) {
  const lines = rows.map(
    ([proxy, server, status, scur = 0, qcur = 0]) =>
      `${proxy},${server},${qcur},0,${scur},0,,0,0,0,,0,,0,0,0,0,${status},1,1,0`,
  );
  return { balancer: 'lb1', kind: 'answered', rows: parseStat([HEAD, ...lines, ''].join('\n')), pids: 1 } as const;
}

describe('a view', () => {
  test('has the state of each task, by the server at its place', () => {
    const apps = [made('blue', 3).app, made('green', 2).app];
    const view = viewOf(
      answer(
        ['cart_10050', 'FRONTEND', 'OPEN', 9],
        ['cart_10050', '10_0_0_11_31100', 'MAINT', 0],
        ['cart_10050', '10_0_0_12_31101', 'MAINT (via x/y)', 2, 1],
        ['cart_10050', '10_0_0_13_31102', 'UP 1/3', 4],
        ['cart_10050', '10_0_0_11_31200', 'no check', 4],
        ['cart_10050', '10_0_0_12_31201', 'DOWN 1/2', 0],
        ['cart_10050', 'BACKEND', 'UP', 9],
        ['other_1', '10_0_0_99_31100', 'UP', 0],
      ),
      apps,
    );
    expect([...view.tasks]).toEqual([
      ['b1', 'drained'],
      ['b2', 'draining'],
      ['b3', 'up'],
      ['g1', 'up'],
      ['g2', 'down'],
    ]);
    expect(view).toMatchObject({ servers: 5, up: 2, pids: 1 });
    expect(view.open.get('b2')).toBe(3);
  });

  test('finds servers of agents with names, whatever address the balancer found', () => {
    const { app } = made('blue', 2);
    const tasks = app.tasks.map((task, index) => ({ ...task, host: ['agent1.example', 'agent1'][index] ?? '' }));
    const rows = answer(
      ['cart_10050_0a1b2c', 'agent1_example_192_168_0_1_31100', 'UP'],
      ['cart_10050_0a1b2c', 'agent1_2001_db8__1_31101', 'UP'],
    );
    expect([...viewOf(rows, [{ ...app, tasks }]).tasks.keys()]).toEqual(['b1', 'b2']);
    const foreign = answer(['cart_10050', 'agent1_example_eu_10_0_0_1_31100', 'UP']);
    expect(viewOf(foreign, [{ ...app, tasks }])).toMatchObject({ servers: 0, tasks: new Map() });
  });

  test('finds servers in a container network by their own address and the port of the container', () => {
    const { app } = made('blue', 1);
    const tasks = app.tasks.map((task) => ({ ...task, host: 'agent1', ipAddresses: ['9.0.1.5'] }));
    const overlay = { ...app, networkMode: 'container' as const, containerPorts: [9000], tasks };
    expect(viewOf(answer(['cart_10050', 'agent1_9_0_1_5_9000', 'UP']), [overlay]).tasks.get('b1')).toBe('up');
  });

  test('of a balancer that knows nothing of the group is empty', () => {
    expect(viewOf(answer(['x', 'y_1', 'UP']), [made('blue', 3).app])).toMatchObject({ servers: 0, up: 0 });
  });
});

describe('balancers', () => {
  const host = { lookupAll: async () => ['10.1.0.1', '10.1.0.2'] };

  test('are all addresses behind a name, each once', async () => {
    const urls = ['http://lb.example:9090/', '10.1.0.2:9090', 'http://[2001:db8::1]:9090/lb/'].map(balancerUrl);
    expect((await placesOf(urls, host, false)).map(({ url }) => url)).toEqual([
      'http://10.1.0.1:9090',
      'http://10.1.0.2:9090',
      'http://[2001:db8::1]:9090/lb',
    ]);
  });

  test('with certificates of one name are not asked by address, unless any certificate will do', async () => {
    const url = balancerUrl('https://lb.example');
    await expect(placesOf([url], host, false)).rejects.toThrow(/2 machines/);
    expect(await placesOf([url], host, true)).toHaveLength(2);
    const single = { lookupAll: async () => ['10.1.0.1'] };
    expect(await placesOf([url], single, false)).toEqual([{ url: 'https://lb.example', host: 'lb.example' }]);
  });

  test.each(['', 'http://', 'ftp://x', 'http://u:p@x', 'http://x/?stats', 'a b'])('are not at %j', (text) => {
    expect(() => balancerUrl(text)).toThrow(/no address of a balancer/);
  });
});
