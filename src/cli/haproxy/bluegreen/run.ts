// `mctl haproxy bluegreen` from what was asked for to the end: looks, prepares, asks, creates the new colour, and drives.
import type { MarathonClient } from '../../../client/marathon.ts';
import { askBalancers, type BalancersOptions } from '../../../haproxy/bluegreen/balancers/ask.ts';
import { type Colour, coloursOf } from '../../../haproxy/bluegreen/colours/colours.ts';
import { GROUP } from '../../../haproxy/bluegreen/colours/labels.ts';
import { type PreparedColour, plannedColour, prepareColour } from '../../../haproxy/bluegreen/colours/prepare.ts';
import { driveDeployment } from '../../../haproxy/bluegreen/drive.ts';
import { runPreKillHook } from '../../../haproxy/bluegreen/pre-kill-hook.ts';
import type { Pace } from '../../../haproxy/bluegreen/steps/amounts.ts';
import { underWay, type Wish } from '../../../haproxy/bluegreen/steps/goal.ts';
import { rehearse } from '../../../haproxy/bluegreen/steps/rehearse.ts';
import type { Goal } from '../../../haproxy/bluegreen/steps/step.ts';
import type { JsonObject } from '../../../haproxy/discovery/json-fields.ts';
import type { World } from '../../../world/world.ts';
import type { View } from '../../output/view.ts';
import { balancerProblem, outcomeProblem } from './outcome-problem.ts';
import { rehearsalView, resultView } from './view.ts';

/** What was asked for, checked. */
export interface BluegreenRequest {
  readonly group: string;
  /** Of a new deployment; may be absent where one is gone on with. */
  readonly definition: JsonObject | undefined;
  readonly wish: Wish;
  readonly newInstances: number | undefined;
  readonly pace: Pace;
  readonly stepDelayMs: number;
  readonly timeoutMs: number | undefined;
  readonly rollsBack: boolean;
  readonly isDryRun: boolean;
  readonly hook: string | undefined;
}

/** Where it happens. */
export interface BluegreenPlace {
  readonly world: Pick<World, 'clock' | 'processes'>;
  readonly marathon: MarathonClient;
  readonly balancers: BalancersOptions;
  /** Throws when the answer is no. */
  readonly confirm: (question: string) => Promise<void>;
  readonly say: (text: string) => void;
  readonly progress: (text: string) => void;
  readonly interrupted: () => { readonly happened: Promise<void>; dispose(): void };
}

/** What is to be done with what is live. */
interface Plan {
  readonly goal: Goal;
  readonly first: Colour | undefined;
  readonly created: PreparedColour | undefined;
  readonly last: Colour;
}

/** `wouldChange`: a dry run. Throws Problem, Refusal, MarathonError. */
export async function bluegreen(
  place: BluegreenPlace,
  request: BluegreenRequest,
): Promise<{ readonly view: View; readonly outcome: 'ok' | 'wouldChange' }> {
  const { group, isDryRun, pace } = request;
  const { marathon, world } = place;
  const colours = coloursOf(group, await marathon.appsWithTasks({ label: GROUP }));
  const [only] = colours;
  if (request.wish === 'resume' && request.definition === undefined && colours.length === 1 && only !== undefined) {
    return { view: resultView(group, 'unchanged', colours, []), outcome: 'ok' };
  }
  const { goal, first, last, created } = planOf(request, colours, world.clock.nowMs());
  // An abort must be possible where a balancer is what is broken.
  if (goal.kind !== 'abort') await requireBalancers(place.balancers);
  if (isDryRun) {
    const view = rehearsalView(group, created, rehearse({ goal, first, last, pace }));
    return { view, outcome: 'wouldChange' };
  }
  await place.confirm(questionOf(goal, first, last));
  if (created !== undefined) {
    await marathon.createApp(created.definition);
    place.say(`Created ${created.id} with ${last.instances} of ${created.target} instances`);
  }
  const outcome = await follow(place, request, { goal, first, last, created });
  if (outcome.kind !== 'done') throw outcomeProblem(group, outcome);
  if (goal.kind === 'share') {
    place.say(`Next: mctl haproxy bluegreen ${group.slice(1)} --complete-cur (or --complete-prev) --balancer …`);
  }
  return { view: resultView(group, 'succeeded', outcome.live, outcome.removed), outcome: 'ok' };
}

async function follow(place: BluegreenPlace, request: BluegreenRequest, { goal, first, last }: Plan) {
  const { marathon, world, balancers } = place;
  const { hook } = request;
  const stop = place.interrupted();
  let shown = '';
  try {
    return await driveDeployment(
      {
        marathon,
        clock: world.clock,
        askBalancers: () => askBalancers(balancers),
        ...(hook !== undefined && {
          preKillHook: (old, taskIds, successor) => runPreKillHook(world.processes, hook, old, taskIds, successor),
        }),
        did: (text) => place.say(text),
        waits: (why) => {
          if (why !== shown) place.progress(`Waiting: ${why}`);
          shown = why;
        },
        interrupted: stop.happened,
      },
      {
        group: request.group,
        goal,
        firstId: first?.id,
        lastId: last.id,
        pace: request.pace,
        stepDelayMs: request.stepDelayMs,
        timeoutMs: request.timeoutMs,
        rollsBack: request.rollsBack,
      },
    );
  } finally {
    stop.dispose();
  }
}

function planOf(
  { group, wish, definition, pace, newInstances }: BluegreenRequest,
  colours: readonly Colour[],
  nowMs: number,
): Plan {
  const [first, second] = colours;
  const isNew = second === undefined && definition !== undefined && (wish === 'deploy' || wish === 'resume');
  if (!isNew) return { ...underWay(group, wish, colours), created: undefined };
  const created = prepareColour({ definition, live: first, pace, newInstances, nowMs });
  const { target } = created;
  const goal: Goal =
    first === undefined || newInstances === undefined
      ? { kind: 'replace', target }
      : { kind: 'share', target, newInstances };
  return { goal, first, last: plannedColour(created), created };
}

async function requireBalancers(balancers: BalancersOptions): Promise<void> {
  for (const answer of await askBalancers(balancers)) {
    if (answer.kind === 'unreachable') throw balancerProblem(answer.balancer, answer.why);
  }
}

function questionOf(goal: Goal, first: Colour | undefined, last: Colour): string {
  if (first === undefined) return `Create ${last.id}?`;
  switch (goal.kind) {
    case 'replace':
      return `Replace ${first.id} by ${last.id}, and remove ${first.id}?`;
    case 'share':
      return `Replace ${goal.newInstances} of ${goal.target} instances of ${first.id} by ${last.id}?`;
    case 'give-back':
      return `Replace ${last.id} by ${first.id}, and remove ${last.id}?`;
    case 'abort':
      return `Bring ${first.id} back to ${goal.target} instances, and remove ${last.id}?`;
  }
}
