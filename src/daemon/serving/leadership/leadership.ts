// One scheduler between its leaderships: a candidate, the term in which it leads, and a standby in all the time between
// (marathon.md 1.3, 20.1). Where its state is its own there is nobody to stand by for: then the end of a leadership is the
// end of it all.
import type { Election } from '../../../cluster/election.ts';
import type { Store } from '../../../cluster/store.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { Timer, World } from '../../../world/world.ts';
import { apiRequest } from '../http/api-request.ts';
import { byMethod, json } from '../http/json-answers.ts';
import { Candidate } from './candidate.ts';
import { EXIT } from './exit-codes.ts';
import type { Duty, LeadershipControl, Office } from './office.ts';
import { Standby } from './proxy/standby.ts';
import { Term, type TermEnd } from './term.ts';

/** What it stands on. */
export interface LeadershipSetting<D extends Duty> {
  readonly world: World;
  readonly office: Office<D>;
  readonly election: Election;
  /** `store`: its own, which its owner closes. `openStore`: one that it shares with other candidates. */
  readonly state: { readonly store: Store } | { readonly openStore: () => Promise<Store> };
  /** How others reach it: `hostname:port`. */
  readonly own: string;
  /** Of each leadership, once it acts; undefined at its end. */
  readonly onDuty?: ((duty: D | undefined) => void) | undefined;
  /** It will never lead again, and says so once. */
  readonly onEnd: (end: LeadershipEnd) => void;
}

/** How a process ends; codes of marathon.md 20.2. */
export interface LeadershipEnd {
  readonly code: number;
  readonly reason: string;
}

/** So that who asked us to abdicate gets the answer (marathon.md 8.2). */
const ABDICATION_DELAY_MS = 500;

/** `start` once, `stop` in the end. */
export class Leadership<D extends Duty> {
  readonly #setting: LeadershipSetting<D>;
  readonly #candidate: Candidate;
  /** Only where others may lead. */
  readonly #standby: Standby | undefined;
  readonly #openStore: () => Promise<Store>;
  #term: Term<D> | undefined;
  #abdication: Timer | undefined;
  #isOver = false;

  constructor(setting: LeadershipSetting<D>) {
    this.#setting = setting;
    const { world, office, election, own, state } = setting;
    this.#candidate = new Candidate(world, election, own, {
      elected: (epoch) => this.#elected(epoch),
      resumed: () => this.#term?.resume(),
      lost: (reason) => this.#lost(reason),
    });
    if ('store' in state) {
      this.#openStore = async () => keptOpen(state.store);
      return;
    }
    this.#openStore = state.openStore;
    const leader = () => this.#candidate.leader;
    const ourselves = () => this.#ourselves();
    this.#standby = new Standby({ world, office, own, leader, ourselves });
  }

  /** Stands for election. Throws ElectionError. */
  async start(): Promise<void> {
    if (this.#standby !== undefined) await this.#candidate.observe();
    await this.#candidate.stand();
  }

  /** Gives up the leadership, or the wish for it, for good. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#endTerm();
    await this.#candidate.stop();
  }

  /** As the leader answers: this process, or another one that is asked. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.#answer(request);
    return { ...response, headers: { ...this.#setting.office.headers, ...response.headers } };
  }

  async #answer(request: HttpRequest): Promise<HttpResponse> {
    const { segments } = apiRequest(request);
    if (segments.join('/') === 'mctl/v1/ready') return await this.#ready(request);
    const ourselves = this.#ourselves();
    if (ourselves !== undefined) return await ourselves(request);
    if (this.#standby !== undefined) return await this.#standby.answer(request);
    const { refused, name } = this.#setting.office;
    return refused(503, `${name} is starting`);
  }

  /** Undefined while somebody else has to be asked. */
  #ourselves(): HttpHandler | undefined {
    const { office } = this.#setting;
    if (this.#isOver) return () => office.refused(503, `${office.name} is stopping`);
    const term = this.#term;
    if (term?.isActing !== true) return undefined;
    return term.mayAct() ? (request) => term.answer(request) : (request) => this.#notCertain(request);
  }

  /** For supervisors: answered by each process for itself, whether it leads or not. */
  #ready(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const term = this.#term;
    const { office } = this.#setting;
    const leading = term?.isActing === true && term.mayAct();
    const leader = leading ? this.#setting.own : this.#candidate.leader;
    const report = {
      leading,
      leader: leader ?? null,
      subscribed: term?.isSubscribed === true,
      ...(leading && { epoch: term.epoch }),
      ...(office.electionPlace !== undefined && { election: office.electionPlace }),
    };
    return byMethod(request.method, { GET: () => json(report) }, office.refused);
  }

  #elected(epoch: number): void {
    const { world, office, onDuty } = this.#setting;
    this.#endTerm();
    this.#term = new Term({
      world,
      office,
      openStore: this.#openStore,
      epoch,
      mayLead: () => this.#candidate.mayAct(),
      createApi: (duty) => office.createApi(duty, this.#control(epoch)),
      onActing: (duty) => {
        world.log.info('leading', { epoch });
        onDuty?.(duty);
      },
      onEnd: (end) => this.#failed(end),
    });
  }

  #lost(reason: string): void {
    this.#over({ code: EXIT.leadershipLost, reason: `leadership was lost: ${reason}` }, { isFailure: false });
  }

  #failed({ reason, code, isFatal }: TermEnd): void {
    this.#setting.world.log.warn('this leadership cannot go on', { reason });
    if (isFatal) this.#end({ code, reason });
    else this.#over({ code, reason }, { isFailure: true });
  }

  #abdicate(): void {
    this.#abdication ??= this.#setting.world.clock.setTimer(ABDICATION_DELAY_MS, () =>
      this.#over({ code: EXIT.leadershipGivenUp, reason: 'leadership was given up' }, { isFailure: false }),
    );
  }

  /** A standby from here on, where there is something to stand by for. */
  #over(how: LeadershipEnd, { isFailure }: { readonly isFailure: boolean }): void {
    if (this.#isOver) return;
    if (this.#standby === undefined) {
      this.#end(how);
      return;
    }
    this.#endTerm();
    this.#setting.world.log.info('a standby now', { because: how.reason });
    void this.#candidate.standAgain({ isFailure });
  }

  #end(how: LeadershipEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endTerm();
    this.#setting.onEnd(how);
  }

  #endTerm(): void {
    this.#abdication?.cancel();
    this.#abdication = undefined;
    const wasActing = this.#term?.hasActed === true;
    this.#term?.end();
    this.#term = undefined;
    if (wasActing) this.#setting.onDuty?.(undefined);
  }

  #control(epoch: number): LeadershipControl {
    return { epoch, abdicate: () => this.#abdicate() };
  }

  /** Leads, but is cut off from the election: somebody else may lead any moment, so that nothing it says can be relied on. */
  async #notCertain(request: HttpRequest): Promise<HttpResponse> {
    const { office } = this.#setting;
    const alone = await office.answersAlone(request, 'uncertain');
    return alone ?? office.refused(503, `This ${office.name} is not certain to lead at this moment: try again`);
  }
}

/** Its owner closes it. */
function keptOpen(store: Store): Store {
  return {
    read: (prefix) => store.read(prefix),
    commit: (changes, options) => store.commit(changes, options),
    close: async () => undefined,
  };
}
