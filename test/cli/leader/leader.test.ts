// `mctl leader`: candidates on a real ZooKeeper, a master, a Marathon and a Chronos that answer over HTTP; the command as a process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { SERVICES, type Service } from '../../../src/cli/ensemble/services.ts';
import type { LeaderQuestion } from '../../../src/cli/leader/find.ts';
import { Leaders } from '../../../src/cli/leader/leaders.ts';
import { exitCodeOf, leadersView } from '../../../src/cli/leader/view.ts';
import { renderView } from '../../../src/cli/output/render.ts';
import { PLAIN } from '../../../src/cli/output/style.ts';
import { Problem } from '../../../src/cli/problem.ts';
import { ChronosClient } from '../../../src/client/chronos.ts';
import { MarathonClient } from '../../../src/client/marathon.ts';
import { MasterClient } from '../../../src/client/operator.ts';
import { type StandingCandidate, ZooKeeperElection } from '../../../src/cluster/zookeeper/index.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { eventually, MISSING } from '../../cluster/zookeeper/ensemble.ts';
import { RealEnsemble } from '../../cluster/zookeeper/support/real.ts';
import { mctl, start } from '../support/command-process.ts';

const home = mkdtempSync(join(tmpdir(), 'mctl-leader-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const world = createRealWorld({ log: { level: 'silent' } });
afterAll(() => world.close());

type Answers = Readonly<Record<string, object | number>>;

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** `host:port` of a server that answers paths with objects, or with a bare status. */
async function serve(answers: (address: string) => Answers): Promise<string> {
  let address = '';
  const server = await world.net.listen({
    host: '127.0.0.1',
    port: 0,
    handler: ({ target }) => {
      const answer = answers(address)[target] ?? 404;
      if (typeof answer === 'number') return { status: answer, body: '{"message":"no"}' };
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
    },
  });
  servers.push(server);
  address = `127.0.0.1:${server.port}`;
  return address;
}

const infoOf = (address: string): object => {
  const port = Number(address.split(':')[1]);
  return { id: `id-${port}`, ip: 16_777_343, port, version: '1.11.0', address: { ip: '127.0.0.1', port } };
};

const masterServer = (zk?: string): Promise<string> =>
  serve((address) => ({
    '/api/v1': {
      type: 'GET_MASTER',
      get_master: { master_info: infoOf(address), start_time: 1_000_000, elected_time: 1_000_001.5 },
    },
    '/flags': { flags: zk === undefined ? {} : { zk } },
  }));

const marathonServer = (leader: string | undefined, zk: string | null = null): Promise<string> =>
  serve(() => ({
    '/v2/leader': leader === undefined ? 404 : { leader },
    '/v2/info': { name: 'marathon', version: '1.11.24', zookeeper_config: { zk }, marathon_config: {} },
  }));

const chronosServer = (leader: string | undefined, election?: string): Promise<string> =>
  serve(() => ({
    '/v1/scheduler/leader': leader === undefined ? 503 : { leader },
    '/mctl/v1/ready': { leading: false, leader: leader ?? null, subscribed: false, ...(election && { election }) },
  }));

interface Asked {
  readonly service?: Service;
  readonly zk?: string;
  readonly masters?: readonly string[];
  readonly marathon?: string | undefined;
  readonly chronos?: string | undefined;
  readonly timeoutMs?: number;
}

function leaders({ service, zk, masters = [], marathon, chronos, timeoutMs = 5_000 }: Asked): Leaders {
  const { net } = world;
  const question: LeaderQuestion = {
    world,
    zk,
    service,
    timeoutMs,
    masters: async () => masters,
    master: async () => new MasterClient({ net, addresses: masters }),
    marathon: {
      isNamed: marathon !== undefined,
      client: async () => (marathon === undefined ? undefined : new MarathonClient({ net, addresses: [marathon] })),
    },
    chronos: {
      isNamed: chronos !== undefined,
      client: async () => (chronos === undefined ? undefined : new ChronosClient({ net, addresses: [chronos] })),
    },
  };
  return Leaders.of(service === undefined ? SERVICES : [service], question);
}

async function ask(asked: Asked): Promise<{ data: unknown; text: string; names: readonly string[]; code: number }> {
  const asking = leaders(asked);
  try {
    const reports = await asking.reports();
    const view = leadersView(reports);
    const text = await renderView(view, 'table', PLAIN, 0);
    return { data: view.data, text, names: view.names, code: exitCodeOf(reports, asked.service !== undefined) };
  } finally {
    await asking.close();
  }
}

describe('without an ensemble', () => {
  test('a master, a Marathon and a Chronos say themselves that they lead, and that there is no election', async () => {
    const master = await masterServer();
    const marathon = await marathonServer('10.0.0.1:8080');
    const chronos = await chronosServer('10.0.0.2:4400');
    const { data, text, names, code } = await ask({ masters: [master], marathon, chronos });
    const candidate = { epoch: null, leads: true };
    expect(data).toEqual({
      master: {
        election: null,
        leader: master,
        epoch: null,
        since: '1970-01-12T13:46:40.000Z',
        elected: '1970-01-12T13:46:41.500Z',
        candidates: [
          {
            ...candidate,
            address: master,
            id: `id-${master.split(':')[1]}`,
            version: '1.11.0',
            since: '1970-01-12T13:46:40.000Z',
          },
        ],
        note: 'The master stands for no election: it leads alone.',
      },
      marathon: {
        election: null,
        leader: '10.0.0.1:8080',
        epoch: null,
        since: null,
        elected: null,
        candidates: [{ ...candidate, address: '10.0.0.1:8080', id: null, version: '1.11.24', since: null }],
        note: 'The Marathon stands for no election: it leads alone.',
      },
      chronos: {
        election: null,
        leader: '10.0.0.2:4400',
        epoch: null,
        since: null,
        elected: null,
        candidates: [{ ...candidate, address: '10.0.0.2:4400', id: null, version: null, since: null }],
        note: 'The Chronos stands for no election: it leads alone.',
      },
    });
    expect(text).toContain(`Master:   ${master} leads since `);
    expect(text).toContain('Marathon: 10.0.0.1:8080 leads. The Marathon stands for no election');
    expect(text).toContain('Chronos:  10.0.0.2:4400 leads.');
    expect([names, code]).toEqual([[master, '10.0.0.1:8080', '10.0.0.2:4400'], 0]);
  });

  test('nobody leads: exit code 3', async () => {
    const master = await serve(() => ({ '/api/v1': 503, '/flags': { flags: {} } }));
    expect(await ask({ masters: [master], service: 'master' })).toMatchObject({
      code: 3,
      data: { master: { leader: null, candidates: [] } },
    });
    const marathon = await marathonServer(undefined);
    expect((await ask({ marathon, service: 'marathon' })).code).toBe(3);
    const chronos = await chronosServer(undefined);
    expect((await ask({ chronos, service: 'chronos' })).code).toBe(3);
  });

  test('a cluster without Marathon or Chronos lacks nothing, unless it was asked for', async () => {
    const masters = [await masterServer()];
    expect(await ask({ masters })).toMatchObject({ code: 0, data: { marathon: null, chronos: null } });
    expect(await ask({ masters, service: 'chronos' })).toMatchObject({ code: 3, data: { chronos: null } });
    expect(await ask({ masters, service: 'marathon' })).toMatchObject({ code: 3, data: { marathon: null } });
  });

  test('who does not answer is unreachable, and who does is shown all the same', async () => {
    const masters = [await masterServer()];
    const { code, text, data } = await ask({ masters, marathon: '127.0.0.1:1' });
    expect(code).toBe(8);
    expect(text).toContain('Marathon: unknown. No Marathon answers at http://127.0.0.1:1.');
    expect(data).toMatchObject({ master: { leader: masters[0] }, marathon: { error: { code: 'unreachable' } } });
  });

  test('an ensemble that is out of reach does not hide the leader that told of it', async () => {
    const masters = [await masterServer('zk://127.0.0.1:1/mesos')];
    const { code, data } = await ask({ masters, service: 'master', timeoutMs: 200 });
    expect(code).toBe(0);
    expect(data).toMatchObject({
      master: { leader: masters[0], note: expect.stringContaining('zk://127.0.0.1:1/mesos, where nobody is found') },
    });
  });

  test('as a process: exit code 8 and no password when nobody answers, 2 for what is no service or address', async () => {
    const lost = await mctl(home, ['leader', '--zk', 'zk://u:pw@127.0.0.1:1/x', '--timeout', '300ms']);
    expect([lost.code, lost.stderr]).toEqual([8, expect.stringContaining('127.0.0.1:1')]);
    expect(lost.stderr).not.toContain('pw');
    expect((await mctl(home, ['leader', 'agent'])).code).toBe(2);
    expect((await mctl(home, ['leader', '--zk', 'zk://'])).code).toBe(2);
  });
});

describe.skipIf(MISSING !== undefined)('on an ensemble', () => {
  const real = new RealEnsemble();

  /** Stands until the connection of its client is closed. */
  async function stand(path: string, names: 'masters' | 'latch', data: string): Promise<{ leave(): Promise<void> }> {
    const { world: own, connection, close } = await real.client();
    const election = new ZooKeeperElection(own, connection, { path, names });
    const before = (await election.candidates(5_000)).length;
    await election.campaign({ data }, { elected: () => undefined, lost: () => undefined });
    await eventually('the candidate', async () => (await election.candidates(5_000)).length > before || undefined);
    return {
      async leave() {
        await election.close();
        await close();
      },
    };
  }

  async function candidatesAt(path: string, names: 'masters' | 'latch'): Promise<readonly StandingCandidate[]> {
    const { world: own, connection } = await real.client();
    return new ZooKeeperElection(own, connection, { path, names }).candidates(5_000);
  }

  test('all who stand are told, who leads first, with epochs and since when', async () => {
    const path = `${real.newPath()}/mesos`;
    const master = await masterServer();
    await stand(path, 'masters', JSON.stringify(infoOf(master)));
    await stand(path, 'masters', JSON.stringify(infoOf('127.0.0.1:5051')));
    const [first, second] = await candidatesAt(path, 'masters');
    const iso = (ms: number | undefined): string => new Date(ms ?? 0).toISOString();
    const { data, code, text } = await ask({ zk: real.ensemble.url(path), service: 'master' });
    expect(code).toBe(0);
    expect(data).toEqual({
      master: {
        election: real.ensemble.url(path),
        leader: master,
        epoch: first?.epoch,
        since: iso(first?.sinceMs),
        elected: '1970-01-12T13:46:41.500Z',
        candidates: [
          expect.objectContaining({ address: master, leads: true, epoch: first?.epoch, version: '1.11.0' }),
          expect.objectContaining({ address: '127.0.0.1:5051', leads: false, epoch: second?.epoch, id: 'id-5051' }),
        ],
      },
    });
    expect(text).toContain(`Masters at ${real.ensemble.url(path)}`);
  });

  test('Marathon and Chronos are found beside the masters, and masters beside each', async () => {
    const root = real.newPath();
    await stand(`${root}/mesos`, 'masters', JSON.stringify(infoOf('127.0.0.1:1')));
    await stand(`${root}/marathon/leader-curator`, 'latch', '10.0.0.9:8080');
    await stand(`${root}/chronos/candidate`, 'latch', '10.0.0.8:4400');
    const expected = {
      master: { leader: '127.0.0.1:1' },
      marathon: { leader: '10.0.0.9:8080' },
      chronos: { leader: '10.0.0.8:4400', election: real.ensemble.url(`${root}/chronos`) },
    };
    for (const asked of [
      { zk: real.ensemble.url(`${root}/mesos`) },
      { zk: real.ensemble.url(`${root}/marathon`) },
      { zk: real.ensemble.url(`${root}/chronos`) },
      { masters: [real.ensemble.url(`${root}/mesos`)] },
    ]) {
      const { data, code } = await ask(asked);
      expect(code).toBe(0);
      expect(data).toMatchObject(expected);
    }
  });

  test('the election that a daemon says it stands for is looked at, though it hides its password', async () => {
    const path = `${real.newPath()}/mesos`;
    await stand(path, 'masters', JSON.stringify(infoOf('127.0.0.1:2')));
    await stand(`${path}/leader-curator`, 'latch', '10.0.0.9:8080');
    const masters = [await masterServer(real.ensemble.url(path))];
    const marathon = await marathonServer('somebody:1', real.ensemble.url(path, 'xxxxxxxx:xxxxxxxx'));
    await stand(`${path}/elsewhere/candidate`, 'latch', '10.0.0.8:4400');
    const chronos = await chronosServer('somebody:2', real.ensemble.url(`${path}/elsewhere`));
    expect((await ask({ masters, marathon, chronos })).data).toMatchObject({
      master: { leader: '127.0.0.1:2', election: real.ensemble.url(path) },
      marathon: { leader: '10.0.0.9:8080', election: real.ensemble.url(path) },
      chronos: { leader: '10.0.0.8:4400', election: real.ensemble.url(`${path}/elsewhere`) },
    });
  });

  test('nobody leads where nobody stands any more: exit code 3', async () => {
    const path = `${real.newPath()}/mesos`;
    const { leave } = await stand(path, 'masters', '{}');
    expect(await ask({ zk: real.ensemble.url(path), service: 'master' })).toMatchObject({
      code: 0,
      data: { master: { candidates: [{ address: null, leads: true }] } },
    });
    await leave();
    const { code, data, text } = await ask({ zk: real.ensemble.url(path) });
    expect(code).toBe(3);
    expect(data).toMatchObject({ master: { leader: null, candidates: [] }, marathon: null });
    expect(text).toContain('Master:   nobody leads');
    expect((await ask({ zk: real.ensemble.url(real.newPath()), service: 'marathon' })).code).toBe(3);
  });

  test('a path of somebody else: exit code 9', async () => {
    const path = `${real.newPath()}/mesos`;
    const { connection } = await real.client({ credentials: 'somebody:else' });
    await (await connection.connected(5_000)).ensurePath(path, 'private');
    const asking = leaders({ zk: real.ensemble.url(path), service: 'master' });
    const reports = await asking.reports();
    await asking.close();
    expect(exitCodeOf(reports, true)).toBe(9);
    expect(() => asking.refuseWhenNothingIsKnown(reports)).toThrow(Problem);
  });

  test('--watch tells every change as it comes', async () => {
    const root = real.newPath();
    const { leave } = await stand(`${root}/marathon/leader-curator`, 'latch', '10.0.0.1:8080');
    const words = ['leader', 'marathon', '--zk', real.ensemble.url(`${root}/marathon`), '--watch', '--json'];
    const watching = start(home, words);
    const leadersOf = (line: string): string =>
      JSON.parse(line)
        .marathon.candidates.map(({ address }: { address: string }) => address)
        .join();
    /** Not line by line: the server that is asked may be behind the one that the candidate told. */
    const told = (leaders: string): Promise<unknown> =>
      eventually(`the line of ${leaders}`, () => watching.lines().some((line) => leadersOf(line) === leaders));
    await told('10.0.0.1:8080');
    await stand(`${root}/marathon/leader-curator`, 'latch', '10.0.0.2:8080');
    await told('10.0.0.1:8080,10.0.0.2:8080');
    await leave();
    await told('10.0.0.2:8080');
    watching.stop();
    await watching.outcome;
  });
});
