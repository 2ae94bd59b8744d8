import { describe, expect, test } from 'vitest';
import { Simulation } from '../../src/simulation/index.ts';
import type { ProcessSignal } from '../../src/world/processes.ts';

interface Options {
  readonly signal?: { readonly afterMs: number; readonly signal: ProcessSignal };
}

/** Runs argv as a task to its end and tells how it ended, after how long, and what it wrote. */
async function runTask(argv: readonly [string, ...string[]], options: Options = {}) {
  const simulation = new Simulation({ seed: 1 });
  const host = simulation.host('machine');
  const daemon = host.start('agent', (world) =>
    world.processes.launch({
      argv,
      env: { NAME: 'value' },
      cwd: '/tmp',
      stdout: '/tmp/out',
      stderr: '/tmp/err',
      exitFile: '/tmp/exit',
    }),
  );
  await simulation.runUntil(() => daemon.state === 'running');
  const beginMs = simulation.nowMs;
  const { processes, disk } = daemon.world;
  if (options.signal !== undefined && daemon.value !== undefined) {
    await simulation.run({ forMs: options.signal.afterMs });
    await simulation.settle(processes.signalTree(daemon.value, options.signal.signal));
  }
  const isOver = await simulation.runUntil(() => host.tasks.size === 0, 100_000);
  const seconds = Math.round((simulation.nowMs - beginMs) / 100) / 10;
  const read = (path: string) => simulation.settle(disk.readText(path)).catch(() => undefined);
  const exit = (await read('/tmp/exit'))?.trim();
  return { isOver, seconds, exit, out: await read('/tmp/out'), err: await read('/tmp/err') };
}

const script = (text: string) => ['sh', '-c', text] as const;

describe('a simulated program', () => {
  test.each([
    [['true'], 'exited 0', 0],
    [['/bin/false'], 'exited 1', 0],
    [['sleep', '5'], 'exited 0', 5],
    [['nonsense'], 'exited 127', 0],
    [script('sleep 5; exit 3'), 'exited 3', 5],
    [script('false || exit 4'), 'exited 4', 0],
    [script('true && sleep 2 && false'), 'exited 1', 2],
    [script('exit'), 'exited 0', 0],
    [script('nonsense; exit $?'), 'exited 127', 0],
    [script('kill -9 $$'), 'signaled 9', 0],
    [script('if true'), 'exited 127', 0],
    [script('while do'), 'exited 2', 0],
    [script('exec false'), 'exited 1', 0],
  ] as const)('%j ends with %s after %d s', async (argv, exit, seconds) => {
    expect(await runTask(argv)).toMatchObject({ isOver: true, exit, seconds });
  });

  test('writes where it is told, with its variables', async () => {
    const outcome = await runTask(script(`echo "$NAME" '$NAME'; echo bad >&2; echo x > f; cat f; A=1; echo \${A}$A`));
    expect(outcome).toMatchObject({ out: 'value $NAME\nx\n11\n', err: 'bad\n', exit: 'exited 0' });
  });

  test('ends at SIGTERM', async () => {
    const signal = { afterMs: 1_000, signal: 'SIGTERM' } as const;
    expect(await runTask(['sleep', '50'], { signal })).toMatchObject({ exit: 'signaled 15', seconds: 1 });
  });

  test('may ignore SIGTERM, but not SIGKILL, which leaves no exit file', async () => {
    const ignoring = script("trap '' TERM; sleep 20");
    const term = await runTask(ignoring, { signal: { afterMs: 1_000, signal: 'SIGTERM' } });
    expect(term).toMatchObject({ exit: 'exited 0', seconds: 20 });
    const kill = await runTask(ignoring, { signal: { afterMs: 1_000, signal: 'SIGKILL' } });
    expect(kill).toMatchObject({ isOver: true, seconds: 1 });
    expect(kill.exit).toMatch(/^running /);
  });

  test('may do something at SIGTERM and go on or end', async () => {
    const signal = { afterMs: 1_000, signal: 'SIGTERM' } as const;
    const goesOn = await runTask(script("trap 'echo got it' TERM; sleep 20; echo end"), { signal });
    expect(goesOn).toMatchObject({ exit: 'exited 0', out: 'got it\nend\n' });
    const ends = await runTask(script("trap 'sleep 2; exit 9' TERM; while true; do sleep 1; done"), { signal });
    expect(ends).toMatchObject({ exit: 'exited 9', seconds: 3 });
  });
});
