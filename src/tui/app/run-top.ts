// `mctl top` as a whole, from the first frame to the terminal as it was: feeds fill the view, the session draws it, Ink shows it,
// effects go out. Whoever calls it has made the clients and the terminal.
import type { ChronosClient } from '../../client/chronos.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import type { MasterClient } from '../../client/operator.ts';
import type { Disk } from '../../world/disk.ts';
import type { Net } from '../../world/net.ts';
import type { Clock, Timer } from '../../world/world.ts';
import { change } from '../effects/changes.ts';
import { LoadedDetails } from '../effects/details.ts';
import { wordsOf } from '../effects/outside.ts';
import type { Theme } from '../frame/theme.ts';
import type { KeyBindings } from '../keys/bindings.ts';
import { SCREENS } from '../screens/index.ts';
import { here } from '../ui/places.ts';
import type { Effect, ScreenName } from '../ui/state.ts';
import { pausable } from '../view/pause.ts';
import type { ViewSink } from '../view/sink.ts';
import { createViewStore } from '../view/store.ts';
import { createInkPainter } from './ink.ts';
import { TopSession } from './session.ts';
import type { TopTerminal } from './terminal.ts';

/** What fills the view, while it runs. */
export interface RunningFeeds {
  stop(): void;
  /** The Marathon of the cluster, once one is known. */
  readonly marathon: MarathonClient | undefined;
  /** As `marathon`. */
  readonly chronos: ChronosClient | undefined;
}

export interface TopOptions {
  readonly world: { readonly clock: Clock; readonly net: Net; readonly disk: Disk };
  readonly master: MasterClient;
  /** `announce`: what the person should know though nobody asked, for the line above the key bar. */
  readonly startFeeds: (
    sink: ViewSink,
    announce: (tone: 'good' | 'warn' | 'bad', text: string) => void,
  ) => RunningFeeds;
  readonly screen: ScreenName;
  /** Of a screen of one thing, as it may be written after `:task`. */
  readonly subject?: string | undefined;
  readonly bindings: KeyBindings;
  readonly isReadonly: boolean;
  readonly hasMarks: boolean;
}

/** For the live form. */
export interface LiveOptions extends TopOptions {
  readonly terminal: TopTerminal;
  readonly theme: Theme;
  /** Where screens are saved. */
  readonly directory: string;
}

/** Between two samples of what is used, see `history` of the view. */
const SAMPLE_MS = 2000;
/** While a page is looked at, it is asked this often whether it wants to load again. */
const DETAILS_MS = 500;
/** What is loaded before a page of one thing can be opened by name. */
const SUBJECT_TRIES = 50;

/** Resolves with the exit code when somebody quits; the terminal is as it was. Signals end the process by themselves. */
export function runTop(options: LiveOptions): Promise<number> {
  const { world, terminal, theme, startFeeds, master } = options;
  const { clock } = world;
  const view = createViewStore(() => clock.nowMs());
  const painter = createInkPainter(terminal, theme);
  const timers: Timer[] = [];
  return new Promise((resolve, reject) => {
    let isOver = false;
    let isShown = false;
    const tap = pausable(
      view,
      () => clock.nowMs(),
      () => {
        session.goOn();
        say('warn', 'Goes on: too much has changed to be kept waiting.');
      },
    );
    const feeds = startFeeds(tap.sink, (tone, text) => say(tone, text));
    const [marathon, chronos] = [() => feeds.marathon, () => feeds.chronos];
    const outside = { view, net: world.net, clock, master, marathon, chronos };
    const details = new LoadedDetails(outside);
    const end = (): void => {
      isOver = true;
      session.stop();
      for (const timer of timers) timer.cancel();
      feeds.stop();
      painter.close();
      terminal.leave();
    };
    const session = new TopSession({
      ...options,
      clock,
      view,
      screens: SCREENS,
      details,
      size: terminal.size,
      paint: (frame) => painter.paint(frame),
      wipe: () => painter.wipe(),
      perform: (effect) => perform(effect),
      pause: (isPaused) => (isPaused ? tap.hold() : tap.release()),
    });
    function perform(effect: Effect): void {
      switch (effect.kind) {
        case 'quit':
          end();
          resolve(0);
          return;
        case 'save-screen':
          void save(session.text, here(session.ui).screen).then(({ tone, text }) => say(tone, text));
          return;
        case 'load-details':
          void details.load(effect.screen, effect.subject);
          return;
        default:
          void change(outside, effect).then(({ tone, text }) => say(tone, text));
      }
    }
    function say(tone: 'plain' | 'good' | 'warn' | 'bad', text: string): void {
      if (isShown && !isOver) session.say(tone, text);
    }
    async function save(text: string, screen: ScreenName): Promise<{ tone: 'good' | 'bad'; text: string }> {
      const stamp = new Date(clock.nowMs()).toISOString().replace(/[:.]/g, '-').slice(0, 19);
      const path = `${options.directory}/mctl-top-${screen}-${stamp}.txt`;
      try {
        // What is on it is for whoever looked, and what stands in the way under that name, maybe a link, is not written through.
        await world.disk.writeAtomic(path, `${text}\n`, { mode: 0o600 });
        return { tone: 'good', text: `Saved to ${path}.` };
      } catch (error) {
        return { tone: 'bad', text: `Not saved: ${wordsOf(error)}.` };
      }
    }
    terminal.onEnd((_code, _why) => end());
    try {
      terminal.enter();
      // Before Ink's own: it must not draw the old frame into a window of another size.
      terminal.onResize(() => {
        if (isOver) return;
        painter.wipe();
        session.resize(terminal.size);
      });
      terminal.onInput((bytes) => {
        if (!isOver) session.type(bytes);
      });
      session.start();
      isShown = true;
    } catch (error) {
      end();
      reject(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    timers.push(
      clock.every(SAMPLE_MS, () => view.sample()),
      clock.every(DETAILS_MS, () => {
        const { screen, subject } = here(session.ui);
        if (subject !== undefined && !session.ui.isPaused) void details.load(screen, subject);
      }),
    );
    if (options.subject !== undefined) openSubject(options.subject);

    /** As soon as something of that name is there. */
    function openSubject(subject: string): void {
      let tries = 0;
      const timer = clock.every(100, () => {
        tries += 1;
        const isLast = tries >= SUBJECT_TRIES;
        if (session.openSubject(options.screen, subject, isLast) || isLast) timer.cancel();
      });
      timers.push(timer);
    }
  });
}
