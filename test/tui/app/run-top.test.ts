// The live view as a whole, on a terminal of its own: what goes on by the clock, and what leaves it.
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { MasterClient } from '../../../src/client/operator.ts';
import { runTop } from '../../../src/tui/app/run-top.ts';
import type { TopTerminal } from '../../../src/tui/app/terminal.ts';
import { createTheme } from '../../../src/tui/frame/theme.ts';
import { DEFAULT_BINDINGS } from '../../../src/tui/keys/bindings.ts';
import type { World } from '../../../src/world/world.ts';
import { VirtualClock } from '../../daemon/marathon/support/virtual-clock.ts';
import { Rig } from '../../daemon/master/support/rig.ts';
import { agent, amounts, NOW } from '../view/rows.ts';

class Screen {
  readonly size = { columns: 100, rows: 30 };
  // Ink asks no more of it than this.
  readonly stdout = Object.assign(new PassThrough(), { columns: 100, rows: 30, isTTY: true }) as never;
  readonly stdin = new PassThrough() as never;
  hasLeft = false;
  #input: (bytes: Uint8Array) => void = () => undefined;

  readonly terminal: TopTerminal = {
    size: this.size,
    stdout: this.stdout,
    stdin: this.stdin,
    enter: () => undefined,
    leave: () => {
      this.hasLeft = true;
    },
    wipe: () => undefined,
    onInput: (fn) => {
      this.#input = fn;
    },
    onResize: () => undefined,
    onEnd: () => undefined,
  };

  type(text: string): void {
    this.#input(Buffer.from(text));
  }
}

interface Written {
  readonly path: string;
  readonly text: string;
  readonly mode: number | undefined;
}

let screen: Screen;
let over: Promise<number>;

async function start(clock: VirtualClock, written: Written[]): Promise<void> {
  const rig = await Rig.start();
  const { world } = await rig.world();
  const disk: World['disk'] = Object.assign(Object.create(world.disk), {
    writeAtomic: async (path: string, data: string | Uint8Array, options?: { mode?: number }) => {
      written.push({ path, text: String(data), mode: options?.mode });
    },
  });
  screen = new Screen();
  over = runTop({
    world: { clock, net: world.net, disk },
    master: new MasterClient({ net: world.net, addresses: [rig.masterUrl], timeoutMs: 1000 }),
    startFeeds: (sink) => {
      sink.putAgent(agent('a1', { total: amounts(8), allocated: amounts(2) }));
      return { stop: () => undefined, marathon: undefined, chronos: undefined };
    },
    screen: 'overview',
    bindings: DEFAULT_BINDINGS,
    isReadonly: false,
    hasMarks: true,
    terminal: screen.terminal,
    theme: createTheme('none'),
    directory: '/somewhere',
  });
}

afterEach(async () => {
  screen.type('q');
  expect(await over).toBe(0);
  expect(screen.hasLeft).toBe(true);
});

describe('while it runs', () => {
  test('it remembers what is used, every two seconds', async () => {
    const clock = new VirtualClock(NOW);
    const written: Written[] = [];
    await start(clock, written);
    await clock.advance(10_000);
    screen.type('\u0013');
    // Five samples of a quarter, at the right.
    expect(written[0]?.text).toMatch(/^cpus .* 25% +2 of 8 +▃▃▃▃▃$/m);
  });

  test('a screen is saved for nobody but who saved it, and through nothing that stands in the way', async () => {
    const written: Written[] = [];
    await start(new VirtualClock(NOW), written);
    screen.type('\u0013');
    expect(written).toMatchObject([{ mode: 0o600, text: expect.stringContaining('mctl top') }]);
    expect(written[0]?.path).toBe('/somewhere/mctl-top-overview-2027-01-15T08-00-00.txt');
  });
});
