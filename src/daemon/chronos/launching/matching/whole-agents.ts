// How large agents are as a whole (chronos.md 4.5.2). Offers tell what is free, so a cluster that is half full looks too small: before a job is
// said to fit nowhere the master is asked for its agents, which any Mesos since 1.0 answers.
import type { MasterPlaces } from '../../../../client/leader-source.ts';
import { MasterClient } from '../../../../client/operator.ts';
import type { Response } from '../../../../mesos/generated/master.ts';
import type { Log, World } from '../../../../world/world.ts';

/** While some job fits nowhere. */
const ASK_EVERY_MS = 60_000;
const TIMEOUT_MS = 10_000;

type Parts = {
  readonly world: Pick<World, 'net' | 'clock'>;
  readonly log: Log;
  readonly masters: MasterPlaces;
};

/** One agent as the master has it. */
export type WholeAgent = NonNullable<NonNullable<Response['get_agents']>['agents']>[number];

/** Asks only when somebody wants to know. */
export class WholeAgents {
  readonly #parts: Parts;
  readonly #told: (agents: readonly WholeAgent[]) => void;
  #client: MasterClient | undefined;
  #askedMs: number | undefined;
  #isAsking = false;

  /** `told`: all agents that there are. */
  constructor(parts: Parts, told: (agents: readonly WholeAgent[]) => void) {
    this.#parts = parts;
    this.#told = told;
  }

  /** Whether it is known, or cannot be found out; asks when it was not for a while. */
  isKnown(): boolean {
    const nowMs = this.#parts.world.clock.monotonicMs();
    if (!this.#isAsking && (this.#askedMs === undefined || nowMs - this.#askedMs >= ASK_EVERY_MS)) {
      const isFirst = this.#askedMs === undefined;
      this.#askedMs = nowMs;
      this.#isAsking = true;
      void this.#ask();
      // What was told a minute ago holds until there is something newer.
      return !isFirst;
    }
    return !this.#isAsking;
  }

  /** Another master may know others. */
  forget(): void {
    this.#askedMs = undefined;
  }

  async #ask(): Promise<void> {
    const { world, log, masters } = this.#parts;
    try {
      this.#client ??= new MasterClient({ net: world.net, addresses: masters, timeoutMs: TIMEOUT_MS });
      const { agents = [] } = await this.#client.getAgents();
      this.#told(agents.filter(({ active }) => active !== false));
    } catch (error) {
      // Then the largest offer of each has to do.
      log.info('the master does not tell how large its agents are', { error });
    } finally {
      this.#isAsking = false;
    }
  }
}
