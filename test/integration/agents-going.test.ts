// Agents that are drained, go down with their machine, and leave for good: real processes, asked by the command line alone.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DaemonProcess, DaemonSet, getJson, until } from './daemon-processes.ts';
import { MctlHome } from './mctl-process.ts';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const isLinux = existsSync('/proc/self/environ');

interface Agent {
  readonly id: string;
  readonly hostname: string;
  readonly state: string;
}

interface Tasks {
  readonly tasks: readonly { readonly state: string; readonly slave_id: string }[];
}

interface Slaves {
  readonly slaves: readonly { readonly id: string; readonly hostname: string; readonly reregistered_time?: number }[];
}

describe.skipIf(!isBuilt || !isLinux)('agents that go (needs Linux and `npm run build`)', () => {
  const home = new MctlHome();
  let set: DaemonSet;
  let master: string;

  beforeAll(async () => {
    set = await DaemonSet.start({ agents: 2, resources: 'cpus:1;mem:256;disk:1024' });
    master = set.master.url.slice('http://'.length);
  });
  afterAll(async () => {
    await set.stop();
    home.remove();
  });

  const ask = <T>(...words: string[]): Promise<T> => home.json<T>(...words, '--master', master);
  const agents = (): Promise<Agent[]> => ask<Agent[]>('agent', 'list');
  const slaves = async () => (await getJson<Slaves>(`${set.master.url}/slaves`)).slaves;
  const ended = (daemon: DaemonProcess): Promise<void> =>
    until(`${daemon.name} has ended`, 30_000, () => daemon.exitCode !== null);
  const at = (hostname: string): DaemonProcess => {
    const found = set.agents.find(({ url }) => new URL(url).hostname === hostname);
    if (found === undefined) throw new Error(`no agent at ${hostname}`);
    return found;
  };

  test('a drained agent has killed its task, says why, stays so over kill -9, and is offered again afterwards', async () => {
    const run = home.run('run', '--cpus', '0.1', '--mem', '32', '--master', master, '--', 'sleep', '600');
    let hostname = '';
    await until('the task runs', 30_000, async () => {
      const { tasks } = await getJson<Tasks>(`${set.master.url}/tasks`);
      const running = tasks.find(({ state }) => state === 'TASK_RUNNING');
      hostname = (await slaves()).find(({ id }) => id === running?.slave_id)?.hostname ?? '';
      return hostname !== '';
    });
    const drained = await ask<Agent>('agent', 'drain', hostname, '--max-grace', '2s', '--yes');
    expect(drained).toMatchObject({ hostname, state: 'drained' });
    const end = await run;
    expect([end.code === 0, end.stderr]).toEqual([false, expect.stringMatching(/drain/i)]);
    const daemon = at(hostname);
    await daemon.kill('SIGKILL');
    daemon.restart();
    const isBack = ({ reregistered_time }: Slaves['slaves'][number]): boolean => reregistered_time !== undefined;
    await until('it is back', 30_000, async () => (await slaves()).some(isBack));
    expect((await agents()).find((agent) => agent.hostname === hostname)?.state).toBe('drained');
    expect(await ask<Agent>('agent', 'reactivate', drained.id)).toMatchObject({ state: 'active' });
    expect((await agents()).map(({ state }) => state)).toEqual(['active', 'active']);
  });

  test('a machine that goes down takes its agent along, and lets it back when it is up', async () => {
    const daemon = at('127.0.0.2');
    const [scheduled] = await ask<{ state: string; ip: string; durationSeconds: number }[]>(
      ...['agent', 'maintenance', 'schedule', '127.0.0.2', '--start', '1h', '--duration', '30m'],
    );
    expect(scheduled).toMatchObject({ state: 'scheduled', ip: '127.0.0.2', durationSeconds: 1800 });
    const [down] = await ask<{ state: string }[]>('agent', 'maintenance', 'start', '127.0.0.2', '--yes');
    expect(down?.state).toBe('down');
    await ended(daemon);
    expect((await agents()).map(({ hostname }) => hostname)).toEqual(['127.0.0.3']);
    daemon.restart();
    await ended(daemon);
    expect(await ask('agent', 'maintenance', 'stop', '127.0.0.2')).toEqual([]);
    daemon.restart();
    await set.whenRegistered();
  });

  test('an agent that is gone is told to shut down, and comes back as another one at the most', async () => {
    const daemon = at('127.0.0.3');
    const before = (await agents()).find(({ hostname }) => hostname === '127.0.0.3');
    expect(await ask<Agent>('agent', 'gone', '127.0.0.3', '--yes')).toMatchObject({ id: before?.id, state: 'gone' });
    await ended(daemon);
    daemon.restart();
    await set.whenRegistered();
    expect((await agents()).map(({ id }) => id)).not.toContain(before?.id);
    const refused = await home.run('agent', 'reactivate', before?.id ?? '', '--master', master);
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('is not deactivated')]);
  });
});
