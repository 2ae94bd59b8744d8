// The ids this master gives: its own id and a counter (mesos-semantics.md 1).

/** Each id is given once in the life of this object. */
export class MasterIds {
  readonly #masterId: string;
  #frameworks = 0;
  #agents = 0;
  #offers = 0;

  /** `masterId`: unique to this master process, so that ids never repeat. */
  constructor(masterId: string) {
    this.#masterId = masterId;
  }

  /** `<master id>-0000`. */
  nextFrameworkId(): string {
    return `${this.#masterId}-${String(this.#frameworks++).padStart(4, '0')}`;
  }

  /** `<master id>-S0`. */
  nextAgentId(): string {
    return `${this.#masterId}-S${this.#agents++}`;
  }

  /** `<master id>-O0`; inverse offers share the numbers. */
  nextOfferId(): string {
    return `${this.#masterId}-O${this.#offers++}`;
  }
}
