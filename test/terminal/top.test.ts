// `mctl top` in a real terminal, before a live cluster of this machine.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClusterReport } from '../../src/cli/cluster/report.ts';
import { eventually, MctlHome } from '../integration/mctl-process.ts';
import { freePortBase } from '../ports.ts';
import { hasTmux } from './tmux.ts';
import { TopWindow } from './top-rig.ts';

const PORT_BASE = await freePortBase();
const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const isLinux = existsSync('/proc/self/environ');
const SMALL = { columns: 80, rows: 24 };
const LARGE = { columns: 120, rows: 40 };

const SCREENS: readonly (readonly [key: string, shown: RegExp])[] = [
  ['1', /^1 overview[\s\S]*^leader +127\.0\.0\.1[\s\S]*^cpus .*%/m],
  ['2', /^2 agents 2[\s\S]*127\.0\.0\.2[\s\S]*127\.0\.0\.3/m],
  ['3', /^3 frameworks[\s\S]*marathon/m],
  ['4', /^4 offers/m],
  ['5', /^5 tasks \d+[\s\S]*running/m],
  ['6', /^6 apps \d+[\s\S]*shop\/[\s\S]*─big[\s\S]*─web/m],
  ['7', /^7 deployments 1[\s\S]*\/shop\/big/m],
  ['8', /^8 jobs 0[\s\S]*No jobs\./m],
  ['9', /^9 servers[\s\S]*--haproxy-socket/m],
  ['0', /^0 events[\s\S]*(marathon|master)/m],
];

