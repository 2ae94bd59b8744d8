// The live view without a terminal: state, what was drawn last, and when to draw again. Keys and sizes come in, lines of text go out;
// the shell around it (ink.ts) puts them on the screen.
import type { Clock, Timer } from '../../world/world.ts';
import type { Line, Size } from '../frame/line.ts';
import { plainText } from '../frame/painter.ts';
import type { KeyBindings } from '../keys/bindings.ts';
import { type Input, KeyDecoder } from '../keys/decode.ts';
import type { Details } from '../screens/details.ts';
import type { Patience } from '../screens/lists/large/patience.ts';
import type { Drawing, Screen } from '../screens/screen.ts';
import { readCommand } from '../ui/commands.ts';
import type { UiContext } from '../ui/context.ts';
import { at, here } from '../ui/places.ts';
import { firstState, open, reduce, type UiAction } from '../ui/reduce.ts';
import type { Effect, ScreenName, UiState } from '../ui/state.ts';
import type { ClusterView } from '../view/model.ts';
import { bodySize, composeFrame, LINES_ABOVE } from './frame.ts';
import { actsOnRows, givesUp, KEY_MS, LIMIT_MS, PROGRESS_MS, patienceOf, SLICE_MS } from './looking.ts';
import { Pace, TICK_MS } from './pace.ts';

/** An `esc` that nothing follows within this time is the key. */
const ESC_MS = 30;

export interface SessionOptions {
  readonly clock: Clock;
  readonly view: ClusterView;
  readonly screens: ReadonlyMap<ScreenName, Screen>;
  readonly details: Details;
  readonly bindings: KeyBindings;
  readonly size: Size;
  readonly screen: ScreenName;
  readonly isReadonly: boolean;
  readonly hasMarks: boolean;
  /** Puts a frame on the screen. */
  readonly paint: (frame: readonly Line[]) => void;
  /** Carries an effect out; what it says comes back by `say`. `quit` and `save-screen` come here too. */
  readonly perform: (effect: Effect) => void;
  /** What is shown is to stand still from now on, or to go on. */
  readonly pause?: (isPaused: boolean) => void;
  /** `ctrl-l`. */
  readonly wipe: () => void;
}

