import { Args, Flags } from '@oclif/core';
import { integerFlag } from '../cli/amount-flags.ts';
import { CHRONOS_FLAG } from '../cli/chronos/chronos-command.ts';
import { MARATHON_BASE_FLAGS, MarathonCommand } from '../cli/marathon/marathon-command.ts';
import type { ChronosClient } from '../client/chronos.ts';

export default class Top extends MarathonCommand {
  static override summary = 'The cluster, live: offers, tasks, apps, fairness.';
  static override description =
    'A live view for a terminal; ? shows its keys. Off a terminal, or with --once, one frame is printed.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> tasks --readonly',
    '<%= config.bin %> <%= command.id %> app /web',
    '<%= config.bin %> <%= command.id %> agents --once --json | jq .',
  ];
  static override baseFlags = { ...MARATHON_BASE_FLAGS, chronos: CHRONOS_FLAG };
  static override args = {
    screen: Args.string({ description: 'overview, agents, frameworks, offers, tasks, apps, … (as after :).' }),
    subject: Args.string({ description: 'Of a screen of one thing (agent, task, app, …): its id or name.' }),
  };
  static override flags = {
    once: Flags.boolean({ summary: 'Print one frame; the default off a terminal.' }),
    readonly: Flags.boolean({ summary: 'Nothing can be changed.' }),
    ascii: Flags.boolean({ summary: 'No marks beyond ASCII.' }),
    mouse: Flags.boolean({ summary: 'Wheel and clicks move the cursor.' }),
    filter: Flags.string({ summary: 'With --once: only rows that match, as after /.', helpValue: '<text>' }),
    width: integerFlag({ summary: 'With --once: columns (default: the terminal, else 120).', min: 20, max: 1000 }),
    height: integerFlag({ summary: 'With --once: lines (default: the terminal, else 40).', min: 5, max: 100_000 }),
    'haproxy-status': Flags.string({ summary: 'Status file of mctl haproxy watch.', helpValue: '<file>' }),
    'haproxy-socket': Flags.string({ summary: "HAProxy's own statistics socket.", helpValue: '<socket>' }),
  };

  #readerGone: (() => void) | undefined;

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Top);
    this.refuseWatch();
    const { runTopCommand } = await import('../cli/top/run.ts');
    process.exitCode = await runTopCommand({
      args,
      flags,
      format: this.format,
      terminal: this.terminal,
      env: process.env,
      directory: process.cwd(),
      world: await this.world(),
      places: () => this.masterPlaces(),
      marathon: () => this.marathonIfAny(),
      chronos: () => this.#chronosIfAny(flags.chronos),
      readerGone: (fn) => {
        this.#readerGone = fn;
      },
    });
  }

  /** Undefined when the cluster has none, as far as its master knows. Throws Problem, ApiError. */
  async #chronosIfAny(flag: string | undefined): Promise<ChronosClient | undefined> {
    const [{ net }, { findChronos, NoChronos }, { ChronosClient }] = await Promise.all([
      this.world(),
      import('../cli/chronos/find-chronos.ts'),
      import('../client/chronos.ts'),
    ]);
    const { master, context } = this.common;
    try {
      const addresses = await findChronos({
        flag,
        isClusterGiven: context !== undefined || master !== undefined,
        env: process.env,
        target: () => this.target(),
        master: () => this.masterClient(),
      });
      return new ChronosClient({ net, addresses });
    } catch (error) {
      if (error instanceof NoChronos) return undefined;
      throw error;
    }
  }

  protected override readerGone(): void {
    if (this.#readerGone !== undefined) this.#readerGone();
    else super.readerGone();
  }
}
