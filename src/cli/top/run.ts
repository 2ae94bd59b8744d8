// `mctl top`: flags and terminal in, one frame or the live view out. Ink and React are loaded for the live view only.

import { resolve } from 'node:path';
import type { ChronosClient } from '../../client/chronos.ts';
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import { MasterClient } from '../../client/operator.ts';
import { once } from '../../tui/app/once.ts';
import type { TopOptions } from '../../tui/app/run-top.ts';
import type { HaproxyFeedOptions } from '../../tui/feeds/haproxy/haproxy-feed.ts';
import { paintLine, plainText } from '../../tui/frame/painter.ts';
import { colourDepth, createTheme, readsUtf8 } from '../../tui/frame/theme.ts';
import { SCREENS } from '../../tui/screens/index.ts';
import { compileFilter } from '../../tui/ui/filter.ts';
import { listOf } from '../../tui/ui/reduce.ts';
import type { ScreenName } from '../../tui/ui/state.ts';
import type { RealWorld } from '../../world/real/index.ts';
import { configFile } from '../directories.ts';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import { printableJson } from '../output/printable.ts';
import { sentence } from '../output/sentence.ts';
import type { Terminal } from '../output/terminal.ts';
import type { OutputFormat } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { feedsOf } from './feeds.ts';
import { readKeys } from './settings.ts';
import { processTopTerminal } from './terminal.ts';

/** What the command was given. */
export interface TopQuestion {
  readonly args: { readonly screen?: string | undefined; readonly subject?: string | undefined };
  readonly flags: {
    readonly once: boolean;
    readonly readonly: boolean;
    readonly ascii: boolean;
    readonly mouse: boolean;
    readonly filter?: string | undefined;
    readonly width?: number | undefined;
    readonly height?: number | undefined;
    readonly timeout?: number | undefined;
    readonly 'haproxy-status'?: string | undefined;
    readonly 'haproxy-socket'?: string | undefined;
  };
  readonly format: OutputFormat;
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly world: RealWorld;
  readonly places: () => Promise<MasterPlaces>;
  readonly marathon: () => Promise<MarathonClient | undefined>;
  readonly chronos: () => Promise<ChronosClient | undefined>;
  /** Called when whoever read our output has gone, in place of what is done about that elsewhere. */
  readonly readerGone: (fn: () => void) => void;
}

const REQUEST_MS = 10_000;
const ONCE_TIMEOUT_MS = 15_000;

/** The exit code. Throws Problem, ApiError before anything is drawn. */
export async function runTopCommand(question: TopQuestion): Promise<number> {
  const { args, flags, format, terminal, env, world } = question;
  const screen = screenOf(args.screen);
  const bindings = readKeys(configFile(env));
  const isOnce = flags.once || format === 'json' || !terminal.stdoutIsTty || process.stdin.isTTY !== true;
  checkFlags(question, isOnce);
  const places = await question.places();
  const master = new MasterClient({ net: world.net, addresses: places, timeoutMs: flags.timeout ?? REQUEST_MS });
  // Whoever cannot be asked, or does not let us in, is told of before there is a screen to leave again.
  await master.getMaster();
  const options: TopOptions = {
    world,
    master,
    startFeeds: feedsOf({
      world,
      places,
      marathon: question.marathon,
      chronos: question.chronos,
      haproxy: await balancer(question),
    }),
    screen,
    subject: args.subject,
    bindings,
    isReadonly: flags.readonly,
    hasMarks: !flags.ascii && readsUtf8(env),
  };
  return isOnce ? printOnce(question, options) : runLive(question, options);
}

async function runLive({ flags, env, directory, readerGone }: TopQuestion, options: TopOptions): Promise<number> {
  const terminal = processTopTerminal({ hasMouse: flags.mouse, isDebug: Boolean(env.MCTL_DEBUG) });
  readerGone(() => terminal.readerGone());
  const { runTop } = await import('../../tui/app/run-top.ts');
  return runTop({ ...options, terminal, theme: createTheme(colourDepth(env, true)), directory });
}