export class TopSession {
  readonly #options: SessionOptions;
  readonly #keys = new KeyDecoder();
  readonly #pace = new Pace();
  #ui: UiState;
  #drawing: Drawing | undefined;
  #frame: readonly Line[] = [];
  #ticker: Timer | undefined;
  #escape: Timer | undefined;
  /** Times since stand still, too. */
  #pausedMs: number | undefined;
  #drawnDetails = -1;
  /** Since when rows are looked for that a key has asked for, when that was painted last, and when it goes on. */
  #looking: { readonly sinceMs: number; paintedMs: number; readonly filter: string; timer: Timer } | undefined;
  /** Keys that act on rows which are still looked for. */
  #waiting: readonly Input[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#ui = firstState(options.size, options.screen, options.isReadonly);
  }

  get ui(): UiState {
    return this.#ui;
  }

  /** What is on the screen, as text. */
  get text(): string {
    return plainText(this.#frame);
  }

  start(): void {
    this.#draw();
    this.#ticker = this.#options.clock.every(TICK_MS, () => this.#tick());
  }

  stop(): void {
    this.#ticker?.cancel();
    this.#escape?.cancel();
    this.#looking?.timer.cancel();
  }

  /** Bytes of the keyboard. */
  type(bytes: Uint8Array): void {
    this.#escape?.cancel();
    this.#take(this.#keys.push(bytes));
    if (this.#keys.isWaiting) {
      this.#escape = this.#options.clock.setTimer(ESC_MS, () => this.#take(this.#keys.flush()));
    }
  }

  resize(size: Size): void {
    this.#act({ kind: 'resize', size });
    this.#draw();
  }

  /** As `:task <subject>`. False when there is nothing of that name; said if `isLast`. */
  openSubject(screen: ScreenName, subject: string, isLast: boolean): boolean {
    const { view, screens } = this.#options;
    const command = readCommand(`${screen} ${subject}`, {
      view,
      screen: this.#screen(),
      screens: [...screens.values()],
    });
    const isFound = command.kind === 'go' && command.subject !== undefined;
    if (!isFound && !isLast) return false;
    if (isFound) {
      this.#ui = open(this.#ui, command);
      const { screen: name, subject: id } = here(this.#ui);
      if (id !== undefined) this.#options.perform({ kind: 'load-details', screen: name, subject: id });
      this.#draw();
    } else if (command.kind === 'refused') this.say('warn', `${screen} ${subject}: ${command.why}.`);
    return isFound;
  }

  /** In the line above the key bar. */
  say(tone: 'plain' | 'good' | 'warn' | 'bad', text: string): void {
    this.#act({ kind: 'message', tone, text });
    this.#draw();
  }

  #take(inputs: readonly Input[]): void {
    if (inputs.length === 0) return;
    const patience = patienceOf(this.#options.clock, KEY_MS);
    let isDrawn = true;
    for (const [index, input] of inputs.entries()) {
      // Each acts on what the one before has made of the screen.
      if (!isDrawn) this.#redraw(patience);
      if (this.#mustWait(input)) {
        this.#waiting = [...this.#waiting, ...inputs.slice(index)];
        break;
      }
      if (input.kind === 'key' && this.#options.bindings.entryOf(input.name)?.action === 'redraw') this.#options.wipe();
      this.#act({ kind: 'input', input });
      isDrawn = false;
    }
    this.#draw(patience);
  }

  /** A key that gives up, or quits, does not wait behind others. */
  #mustWait(input: Input): boolean {
    if (this.#drawing?.unfinishedShare === undefined) return false;
    const { bindings } = this.#options;
    if (givesUp(input, this.#ui, bindings)) {
      this.#waiting = [];
      return false;
    }
    return this.#waiting.length > 0 || actsOnRows(input, this.#ui, bindings);
  }

  /** Looks on for a moment, until all rows are there; then the keys that have waited for them have their turn. */
  #lookOn(): void {
    const looking = this.#looking;
    if (looking === undefined) return;
    const { clock } = this.#options;
    this.#redraw(patienceOf(clock, SLICE_MS));
    const nowMs = clock.monotonicMs();
    if (this.#drawing?.unfinishedShare === undefined) {
      const waiting = this.#waiting;
      this.#waiting = [];
      if (waiting.length > 0) this.#take(waiting);
      else this.#draw(patienceOf(clock, SLICE_MS));
      return;
    }
    if (looking.filter !== '' && nowMs - looking.sinceMs > LIMIT_MS) {
      this.#giveUp(looking.filter);
      return;
    }
    if (nowMs - looking.paintedMs > PROGRESS_MS) {
      this.#paint();
      looking.paintedMs = nowMs;
    }
    looking.timer = clock.setTimer(0, () => this.#lookOn());
  }

  #giveUp(filter: string): void {
    this.#waiting = [];
    this.#ui = { ...at(this.#ui, { filter: '' }), prompt: undefined };
    const seconds = Math.round(LIMIT_MS / 1000);
    this.say('warn', `The filter ${filter} is too slow for so many rows: it was taken back after ${seconds} seconds.`);
  }

  #act(action: UiAction): void {
    const { ui, effects } = reduce(this.#ui, action, this.#context());
    if (ui.isPaused !== this.#ui.isPaused) this.#pause(ui.isPaused);
    this.#ui = ui;
    for (const effect of effects) this.#options.perform(effect);
  }

  /** As `p` does it. */
  goOn(): void {
    if (!this.#ui.isPaused) return;
    this.#pause(false);
    this.#ui = { ...this.#ui, isPaused: false };
  }

  #pause(isPaused: boolean): void {
    this.#pausedMs = isPaused ? this.#options.clock.nowMs() : undefined;
    this.#options.pause?.(isPaused);
  }

  /** The time of what is shown. */
  #nowMs(): number {
    return this.#pausedMs ?? this.#options.clock.nowMs();
  }

  #context(): UiContext {
    const { view, screens, bindings } = this.#options;
    return { view, screens, drawing: this.#drawing, bindings, bodyFrom: LINES_ABOVE };
  }

  #screen(): Screen {
    const { screens } = this.#options;
    const screen = screens.get(here(this.#ui).screen);
    if (screen === undefined) throw new Error(`there is no screen '${here(this.#ui).screen}'`);
    return screen;
  }

  #tick(): void {
    const { view, clock, details } = this.#options;
    if (this.#looking !== undefined) return;
    if (this.#ui.isPaused) {
      // A page that was opened meanwhile gets what it has asked for.
      if (details.version !== this.#drawnDetails) this.#draw();
      return;
    }
    if (this.#pace.isDue(clock.monotonicMs(), view, this.#screen(), details.version)) this.#draw();
  }

  /** What the screen shows now, without putting it on the terminal. */
  #redraw(patience: Patience): void {
    const { view, details, hasMarks } = this.#options;
    const place = here(this.#ui);
    const scene = { view, place, size: bodySize(this.#ui.size), nowMs: this.#nowMs(), details, hasMarks, patience };
    this.#drawing = this.#screen().draw(scene);
    this.#act({ kind: 'drawn', drawing: this.#drawing });
  }

  #draw(patience: Patience = patienceOf(this.#options.clock, KEY_MS)): void {
    const { view, clock, details } = this.#options;
    const startedMs = clock.monotonicMs();
    this.#redraw(patience);
    this.#paint();
    const endedMs = clock.monotonicMs();
    this.#drawnDetails = details.version;
    this.#pace.drawn(endedMs, endedMs - startedMs, view, this.#screen(), details.version);
    this.#looking?.timer.cancel();
    if (this.#drawing?.unfinishedShare === undefined) {
      this.#looking = undefined;
      return;
    }
    const { filter } = here(this.#ui);
    const sinceMs = this.#looking?.filter === filter ? this.#looking.sinceMs : endedMs;
    const timer = clock.setTimer(0, () => this.#lookOn());
    this.#looking = { sinceMs, paintedMs: endedMs, filter, timer };
  }

  #paint(): void {
    const { view, bindings, hasMarks, paint } = this.#options;
    if (this.#drawing === undefined) return;
    const screen = this.#screen();
    const nowMs = this.#nowMs();
    this.#frame = composeFrame({ ui: this.#ui, screen, drawing: this.#drawing, view, bindings, nowMs, hasMarks });
    paint(this.#frame);
  }
}
