// What every command has in common: the flags, where it writes, which cluster it means, and how it fails. Commands parse,
// call one thing and print; everything else is in the modules beside this one.
import { constants } from 'node:os';
import { Command, Flags, type Interfaces } from '@oclif/core';
import type { MasterPlaces } from '../client/leader-source.ts';
import type { MasterClient } from '../client/operator.ts';
import type { RealWorld } from '../world/real/index.ts';
import { flagPrefix } from './amount-flags.ts';
import type { Target } from './context/resolve.ts';
import { EXIT } from './exit-codes.ts';
import { problemFrom } from './failures.ts';
import type { OpenMasters } from './masters/open.ts';
import { printableJson } from './output/printable.ts';
import { renderView } from './output/render.ts';
import { processTerminal, type Terminal } from './output/terminal.ts';
import { parseDuration } from './output/units.ts';
import { OUTPUT_FORMATS, type OutputFormat, type View } from './output/view.ts';
import { watchView } from './output/watch.ts';
import { Problem, problemJson, problemLines } from './problem.ts';

const GLOBAL = 'GLOBAL';

/** `30s`, `1.5m`; a bare number is seconds. The value is in milliseconds. */
export const durationFlag = Flags.custom<number>({
  parse: async (input, _context, options) => {
    const ms = parseDuration(input);
    if (ms === undefined) {
      throw new Problem(EXIT.usage, {
        what: `${flagPrefix(options)}'${input}' is not a duration.`,
        why: 'Write 30s, 5m, 1.5h or a number of seconds.',
      });
    }
    return ms;
  },
});

/** Flags of every command but the daemons'. */
export const BASE_FLAGS = {
  json: Flags.boolean({ helpGroup: GLOBAL, summary: 'Print JSON (the same as -o json).', exclusive: ['output'] }),
  output: Flags.option({ char: 'o', options: OUTPUT_FORMATS, helpGroup: GLOBAL, summary: 'How to print.' })(),
  quiet: Flags.boolean({ char: 'q', helpGroup: GLOBAL, summary: 'Print ids only, and no words.' }),
  watch: Flags.boolean({ helpGroup: GLOBAL, summary: 'Print again whenever something changes.' }),
  timeout: durationFlag({ helpGroup: GLOBAL, summary: 'Give up after this time (30s, 5m, …).', helpValue: '<time>' }),
  yes: Flags.boolean({ helpGroup: GLOBAL, summary: 'Do not ask.' }),
  context: Flags.string({
    helpGroup: GLOBAL,
    summary: 'Use this context or local cluster (MCTL_CONTEXT).',
    helpValue: '<name>',
  }),
  master: Flags.string({
    helpGroup: GLOBAL,
    summary: 'Use this master, or the one elected there (MCTL_MASTER, MESOS_MASTER).',
    helpValue: '<host:port,…|zk://…|file://…>',
  }),
  'state-dir': Flags.string({
    helpGroup: GLOBAL,
    summary: 'Where local clusters live (MCTL_STATE_DIR).',
    helpValue: '<dir>',
  }),
};

/**
 * Arguments that are left out are left out: oclif would take stdin for them, which is a file of `-f -` or the list of a
 * shell's `while read` loop.
 */
function fromWords<A extends object>(args: A): A {
  const entries = Object.entries(args).map(([name, arg]: [string, object]) => [name, { ...arg, ignoreStdin: true }]);
  return Object.fromEntries(entries) as A;
}

type Output = Interfaces.OutputFlags<Interfaces.FlagInput>;

/** The common flags after parsing. */
export type BaseFlags = Interfaces.InferredFlags<typeof BASE_FLAGS>;

/** Everything a command throws is printed as a Problem and becomes its exit code (exit-codes.ts). */
export abstract class MctlCommand extends Command {
  static override baseFlags = BASE_FLAGS;

  protected readonly terminal: Terminal = processTerminal();
  #flags: BaseFlags | undefined;
  #world: RealWorld | undefined;
  #masters: Promise<OpenMasters> | undefined;

