// What clients asked for and were answered, and whether a state can be explained by it: what was answered with 2xx is
// never lost, what was refused changed nothing. An app is two registers, its mark (a text in its environment that each
// write changes) and its size; requests overlap, so several values may be right at a time.

/** `gone`: the app is not there. `any`: whatever it was made, e.g. by a rollback. */
export type Value = string | number | 'gone' | 'any';

/** What a request would do to an app if it were done; what it leaves alone is absent. */
export interface Effect {
  readonly appId: string;
  readonly mark?: Value;
  readonly instances?: Value;
}

interface Write extends Effect {
  readonly what: string;
  readonly sentAtMs: number;
  /** From when on it cannot happen any more. */
  overAtMs: number;
  outcome: 'open' | 'done' | 'refused';
}

/** An app as it is, in memory or in the store. */
export interface AppState {
  readonly mark: string;
  readonly instances: number;
}

type Register = 'mark' | 'instances';

/** Older writes that are certainly overwritten are forgotten. */
const KEPT_WRITES = 40;

export class AnswerBook {
  readonly #writes = new Map<string, Write[]>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Apps that were ever written about. */
  get appIds(): Iterable<string> {
    return this.#writes.keys();
  }

  /** To be called when a request is sent; what is returned when it was answered, with the status if there was one. */
  asks(what: string, effects: readonly Effect[]): (status: number | undefined, mayRepeatMs: number) => void {
    const writes = effects.map((effect): Write => {
      const { appId } = effect;
      const write: Write = {
        ...effect,
        what,
        sentAtMs: this.#nowMs(),
        overAtMs: Number.POSITIVE_INFINITY,
        outcome: 'open',
      };
      this.#of(appId).push(write);
      return write;
    });
    return (status, mayRepeatMs) => {
      // Without an answer it may still be on its way.
      if (status === undefined) return;
      for (const write of writes) {
        write.overAtMs = this.#nowMs() + mayRepeatMs;
        if (status < 300) write.outcome = 'done';
        // A second copy of it may have better luck.
        else if (mayRepeatMs === 0) write.outcome = 'refused';
      }
    };
  }

  /** What of the app contradicts the answers; undefined = nothing. */
  contradiction(appId: string, state: AppState | undefined): string | undefined {
    const mark = this.#unexplained(appId, 'mark', state?.mark ?? 'gone');
    const instances = state === undefined ? undefined : this.#unexplained(appId, 'instances', state.instances);
    return mark ?? instances;
  }

  #unexplained(appId: string, register: Register, value: Value): string | undefined {
    const nowMs = this.#nowMs();
    const writes = this.#of(appId).filter((write) => write[register] !== undefined && write.outcome !== 'refused');
    const done = writes.filter(({ outcome, overAtMs }) => outcome === 'done' && overAtMs < nowMs);
    const lastSentAtMs = Math.max(Number.NEGATIVE_INFINITY, ...done.map(({ sentAtMs }) => sentAtMs));
    const possible = writes.filter(({ overAtMs }) => overAtMs >= lastSentAtMs);
    if (done.length === 0 && value === 'gone') return undefined;
    if (possible.some((write) => write[register] === value || write[register] === 'any')) return undefined;
    const explained = possible.map((write) => `${write[register]} (${write.what})`).join(', ');
    return `${appId}: ${register} is ${value}, the answers say ${explained || 'gone'}`;
  }

  #of(appId: string): Write[] {
    let writes = this.#writes.get(appId);
    if (writes === undefined) {
      writes = [];
      this.#writes.set(appId, writes);
    }
    if (writes.length > 2 * KEPT_WRITES) {
      const lastSentAtMs = Math.max(
        ...writes.filter(({ outcome }) => outcome === 'done').map((one) => one.sentAtMs),
        0,
      );
      const left = writes.filter(({ overAtMs, outcome }) => outcome !== 'refused' && overAtMs >= lastSentAtMs);
      writes.splice(0, writes.length, ...left);
    }
    return writes;
  }
}
