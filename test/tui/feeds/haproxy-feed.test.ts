// The balancer's feed: a status file and a statistics socket, or what is there instead of them.
import { describe, expect, it } from 'vitest';
import { startHaproxyFeed } from '../../../src/tui/feeds/haproxy/haproxy-feed.ts';
import { backendRows } from '../../../src/tui/feeds/haproxy/stat.ts';
import { DiskError } from '../../../src/world/disk.ts';
import { NetError } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { FakeClock, middling } from '../../client/support/fake-master.ts';
import { Watching } from './support.ts';

const STAT = [
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,last_chk',
  'http,FRONTEND,,,7,9,100,70,0,0,0,0,0,,,,,OPEN,,,,,,,,,1,1,0,,,,0,3,',
  'web_10000,10_0_0_1_31000,0,0,3,4,,10,0,0,,0,,1,2,0,0,UP,1,1,0,0,0,9,0,,1,2,1,,10,,2,5,"L4OK, fine"',
  'web_10000,10_0_0_2_31000,0,0,1,4,,10,0,0,,0,,0,0,0,0,MAINT,1,1,0,0,0,9,0,,1,2,2,,10,,2,0,',
  'web_10000,10_0_0_3_31000,0,0,1,4,,10,0,0,,0,,0,0,0,0,UP,0,1,0,0,0,9,0,,1,2,2,,10,,2,0,',
  'web_10000,BACKEND,0,0,4,4,10,20,0,0,0,0,,1,2,0,0,UP,1,1,0,,0,9,0,,1,2,0,,10,,1,5,',
  '',
].join('\n');

const STATE = JSON.stringify({
  format: 1,
  configPath: '/etc/haproxy/haproxy.cfg',
  lastSuccessMs: 5000,
  lastTurn: { atMs: 5000, seconds: 0.1, outcome: 'reload' },
  lastError: { code: 'source', message: 'Marathon does not answer', atMs: 4000 },
  reloads: { ok: 3, failed: 1 },
  counts: { services: 4, servers: 9 },
  excluded: [{ appId: '/shop/web', reason: 'the port is taken', keepsLastGood: true }],
  somethingNew: true,
});

async function watch(answers: {
  readonly file?: string | Error;
  /** The file is the usual one: nobody named it. */
  readonly isUsual?: boolean;
  readonly stat?: string | Error;
}) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const give = <T>(answer: string | Error | undefined, made: (text: string) => T): T => {
    if (answer instanceof Error) throw answer;
    return made(answer ?? '');
  };
  const world = {
    clock,
    random: middling,
    disk: { readFile: async () => give(answers.file, (text) => new TextEncoder().encode(text)) },
    net: {
      exchange: async (_: string, text: string) => {
        asked.push(text);
        return give(answers.stat, String);
      },
    },
  } as unknown as World;
  const watching = new Watching(world);
  watching.start((context) =>
    startHaproxyFeed(context, {
      [answers.isUsual === true ? 'usualStatusFile' : 'statusFile']:
        answers.file === undefined ? undefined : '/state/state.json',
      socket: answers.stat === undefined ? undefined : '/run/haproxy.sock',
    }),
  );
  await clock.advance(0);
  return { watching, clock, asked };
}

describe('the balancer', () => {
  it('is shown with what its last turns left and its servers as they are', async () => {
    const { watching, clock, asked } = await watch({ file: STATE, stat: STAT });
    expect(watching.feed('haproxy')).toBe('polling');
    expect(watching.view.haproxy).toEqual({
      configPath: '/etc/haproxy/haproxy.cfg',
      lastSuccessMs: 5000,
      lastOutcome: 'reload',
      lastErrorMs: 4000,
      lastError: 'Marathon does not answer',
      reloads: 4,
      services: 4,
      servers: 9,
      excluded: ['/shop/web: the port is taken'],
    });
    expect([...watching.view.backends.values()]).toMatchObject([
      { backend: 'web_10000', server: '10_0_0_1_31000', state: 'UP', sessions: 3, requestsPerSecond: 5, errors: 3 },
      { server: '10_0_0_2_31000', state: 'MAINT', isDraining: true },
      { server: '10_0_0_3_31000', state: 'UP', isDraining: true },
    ]);
    expect(asked).toEqual(['show stat\n']);
    await clock.advance(4_000);
    expect(asked).toHaveLength(3);
    watching.feeds[0]?.close();
    await clock.advance(10_000);
    expect(asked).toHaveLength(3);
  });

  it.each<[string | Error, string]>([
    [new DiskError('not-found', '/state/state.json', 'no such file'), 'there is no such file; has mctl haproxy run?'],
    ['{"format":', 'not a status file of mctl haproxy'],
    ['{"format":1}', 'not a status file of mctl haproxy'],
  ])('says in one line what is wrong with its file: %s', async (file, why) => {
    const { watching } = await watch({ file, stat: STAT });
    expect(watching.feed('haproxy')).toBe(`broken: /state/state.json: ${why}`);
    expect(watching.view.backends.size).toBe(3);
  });

  it.each<[string | Error, string]>([
    [new NetError('refused', 'no'), 'nobody answers there; does HAProxy run?'],
    ['Unknown command', 'HAProxy did not answer with its statistics'],
  ])('says in one line what is wrong with its socket: %s', async (stat, why) => {
    const { watching } = await watch({ stat });
    expect(watching.feed('haproxy')).toBe(`broken: /run/haproxy.sock: ${why}`);
  });

  it('that nobody named may be missing, not unreadable, and is found when it comes', async () => {
    const answers: { file: string | Error; isUsual: true } = {
      file: new DiskError('not-found', '/state/state.json', 'no such file'),
      isUsual: true,
    };
    const { watching, clock } = await watch(answers);
    expect(watching.view.feeds.get('haproxy')?.state).toBe('absent');
    answers.file = new DiskError('forbidden', '/state/state.json', 'permission denied');
    await clock.advance(2_000);
    expect(watching.feed('haproxy')).toMatch(/^broken: \/state\/state\.json: .*permission denied/);
    answers.file = STATE;
    await clock.advance(2_000);
    expect(watching.feed('haproxy')).toBe('polling');
  });

  it('that nobody named is absent, and nothing is looked at', async () => {
    const { watching, clock } = await watch({});
    expect(watching.view.feeds.get('haproxy')?.state).toBe('absent');
    expect(clock.pending).toBe(0);
  });
});

describe('statistics', () => {
  it('of a HAProxy with other columns have what they have', () => {
    const [row] = backendRows('# pxname,svname,status\nweb,s1,UP\n');
    expect(row).toEqual({
      id: 'web/s1',
      backend: 'web',
      server: 's1',
      state: 'UP',
      sessions: undefined,
      requestsPerSecond: undefined,
      errors: undefined,
      isDraining: false,
    });
  });
});
