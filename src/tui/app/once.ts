// One frame for scripts: waits until what is to be shown is there, then draws it once, as text or as data. No Ink, no keys.
import { LoadedDetails } from '../effects/details.ts';
import type { Line, Size } from '../frame/line.ts';
import { SCREENS } from '../screens/index.ts';
import { readCommand } from '../ui/commands.ts';
import { placeOf } from '../ui/places.ts';
import { firstState } from '../ui/reduce.ts';
import type { Place } from '../ui/state.ts';
import type { ClusterView, FeedRow } from '../view/model.ts';
import { createViewStore } from '../view/store.ts';
import { bodySize, composeFrame, LINES_ABOVE } from './frame.ts';
import type { TopOptions } from './run-top.ts';

export interface OnceOptions extends TopOptions {
  readonly size: Size;
  /** A filter as after `/`, and a column as after `:sort`. */
  readonly filter?: string;
  /** Then what there is must do. */
  readonly timeoutMs: number;
}

/** `broken`: what the screen is made of could not be had, and why. `unknown`: nothing of that name is there. */
export type OnceResult =
  | { readonly kind: 'frame'; readonly lines: readonly Line[]; readonly data: unknown }
  | { readonly kind: 'broken'; readonly feed: FeedRow }
  | { readonly kind: 'unknown'; readonly why: string };

const LOOK_MS = 50;
/** Offers and shares come a moment after the state. */
const SETTLE_MS = 300;

export async function once(options: OnceOptions): Promise<OnceResult> {
  const { world, master, startFeeds, size, bindings, hasMarks, isReadonly, timeoutMs } = options;
  const { clock } = world;
  const view = createViewStore(() => clock.nowMs());
  const feeds = startFeeds(view, () => undefined);
  try {
    await settled(
      view,
      clock.monotonicMs() + timeoutMs,
      (ms) => clock.sleep(ms),
      () => clock.monotonicMs(),
    );
    const feed = view.feeds.get('master');
    if (feed === undefined || !isThere(feed)) {
      const why = 'the master has not answered in time';
      return { kind: 'broken', feed: { ...(feed ?? noFeed(clock.nowMs())), why: feed?.why ?? why } };
    }
    const place = placeFor(options, view);
    if (typeof place === 'string') return { kind: 'unknown', why: place };
    const [marathon, chronos] = [() => feeds.marathon, () => feeds.chronos];
    const details = new LoadedDetails({ view, net: world.net, clock, master, marathon, chronos });
    if (place.subject !== undefined) await details.load(place.screen, place.subject);
    const screen = SCREENS.get(place.screen);
    if (screen === undefined) throw new Error(`there is no screen '${place.screen}'`);
    const nowMs = clock.nowMs();
    const drawing = screen.draw({ view, place, size: bodySize(size), nowMs, details, hasMarks });
    const ui = { ...firstState(size, place.screen, isReadonly), path: [place] };
    const frame = composeFrame({ ui, screen, drawing, view, bindings, nowMs, hasMarks });
    // Keys and messages are for somebody who is there.
    const lines = frame.slice(0, LINES_ABOVE + drawing.lines.length);
    return { kind: 'frame', lines, data: screen.data({ view, place, nowMs, details }) };
  } finally {
    feeds.stop();
  }
}

function placeFor({ screen, subject, filter = '' }: OnceOptions, view: ClusterView): Place | string {
  if (subject === undefined) return { ...placeOf(screen), filter };
  const about = SCREENS.get(screen);
  if (about === undefined) throw new Error(`there is no screen '${screen}'`);
  const command = readCommand(`${screen} ${subject}`, { view, screen: about, screens: [...SCREENS.values()] });
  if (command.kind === 'go' && command.subject !== undefined) return { ...placeOf(screen, command.subject), filter };
  return command.kind === 'refused' ? command.why : `${screen} shows nothing of one thing`;
}

function isThere({ state }: FeedRow): boolean {
  return state === 'live' || state === 'polling';
}

function isSettled({ state }: FeedRow): boolean {
  return state !== 'connecting' && state !== 'loading';
}

async function settled(
  view: ClusterView,
  deadlineMs: number,
  sleep: (ms: number) => Promise<void>,
  now: () => number,
): Promise<void> {
  const isBroken = (): boolean => view.feeds.get('master')?.state === 'broken';
  while (now() < deadlineMs && !isBroken()) {
    const feeds = [...view.feeds.values()];
    if (feeds.some(({ name }) => name === 'master') && feeds.every(isSettled)) {
      await sleep(SETTLE_MS);
      return;
    }
    await sleep(LOOK_MS);
  }
}

function noFeed(sinceMs: number): FeedRow {
  return { name: 'master', state: 'connecting', address: undefined, why: undefined, sinceMs };
}
