// Carries a deployment out: looks, asks for the next step, does it, and again. It keeps nothing that it could not see anew,
// so that one that was killed is gone on with by the next (haproxy.md 16.7, 16.11).
import { type MarathonClient, MarathonError } from '../../client/marathon.ts';
import type { Clock } from '../../world/world.ts';
import { type BalancerAnswer, viewOf } from './balancers/view.ts';
import { type Colour, coloursOf, type LiveApp } from './colours/colours.ts';
import * as label from './colours/labels.ts';
import type { Outcome, Trouble } from './outcome.ts';
import type { Pace } from './steps/amounts.ts';
import { nextStep } from './steps/next-step.ts';
import type { Goal, Situation, Step } from './steps/step.ts';
import { didText } from './steps/step-text.ts';

/** What it works with. */
export interface DriveTools {
  readonly marathon: MarathonClient;
  readonly clock: Clock;
  readonly askBalancers: () => Promise<readonly BalancerAnswer[]>;
  /** Before tasks are killed; text instead of undefined says why they must not be. */
  readonly preKillHook?: (old: LiveApp, taskIds: readonly string[], successor: LiveApp) => Promise<string | undefined>;
  /** Something was done. */
  readonly did: (text: string) => void;
  /** What is waited for now. */
  readonly waits: (why: string) => void;
  /** Resolves when nobody wants to go on. */
  readonly interrupted: Promise<void>;
}

/** One deployment. */
export interface DriveOptions {
  readonly group: string;
  readonly goal: Goal;
  /** Of the two colours; no `firstId`: the first deployment of the group. */
  readonly firstId: string | undefined;
  readonly lastId: string;
  readonly pace: Pace;
  readonly stepDelayMs: number;
  /** For all of it. */
  readonly timeoutMs: number | undefined;
  /** In trouble it is taken back. */
  readonly rollsBack: boolean;
}

/** A Marathon that is away for longer has not just changed its leader. */
const PATIENCE_MS = 120_000;

/** Throws MarathonError when Marathon refuses or stays away, Refusal when live apps stop making sense. */
export function driveDeployment(tools: DriveTools, options: DriveOptions): Promise<Outcome> {
  return new Drive(tools, options).run();
}

class Drive {
  readonly #tools: DriveTools;
  readonly #options: DriveOptions;
  readonly #startMs: number;
  #goal: Goal;
  /** Why it is being taken back. */
  #trouble: Trouble | undefined;
  #waitingSinceMs: number | undefined;
  #awaySinceMs: number | undefined;
  #why = 'nothing was seen yet';
  #live: readonly Colour[] = [];
  readonly #removed: string[] = [];

  constructor(tools: DriveTools, options: DriveOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#goal = options.goal;
    this.#startMs = tools.clock.monotonicMs();
  }