  /** As oclif's, and the common flags are remembered. Call it first in `run`. */
  protected override async parse<F extends Output, B extends Output, A extends Output>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const { baseFlags, args } = options ?? {};
    // A class' own members are spread, its base flags are those of a class above it.
    const input = options && { ...options, ...(baseFlags && { baseFlags }), ...(args && { args: fromWords(args) }) };
    const parsed = await super.parse(input, argv);
    this.#flags = parsed.flags as unknown as BaseFlags;
    this.terminal.onBrokenPipe(() => this.readerGone());
    return parsed;
  }

  /** Nobody reads what we write any more (`mctl … | head -1`): what never ends by itself must not run on unseen. */
  protected readerGone(): void {
    process.exit(128 + constants.signals.SIGPIPE);
  }

  protected get common(): BaseFlags {
    if (this.#flags === undefined) throw new Error('parse() comes first');
    return this.#flags;
  }

  protected get format(): OutputFormat {
    const { json, output, quiet } = this.common;
    return json ? 'json' : (output ?? (quiet ? 'name' : 'table'));
  }

  /** The real World, loaded when it is needed. Its log says warnings only: these go to a person. */
  protected async world(): Promise<RealWorld> {
    if (this.#world === undefined) {
      const { createRealWorld } = await import('../world/real/index.ts');
      const level = process.env.MCTL_DEBUG ? 'debug' : 'silent';
      this.#world = createRealWorld({ log: { level } });
    }
    return this.#world;
  }

  /** Which cluster is meant. Throws Problem. */
  protected async target(): Promise<Target> {
    const { findTarget } = await import('./context/find.ts');
    return findTarget(this.common, process.env);
  }

  /** Its masters; of an election somebody leads already. Throws Problem: `unreachable`, `notAllowed`, `usage`. */
  protected async masterPlaces(): Promise<MasterPlaces> {
    const [world, { masters }, { awaitLeader, openMasters }] = await Promise.all([
      this.world(),
      this.target(),
      import('./masters/open.ts'),
    ]);
    this.#masters ??= openMasters(world, masters);
    const opened = await this.#masters;
    await awaitLeader(opened, this.common.timeout ?? 10_000);
    return opened.places;
  }

  protected async masterClient(): Promise<MasterClient> {
    const [{ net }, addresses] = await Promise.all([this.world(), this.masterPlaces()]);
    const { MasterClient } = await import('../client/operator.ts');
    return new MasterClient({ net, addresses, timeoutMs: this.common.timeout ?? 10_000 });
  }

  /** Prints what `load` answers, once or with --watch again and again; `pause` as of watchView. */
  protected async show(load: () => Promise<View>, pause?: (ms: number) => Promise<unknown>): Promise<void> {
    if (this.common.watch) return watchView(load, this.format, this.terminal, this.common.timeout, pause);
    await this.print(await load());
  }

  protected async print(view: View): Promise<void> {
    const { terminal, format } = this;
    const text = await renderView(view, format, terminal.style, terminal.stdoutIsTty ? terminal.columns : 0);
    if (text !== '') terminal.data(text);
    else if (view.empty !== undefined) this.say(view.empty);
  }

  /** Words on stderr; none with --quiet. */
  protected say(text: string): void {
    if (this.#flags?.quiet !== true) this.terminal.say(text);
  }

  /** What is waited for now; none with --quiet. */
  protected progress(text: string): void {
    if (this.#flags?.quiet !== true) this.terminal.progress(text);
  }

  /** Asks for a yes on the terminal; off a terminal --yes is needed. Throws Problem. */
  protected async confirm(question: string): Promise<void> {
    if (this.common.yes) return;
    const { confirm } = await import('./output/confirm.ts');
    await confirm(question, this.terminal);
  }

  /** Says more by the exit code than that nothing went wrong. */
  protected leave(outcome: keyof typeof EXIT): void {
    process.exitCode = EXIT[outcome];
  }

  /** For commands that have nothing to watch. */
  protected refuseWatch(): void {
    if (this.#flags?.watch) {
      throw new Problem(EXIT.usage, {
        what: 'There is nothing to --watch here.',
        why: 'It goes with commands that list or show.',
      });
    }
  }

  protected override async catch(error: Error): Promise<void> {
    const problem = problemFrom(error);
    if (this.argv.includes('--json')) this.terminal.say(printableJson(JSON.stringify(problemJson(problem))));
    else this.terminal.say(problemLines(problem, this.terminal.errorStyle));
    if (process.env.MCTL_DEBUG)
      this.terminal.say(String(problem.cause instanceof Error ? problem.cause.stack : error.stack));
    // Not process.exit: what was written to a pipe must get there first.
    process.exitCode = problem.exitCode;
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    // When it could not be opened, that was the command's error.
    await this.#masters?.then((masters) => masters.close()).catch(() => undefined);
    await this.#world?.close();
    await super.finally(error);
  }
}