describe.skipIf(!isBuilt || !isLinux || !hasTmux)(
  'mctl top (needs Linux, tmux and `npm run build`)',
  { timeout: 120_000 },
  () => {
    const home = new MctlHome();
    let marathon = '';
    let window: TopWindow;

    beforeAll(async () => {
      await home.json('cluster', 'up', '--agents', '2', '--port-base', String(PORT_BASE));
      const { marathon: marathons } = await home.json<ClusterReport>('cluster', 'status');
      marathon = marathons[0]?.url ?? '';
      await post({
        id: '/shop/web',
        cmd: 'while true; do echo at your service; sleep 1; done',
        instances: 2,
        cpus: 0.1,
        mem: 32,
      });
      await post({ id: '/shop/big', cmd: 'true', instances: 1, cpus: 1000, mem: 32 });
      await home.run('run', '-dq', '--name', 'victim', '--cpus', '0.1', '--', 'sleep', '600');
      await eventually(async () => (await app('/shop/web')).tasksRunning === 2);
    });
    afterAll(async () => {
      await home.run('cluster', 'down', '--purge', '--yes');
      home.remove();
    });
    beforeEach(async () => {
      window = await TopWindow.open(home, SMALL);
    });
    afterEach(() => window.close());

    async function post(definition: object): Promise<void> {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${marathon}/v2/apps`, { method: 'POST', headers, body: JSON.stringify(definition) });
      if (!answer.ok) throw new Error(await answer.text());
    }
    async function app(id: string): Promise<{ instances: number; tasksRunning: number }> {
      const answer = (await (await fetch(`${marathon}/v2/apps${id}`)).json()) as {
        app: { instances: number; tasksRunning: number };
      };
      return answer.app;
    }

    /** One head, one key bar, each in its place, nothing wider than the window and the last row free; as soon as it is drawn. */
    function expectWhole({ columns, rows }: { columns: number; rows: number }): Promise<void> {
      return vi.waitFor(() => lookWhole(columns, rows), { timeout: 30_000 });
    }
    function lookWhole(columns: number, rows: number): void {
      const lines = window.lines();
      expect(lines).toHaveLength(rows);
      expect(lines[0]).toMatch(/^mctl top · local · leader 127\.0\.0\.1:\d+/);
      expect(lines.filter((line) => line.startsWith('mctl top'))).toHaveLength(1);
      expect(lines.filter((line) => /\bq quit\s*$/.test(line))).toHaveLength(1);
      expect(lines[rows - 2]).toMatch(/q quit\s*$/);
      expect(lines[rows - 1]).toBe('');
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
    }

    test('shows each screen at 80×24 and at 120×40, whole', async () => {
      await window.start('');
      for (const size of [SMALL, LARGE]) {
        window.tmux.resize(size.columns, size.rows);
        for (const [key, shown] of SCREENS) {
          if (key === '0') await post({ id: `/news/${size.columns}`, cmd: 'true', instances: 0 });
          window.press(key);
          await window.sees(shown);
          await expectWhole(size);
        }
      }
    });

    test('a filter narrows, enter goes in, l is the live log, esc leads out again', async () => {
      await window.start('tasks');
      window.press('/');
      window.tmux.type('shop.web');
      await window.sees(/^5 tasks 2\/\d+ {2}\/shop\.web/m);
      window.press('Down', 'Enter');
      await window.sees(/^task shop_web[\s\S]*task +shop_web\.instance[\s\S]*sandbox[\s\S]*stdout/m);
      window.press('l');
      await window.sees(/^(at your service\n){3}/m);
      window.press('Escape');
      await window.sees(/^task shop_web/m);
      window.press('Escape');
      await window.sees(/^5 tasks 2\/\d+/m);
      window.press('Escape');
      await window.sees(/^5 tasks \d+$/m);
    });

    test('k kills the task under the cursor, once that is confirmed', async () => {
      await window.start('tasks');
      window.press('/');
      window.tmux.type('victim');
      await window.sees(/^5 tasks 1\/\d+/m);
      window.press('k');
      await window.sees(/victim.*\(y\/n\)/);
      window.press('n');
      await window.sees(/Nothing was changed/);
      window.press('k', 'y');
      await window.sees(/1 task told to end/);
      await window.sees(/victim\S* +killed/);
    });

    test('S scales the app under the cursor, and the screen follows', async () => {
      await window.start('apps');
      window.press('/');
      window.tmux.type('web$');
      await window.sees(/▸ +\/shop\/web +running +2\/2/);
      window.press('S');
      await window.sees(/Scale \/shop\/web \(now 2\) to/);
      window.tmux.type('3');
      await window.sees(/\/shop\/web +running +3\/3/);
      expect(await app('/shop/web')).toMatchObject({ instances: 3 });
      window.press('Enter');
      await window.sees(/^app \/shop\/web[\s\S]*(shop_web\.instance[\s\S]*){3}/m);
    });

    test('commands are completed by tab; --readonly changes nothing', async () => {
      await window.start('--readonly');
      window.press(':');
      window.press('a', 'p', 'p', 'Space', '/');
      await window.sees(/^:app \//m);
      window.press(...'shop/w', 'Tab', 'Enter');
      await window.sees(/^app \/shop\/web/m);
      window.press('S');
      await window.sees(/--readonly/);
    });

    test('windows of all sizes leave no garbage behind, and one that is too small a clear line', async () => {
      await window.start('agents');
      for (const size of [LARGE, { columns: 60, rows: 15 }, { columns: 200, rows: 50 }, SMALL]) {
        window.tmux.resize(size.columns, size.rows);
        await window.sees(new RegExp(`^mctl top(.*\\n){${size.rows - 2}}.*q quit`));
        await expectWhole(size);
      }
      window.tmux.resize(20, 5);
      await window.sees(/^20x5 is too small\n/);
      await expect.poll(() => window.lines().join('\n').trim().split('\n')).toHaveLength(3);
      window.tmux.resize(SMALL.columns, SMALL.rows);
      await window.sees(/^2 agents 2/m);
      await expectWhole(SMALL);
    });

    test('ctrl-s saves what is shown, ? shows the keys, p holds the screen', async () => {
      await window.start('agents');
      window.press('?');
      await window.sees(/^Keys \(lines 1 to 19 of \d+[\s\S]*^ up +up a row/m);
      window.press('NPage', 'NPage');
      await window.sees(/^Keys[\s\S]*Acting[\s\S]*quit; so does ctrl-c/m);
      window.press('x', 'p');
      await window.sees(/paused\s*\n/);
      window.tmux.key('C-s');
      await window.sees(/Saved to .*mctl-top-agents-/);
      window.press('q');
      await window.sees(/^code 0/m);
      window.tmux.type('cat mctl-top-agents-*.txt && rm mctl-top-agents-*.txt');
      await window.sees(/^2 agents 2[\s\S]*127\.0\.0\.3/m);
    });

    test('a job is run, looked at, ended, disabled and enabled, each once that is confirmed', async () => {
      const { chronos } = await home.json<ClusterReport>('cluster', 'status');
      const job = { name: 'nightly', schedule: 'R/2037-01-01T00:00:00Z/P1D', command: 'echo good night; sleep 600' };
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ ...job, cpus: 0.1, mem: 32 });
      const posted = await fetch(`${chronos[0]?.url}/v1/scheduler/iso8601`, { method: 'POST', headers, body });
      expect(posted.ok).toBe(true);
      await window.start('jobs');
      await window.sees(/^▸ ○ nightly +in \d+d/m);
      window.press('R');
      await window.sees(/Run nightly now\?.*\(y\/n\)/);
      window.press('y');
      await window.sees(/1 job started/);
      await window.sees(/^▸ ● nightly .* 1 running/m);
      window.press('Enter');
      await window.sees(/^job nightly\n▸ state +● 1 running[\s\S]*schedule +every day at 00:00 UTC/m);
      window.press('l');
      await window.sees(/^log of nightly, run 1: stdout[\s\S]*^good night$/m);
      window.press('Escape');
      await window.sees(/^job nightly/m);
      window.press('k');
      await window.sees(/End what runs of nightly\?.*\(y\/n\)/);
      window.press('y');
      await window.sees(/1 run told to end/);
      await window.sees(/^ +last runs +■/m);
      window.press('D');
      await window.sees(/Disable nightly\?.*\(y\/n\)/);
      window.press('y');
      await window.sees(/1 job disabled/);
      await window.sees(/^▸ state +. disabled/m);
      window.press('e');
      await window.sees(/Enable nightly\?.*\(y\/n\)/);
      window.press('y');
      await window.sees(/1 job enabled/);
      window.press('Escape');
      await window.sees(/^▸ . nightly +in \d+d/m);
    });

    test('d drains the agent under the cursor, once that is confirmed', async () => {
      await window.start('agents');
      window.press('/');
      window.tmux.type('127.0.0.3');
      await window.sees(/^2 agents 1\/2/m);
      window.press('d');
      await window.sees(/Drain .*\(y\/n\)/);
      window.press('y');
      await window.sees(/1 agent being drained/);
      await window.sees(/127\.0\.0\.3.* drain(ing|ed)/);
    });

    describe('leaves the terminal as it was', () => {
      /** Modes of the terminal, and what stood there before. */
      async function lookBefore(): Promise<string> {
        window.tmux.type('clear; echo what was here; stty -a | md5sum');
        return /(\w{32})/.exec(await window.sees(/what was here\n\w{32}/))?.[1] ?? '';
      }
      async function expectAsBefore(sum: string): Promise<void> {
        expect(window.tmux.modes()).toEqual({ cursor: true, otherScreen: false, mouse: false });
        window.tmux.type('clear; stty -a | md5sum; echo told');
        expect(await window.sees(/^told$/m)).toContain(sum);
      }

      const ends: readonly (readonly [what: string, code: number, end: () => void])[] = [
        ['q', 0, () => window.press('q')],
        ['ctrl-c', 0, () => window.press('C-c')],
        ['SIGTERM', 143, () => void process.kill(window.pid(), 'SIGTERM')],
        ['SIGHUP', 129, () => void process.kill(window.pid(), 'SIGHUP')],
        ['SIGINT', 130, () => void process.kill(window.pid(), 'SIGINT')],
      ];
      test.each(ends)('after %s, with exit code %s', async (_, code, end) => {
        const sum = await lookBefore();
        await window.start('--mouse');
        expect(window.tmux.modes()).toMatchObject({ otherScreen: true, mouse: true });
        end();
        const shown = await window.sees(new RegExp(`what was here[\\s\\S]*code ${code}`));
        expect(shown).not.toContain('leader');
        await expectAsBefore(sum);
      });

      test('after an error that nobody caught, which is told in a line and not as a stack', async () => {
        const sum = await lookBefore();
        await window.start(
          '',
          `--import 'data:text/javascript,process.on("SIGUSR2",()=>{throw new Error("injected")})'`,
        );
        process.kill(window.pid(), 'SIGUSR2');
        const shown = await window.sees(/code 1$/m);
        expect(shown).toMatch(/^Error: mctl top has ended because of a mistake of its own: injected$/m);
        expect(shown).not.toMatch(/^ +at /m);
        await expectAsBefore(sum);
      });

      test('and goes when the terminal goes', async () => {
        await window.start('');
        const pid = window.pid();
        window.close();
        await eventually(() => !existsSync(`/proc/${pid}`));
        window = await TopWindow.open(home, SMALL);
      });
    });
  },
);