  async run(): Promise<Outcome> {
    const stop = this.#tools.interrupted.then(() => 'stop' as const);
    for (;;) {
      const outcome = await this.#turn();
      if (outcome !== 'at once' && outcome !== 'later') return outcome;
      const pause = this.#tools.clock.sleep(outcome === 'later' ? this.#options.stepDelayMs : 0);
      if ((await Promise.race([pause, stop])) === 'stop') return { kind: 'interrupted', live: this.#live };
    }
  }

  async #turn(): Promise<Outcome | 'at once' | 'later'> {
    try {
      const situation = await this.#look();
      this.#awaySinceMs = undefined;
      if (situation === undefined) return this.#inTrouble({ code: 'gone', why: 'an app of it was removed meanwhile' });
      const step = nextStep(situation);
      if (this.#isLate() && step.kind !== 'done') {
        const seconds = Math.round((this.#options.timeoutMs ?? 0) / 1000);
        return this.#inTrouble({ code: 'timed-out', why: `not done within ${seconds} s: ${this.#whyOf(step)}` });
      }
      return await this.#take(step, situation);
    } catch (error) {
      if (!(error instanceof MarathonError)) throw error;
      return this.#afterError(error);
    }
  }

  async #look(): Promise<Situation | undefined> {
    const { marathon, askBalancers, clock } = this.#tools;
    const { group, firstId, lastId, pace } = this.#options;
    const [apps, answers] = await Promise.all([marathon.appsWithTasks({ label: label.GROUP }), askBalancers()]);
    const live = coloursOf(group, apps);
    this.#live = live;
    const [first, last] = [firstId, lastId].map((id) => live.find((colour) => colour.id === id));
    const stays = this.#goal.kind === 'abort' || this.#goal.kind === 'give-back' ? first : last;
    if (stays === undefined) return undefined;
    const views = [];
    const unreachable = [];
    for (const answer of answers) {
      if (answer.kind === 'answered')
        views.push(
          viewOf(
            answer,
            live.map(({ app }) => app),
          ),
        );
      else unreachable.push(answer);
    }
    const waitedMs = this.#waitingSinceMs === undefined ? 0 : clock.monotonicMs() - this.#waitingSinceMs;
    return { goal: this.#goal, first, last, views, unreachable, waitedMs, pace };
  }

  async #take(step: Step, situation: Situation): Promise<Outcome | 'at once' | 'later'> {
    if (step.kind === 'done') return this.#end();
    if (step.kind === 'stuck') return this.#inTrouble(step);
    if (step.kind === 'wait') {
      // Marathon may need its time; the balancers have theirs once it is done.
      if (step.waitsFor === 'marathon') this.#waitingSinceMs = undefined;
      else this.#waitingSinceMs ??= this.#tools.clock.monotonicMs();
      this.#why = step.why;
      this.#tools.waits(step.why);
      return 'later';
    }
    const no = await this.#askHook(step, situation);
    if (no !== undefined) return this.#inTrouble({ code: 'hook', why: no });
    await this.#act(step);
    this.#waitingSinceMs = undefined;
    this.#tools.did(didText(step));
    return 'at once';
  }

  async #askHook(step: Step, { first, last }: Situation): Promise<string | undefined> {
    const { preKillHook } = this.#tools;
    if (preKillHook === undefined || (step.kind !== 'kill' && step.kind !== 'remove')) return undefined;
    const successor = step.victims.id === last?.id ? first : last;
    if (step.taskIds.length === 0 || successor === undefined) return undefined;
    return preKillHook(step.victims.definition, step.taskIds, successor.definition);
  }

  async #act(step: Extract<Step, { kind: 'kill' | 'scale' | 'remove' }>): Promise<void> {
    const { marathon } = this.#tools;
    switch (step.kind) {
      case 'scale':
        await marathon.changeApp(step.appId, { instances: step.to }, { force: step.force });
        return;
      case 'kill':
        await marathon.killTasks(step.taskIds, { scale: true });
        // Should this one fail, the next look finds room and nothing that drains, and does it then.
        if (step.growth !== undefined) await marathon.changeApp(step.growth.appId, { instances: step.growth.to });
        return;
      case 'remove':
        await marathon.removeApp(step.victims.id, { force: step.force });
        this.#removed.push(step.victims.id);
    }
  }

  #end(): Outcome {
    if (this.#trouble !== undefined) return { kind: 'rolled-back', live: this.#live, trouble: this.#trouble };
    return { kind: 'done', live: this.#live, removed: this.#removed };
  }

  /** Back, where that was asked for and there still is something to go back to; else it stops where it is. */
  #inTrouble({ code, why }: Trouble): Outcome | 'at once' {
    const trouble: Trouble = { code, why };
    const { rollsBack, firstId, goal } = this.#options;
    const canGoBack = this.#live.some(({ id }) => id === firstId) && this.#live.length === 2;
    if (!rollsBack || !canGoBack || this.#trouble !== undefined) {
      return { kind: 'stopped', live: this.#live, trouble, isRollingBack: this.#trouble !== undefined };
    }
    this.#trouble = trouble;
    this.#goal = { kind: 'abort', target: goal.target };
    this.#waitingSinceMs = undefined;
    this.#tools.did(`Taking it back: ${why}`);
    return 'at once';
  }

  #afterError(error: MarathonError): 'later' {
    const nowMs = this.#tools.clock.monotonicMs();
    if (error.code === 'locked') this.#why = `Marathon is locked by deployment ${error.deployments[0] ?? '?'}`;
    else if (isAway(error)) {
      this.#awaySinceMs ??= nowMs;
      if (nowMs - this.#awaySinceMs > PATIENCE_MS) throw error;
      this.#why = `Marathon does not answer: ${error.message}`;
    } else throw error;
    this.#tools.waits(this.#why);
    return 'later';
  }

  #isLate(): boolean {
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined || this.#trouble !== undefined) return false;
    return this.#tools.clock.monotonicMs() - this.#startMs >= timeoutMs;
  }

  #whyOf(step: Step): string {
    return step.kind === 'wait' || step.kind === 'stuck' ? step.why : this.#why;
  }
}

function isAway({ code }: MarathonError): boolean {
  return code === 'unreachable' || code === 'unavailable' || code === 'failed';
}
