// `mctl top` when something is wrong: nothing to talk to, somebody who lets nobody in, masters that go while it runs.
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClusterReport } from '../../src/cli/cluster/report.ts';
import { MISSING } from '../cluster/zookeeper/ensemble.ts';
import { MctlHome } from '../integration/mctl-process.ts';
import { freePortBase } from '../ports.ts';
import { hasTmux } from './tmux.ts';
import { TopWindow } from './top-rig.ts';

const PORT_BASE = await freePortBase();
const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const isLinux = existsSync('/proc/self/environ');
const SIZE = { columns: 100, rows: 24 };

describe.skipIf(!isBuilt || !isLinux || !hasTmux)('mctl top before the wrong thing (needs a build and tmux)', () => {
  const home = new MctlHome();
  let server: Server;
  let window: TopWindow;
  /** What the server answers with. */
  let answer = { status: 401, body: '' };

  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    home.remove();
  });
  beforeEach(async () => {
    window = await TopWindow.open(home, SIZE);
  });
  afterEach(() => window.close());

  const there = (): string => `--master 127.0.0.1:${(server.address() as AddressInfo).port}`;

  const wrong: readonly (readonly [what: string, args: string, code: number, said: RegExp])[] = [
    ['no cluster', '', 8, /^Error: There is no cluster to talk to\.[\s\S]*Try: mctl cluster up/m],
    ['nobody there', '--master 127.0.0.1:1', 8, /^Error: No master answers at http:\/\/127\.0\.0\.1:1\./m],
    ['no address', '--master http://:x', 2, /^Error: .*is not an address/m],
    [
      'no such screen',
      'taks --master 127.0.0.1:1',
      2,
      /^Error: There is no screen 'taks'\.[\s\S]*Did you mean 'tasks'/m,
    ],
    ['a page of nothing', 'app --master 127.0.0.1:1', 2, /^Error: Which app is to be shown\?/m],
    ['--height on a terminal', '--height 9 --master 127.0.0.1:1', 2, /^Error: --height goes with --once\./m],
  ];
  test.each(wrong)('%s is a line and an exit code, and never takes the screen', async (_, args, code, said) => {
    window.type(args);
    const shown = await window.sees(new RegExp(`code ${code}$`, 'm'));
    expect(shown).toMatch(said);
    expect(shown).not.toMatch(/^ +at /m);
  });

  test('a master that does not let us in, or is none, is told apart', async () => {
    window.type(there());
    expect(await window.sees(/code 9$/m)).toMatch(/does not allow this/);
    answer = { status: 200, body: '<html>' };
    window.type(`${there()}`);
    expect(await window.sees(/code 1$/m)).toMatch(/did not answer as a Mesos daemon does/);
    answer = { status: 503, body: 'No leader elected' };
    window.type(there());
    expect(await window.sees(/code 8$/m)).toMatch(/cannot answer now/);
  });

  test('off a terminal the same is said, by --json as JSON', async () => {
    answer = { status: 401, body: '' };
    const refused = await home.run('top', ...there().split(' '), '--json');
    expect(refused).toMatchObject({ code: 9, stdout: '' });
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'notAllowed', exitCode: 9 } });
    expect((await home.run('top', '--once', '--filter', '[')).code).toBe(2);
  });
});

describe.skipIf(!isBuilt || !isLinux || !hasTmux || MISSING !== undefined)(
  'mctl top while masters go (needs a build, tmux and ZooKeeper)',
  { timeout: 120_000 },
  () => {
    const home = new MctlHome();
    let window: TopWindow;

    beforeAll(async () => {
      const sizes = ['--masters', '2', '--agents', '1', '--no-marathon', '--port-base', String(PORT_BASE)];
      await home.json('cluster', 'up', ...sizes);
      window = await TopWindow.open(home, SIZE);
    });
    afterAll(async () => {
      window?.close();
      await home.run('cluster', 'down', '--purge', '--yes');
      home.remove();
    });

    test('it follows the new leader, says so, and goes on where it was', async () => {
      const { masters } = await home.json<ClusterReport>('cluster', 'status');
      const [leader, other] = [masters.find((one) => one.leader), masters.find((one) => !one.leader)];
      if (leader === undefined || other === undefined) throw new Error('nobody leads');
      const host = (url: string): string => new URL(url).host;
      await window.start('agents');
      await window.sees(new RegExp(`^mctl top · local · leader ${host(leader.url)} `));
      await window.sees(/^2 agents 1[\s\S]*active/m);
      await home.run('cluster', 'chaos', 'kill', leader.name);
      await window.sees(new RegExp(`^mctl top · local · leader ${host(other.url)} `));
      await window.sees(/leads now|new leader/i);
      await window.sees(/^2 agents 1[\s\S]*active/m);
      expect(window.lines().filter((line) => line.startsWith('mctl top'))).toHaveLength(1);
      window.press('q');
      await window.sees(/code 0$/m);
    });
  },
);
