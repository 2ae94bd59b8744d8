// One offer, and those who wait: who takes how much of it (marathon.md 13.2).
import type { Offer, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { Random } from '../../../world/world.ts';
import type { Match, MatchContext } from '../matching/match.ts';
import { matchOffer } from '../matching/match-offer.ts';
import { type OfferView, viewOffer } from '../matching/offer-view.ts';
import type { PlacedInstances } from '../matching/placed-instances.ts';
import type { App } from '../model/app.ts';
import { type Amounts, type Contenders, fits } from './contenders.ts';
import type { Launcher } from './launcher.ts';

/** Of everybody who has a say in it. */
export interface RoundParts {
  readonly contenders: Contenders;
  readonly random: Pick<Random, 'shuffle' | 'integer'>;
  readonly context: MatchContext;
  readonly maxInstancesPerOffer: number;
  readonly launches: RoundLaunches;
}

/** What is done about launches meanwhile; Launches does it. */
export interface RoundLaunches {
  /** How many more there may be now. */
  readonly tokensLeft: number;
  placed(app: App): PlacedInstances;
  definitionOf(launcher: Launcher): App;
  /**
   * Takes a launch down, token included, so that placed instances and launchers show it at once; undefined when there is
   * nothing to launch after all.
   */
  provision(offer: Offer, launcher: Launcher, app: App, match: Match): TaskInfo | undefined;
}

/** `isEveryone`: nobody was left out who might have had use for the offer. */
export interface RoundOutcome {
  readonly tasks: readonly TaskInfo[];
  readonly isEveryone: boolean;
}

/** Passes over those interested, each taking one instance a pass, until nobody takes any or a limit is reached. */
export function runRound(offer: Offer, parts: RoundParts): RoundOutcome {
  const { contenders, random, context, maxInstancesPerOffer, launches } = parts;
  let view = viewOffer(offer);
  let free = amountsOf(view);
  const { launchers, isEveryone } = contenders.show(view.role, free);
  const users = new Set<Launcher>();
  const tasks: TaskInfo[] = [];
  const isOver = () => tasks.length >= maxInstancesPerOffer || launches.tokensLeft === 0;
  let pass = random.shuffle(launchers);
  while (pass.length > 0 && !isOver()) {
    const again: Launcher[] = [];
    for (const launcher of pass) {
      if (isOver()) break;
      if (launcher.scheduled.size === 0) continue;
      const app = launches.definitionOf(launcher);
      // Of what others have left over too little is no news.
      if (tasks.length > 0 && !fits(app, free)) continue;
      const answer = matchOffer(view, app, launches.placed(app), context);
      if (answer.kind === 'none') {
        if (!users.has(launcher)) launcher.statistics.rejected(offer, answer.reasons, context.nowMs);
        continue;
      }
      const task = launches.provision(offer, launcher, app, answer);
      if (task === undefined) continue;
      tasks.push(task);
      if (!users.has(launcher)) launcher.statistics.used(context.nowMs);
      users.add(launcher);
      again.push(launcher);
      view = answer.rest;
      free = amountsOf(view);
    }
    pass = again;
  }
  return { tasks, isEveryone };
}

function amountsOf({ resources }: OfferView): Amounts {
  const of = (name: string) => resources.scalar(name) ?? 0;
  return { cpus: of('cpus'), mem: of('mem'), disk: of('disk'), gpus: of('gpus') };
}
