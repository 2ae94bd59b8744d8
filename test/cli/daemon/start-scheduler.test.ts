// Where Marathon and Chronos keep their state and stand for election, by their flags.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunningDaemon } from '../../../src/cli/daemon/running-daemon.ts';
import { startLocalChronos } from '../../../src/cli/daemon/start-chronos.ts';
import { startLocalMarathon } from '../../../src/cli/daemon/start-marathon.ts';
import { parseChronosOptions } from '../../../src/daemon/chronos/index.ts';
import { parseMarathonOptions } from '../../../src/daemon/marathon/index.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { freePort } from '../../ports.ts';

const home = mkdtempSync(join(tmpdir(), 'mctl-scheduler-'));
const world = createRealWorld({ log: { level: 'silent' } });
afterAll(async () => {
  await world.close();
  rmSync(home, { recursive: true, force: true });
});

const port = async (): Promise<string> => `--http_port=${await freePort()}`;
/** Nobody listens there. */
const MASTER = '--master=127.0.0.1:1';

describe.each<[string, (...flags: string[]) => Promise<RunningDaemon>]>([
  [
    'marathon',
    async (...args) => startLocalMarathon(world, parseMarathonOptions({ args: [...args, await port()], env: {} })),
  ],
  [
    'chronos',
    async (...args) => startLocalChronos(world, parseChronosOptions({ args: [...args, await port()], env: {} })),
  ],
])('a %s', (name, start) => {
  test('has its state in a directory of its own, which nobody else may use until it has ended', async () => {
    const workDir = join(home, name);
    const flags = [MASTER, `--work_dir=${workDir}`];
    const first = await start(...flags);
    expect(existsSync(join(workDir, `${name}.db`))).toBe(true);
    await expect(start(...flags)).rejects.toMatchObject({ code: 'locked' });
    await first.stop();
    expect(await first.ended).toMatchObject({ code: 0 });
    const next = await start(...flags);
    await next.stop();
  });

  test('says what it needs, and what is no master and no election', async () => {
    await expect(start(MASTER)).rejects.toMatchObject({
      exitCode: 2,
      text: {
        what: expect.stringMatching(/^(Marathon|Chronos) needs --work-dir, or --zk\.$/),
        next: `mctl ${name} --master=127.0.0.1:5050 --work-dir=/var/lib/${name}`,
      },
    });
    await expect(start('--master=zk://', `--work_dir=${home}`)).rejects.toMatchObject({ exitCode: 2 });
    await expect(start(MASTER, '--zk=here')).rejects.toMatchObject({ text: { what: '--zk is no ZooKeeper URL.' } });
  });
});
