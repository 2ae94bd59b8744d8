// Signals of `watch` (haproxy.md 14.10). They are listened to from the very start: who sends SIGHUP while settings are read
// must not end the process by it.
import type { Terminal } from '../../output/terminal.ts';
import type { RunningWatch } from './watch.ts';

/** `process`, as far as it is needed. */
export type SignalSource = Pick<NodeJS.EventEmitter, 'on' | 'off'>;

/** Listens from when it is made until `until` resolves. */
export class WatchSignals {
  readonly #source: SignalSource;
  readonly #handlers: ReadonlyMap<string, () => void>;
  readonly #end = Promise.withResolvers<void>();
  #watch: RunningWatch | undefined;
  #isReloadDue = false;

  constructor(source: SignalSource) {
    this.#source = source;
    const end = () => this.#end.resolve();
    this.#handlers = new Map([
      // The first turn comes by itself.
      ['SIGHUP', () => this.#watch?.turnNow()],
      ['SIGUSR1', () => this.#reload()],
      ['SIGTERM', end],
      ['SIGINT', end],
    ]);
    for (const [signal, handler] of this.#handlers) source.on(signal, handler);
  }

  /** Resolves when TERM or INT has ended it, after the turn that ran. */
  async until(watch: RunningWatch, terminal: Pick<Terminal, 'onBrokenPipe'>): Promise<void> {
    // Whoever read our output may be gone; the balancer is not.
    terminal.onBrokenPipe(() => undefined);
    this.#watch = watch;
    if (this.#isReloadDue) watch.reloadNow();
    await this.#end.promise;
    await watch.stop();
    for (const [signal, handler] of this.#handlers) this.#source.off(signal, handler);
  }

  #reload(): void {
    if (this.#watch === undefined) this.#isReloadDue = true;
    else this.#watch.reloadNow();
  }
}
