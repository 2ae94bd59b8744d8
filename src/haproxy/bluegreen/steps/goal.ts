// Where a deployment is to end, from what was asked for and what the labels say of it (haproxy.md 16.7, 16.8, 16.11).
import type { Colour } from '../colours/colours.ts';
import * as label from '../colours/labels.ts';
import { Refusal } from '../refusal.ts';
import type { Goal } from './step.ts';

/** `deploy`: a new colour. The others go on with one that is under way, or at rest half-way. */
export type Wish = 'deploy' | 'resume' | 'complete-cur' | 'complete-prev' | 'abort';

/** What there is to go on with. */
export interface UnderWay {
  readonly goal: Goal;
  readonly first: Colour;
  readonly last: Colour;
}

/** Of the two live colours, oldest first. Throws Refusal when there are not two, or the wish is for another deployment. */
export function underWay(group: string, wish: Wish, colours: readonly Colour[]): UnderWay {
  const [first, last] = colours;
  if (first === undefined || last === undefined) {
    const what =
      colours.length === 0 ? `No app of the group ${group} is live.` : `No deployment of ${group} is under way.`;
    throw new Refusal('nothing', what, first === undefined ? {} : { why: `${first.id} is its only app.` });
  }
  if (wish === 'deploy') {
    throw new Refusal('conflict', `A deployment of ${group} is under way.`, {
      why: `${first.id} has ${first.instances} instances, ${last.id} has ${last.instances}.`,
      next: [
        '--resume             (go on with it)',
        `--complete-cur       (all instances become ${last.id})`,
        `--complete-prev      (all instances become ${first.id})`,
        `--abort              (${first.id} as it was, at once)`,
      ],
    });
  }
  const { target } = last;
  if (target === undefined) {
    throw new Refusal('conflict', `${last.id} lacks the label ${label.TARGET_INSTANCES}.`, {
      why: 'So nobody knows how many instances there are to be.',
    });
  }
  return { goal: goalOf(wish, target, last.newInstances ?? 0), first, last };
}

function goalOf(wish: Wish, target: number, newInstances: number): Goal {
  if (wish === 'abort') return { kind: 'abort', target };
  if (wish === 'complete-prev') return { kind: 'give-back', target };
  if (wish === 'complete-cur' || newInstances === 0) return { kind: 'replace', target };
  return { kind: 'share', target, newInstances };
}