async function printOnce({ flags, format, terminal, env }: TopQuestion, options: TopOptions): Promise<number> {
  const isTty = terminal.stdoutIsTty;
  const result = await once({
    ...options,
    size: {
      // Also of a dumb terminal; what is none has these by default: 120 and 40.
      columns: flags.width ?? terminal.columns,
      rows: flags.height ?? terminal.rows,
    },
    ...(flags.filter !== undefined && { filter: flags.filter }),
    timeoutMs: flags.timeout ?? ONCE_TIMEOUT_MS,
  });
  if (result.kind === 'broken') {
    throw new Problem(EXIT.unreachable, {
      what: `The cluster cannot be shown${result.feed.address === undefined ? '' : `: ${result.feed.address}`}.`,
      why: result.feed.why ?? 'The master has not answered in time.',
      next: 'mctl cluster status      (is the local cluster running?)',
    });
  }
  if (result.kind === 'unknown') {
    throw new Problem(EXIT.notFound, {
      what: `There is no ${options.screen === 'logs' ? 'log of' : options.screen} '${options.subject ?? ''}' to show.`,
      why: sentence(result.why),
      next: `mctl top ${listOf(options.screen)} --once`,
    });
  }
  if (format === 'json') terminal.data(printableJson(JSON.stringify(result.data)));
  else if (isTty) {
    const theme = createTheme(colourDepth(env, true));
    terminal.data(result.lines.map((line) => paintLine(line, theme)).join('\n'));
  } else terminal.data(plainText(result.lines));
  return EXIT.ok;
}

/** The one that this machine runs, unless told otherwise. */
async function balancer({ flags }: TopQuestion): Promise<HaproxyFeedOptions> {
  const given = flags['haproxy-status'];
  const { DEFAULT_STATE_DIRECTORY } = await import('../haproxy/settings/settings.ts');
  return {
    statusFile: given === undefined ? undefined : resolve(given),
    usualStatusFile: `${DEFAULT_STATE_DIRECTORY}/state.json`,
    socket: flags['haproxy-socket'],
  };
}

/** Throws Problem `usage`. */
function screenOf(given: string | undefined): ScreenName {
  const names = [...SCREENS.keys()];
  if (given === undefined) return 'overview';
  const exact =
    names.find((name) => name === given) ?? [...SCREENS.values()].find(({ digit }) => digit === given)?.name;
  if (exact !== undefined) return exact;
  const near = nearest(given, names);
  throw new Problem(EXIT.usage, {
    what: `There is no screen '${given}'.`,
    why: near === undefined ? `There are ${names.join(', ')}.` : `Did you mean '${near}'?`,
    next: `mctl top ${near ?? 'overview'}`,
  });
}

/** Throws Problem `usage`. */
function checkFlags({ args, flags, format }: TopQuestion, isOnce: boolean): void {
  const screen = screenOf(args.screen);
  // Screens of one thing hang below a list; the others show everything.
  const isOfOne = listOf(screen) !== screen;
  if (isOfOne && args.subject === undefined) {
    throw new Problem(EXIT.usage, {
      what: `Which ${args.screen} is to be shown?`,
      next: `mctl top ${args.screen} <id or name>`,
    });
  }
  if (!isOfOne && args.subject !== undefined) {
    throw new Problem(EXIT.usage, {
      what: `${args.screen} shows nothing of one thing.`,
      why: `'${args.subject}' is too much.`,
      next: `mctl top ${args.screen} --filter ${args.subject} --once`,
    });
  }
  if (!['table', 'json'].includes(format)) {
    throw new Problem(EXIT.usage, {
      what: `A frame cannot be printed as ${format}.`,
      why: 'It is text, or with --json data.',
    });
  }
  const compiled = compileFilter(flags.filter ?? '');
  if (compiled.kind === 'refused') {
    throw new Problem(EXIT.usage, { what: `'${flags.filter}' is no filter.`, why: compiled.why });
  }
  const onlyOnce = (['width', 'height', 'filter'] as const).find((name) => flags[name] !== undefined);
  if (!isOnce && onlyOnce !== undefined) {
    throw new Problem(EXIT.usage, { what: `--${onlyOnce} goes with --once.` });
  }
}
