// All agents at one moment, as if everything free were offered at once, and trying out on them what would fit.
import type { Attribute, Resource, Unavailability } from '../../../../mesos/generated/v1.ts';
import type { App } from '../../model/app.ts';
import type { MatchContext, NoMatch } from '../match.ts';
import { matchOffer } from '../match-offer.ts';
import { type OfferView, viewAgent } from '../offer-view.ts';
import type { PlacedInstances } from '../placed-instances.ts';

/** One agent and what is free there: not used by tasks; offered to others or not. */
export interface AgentOffer {
  readonly agentId: string;
  readonly hostname: string;
  /** Reserved and unreserved, in either form; allocation roles are ignored. */
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly region?: string;
  readonly zone?: string;
  readonly unavailability?: Unavailability;
}

/** As an offer to `role` of all that is free would show them. */
export function viewAgents(agents: readonly AgentOffer[], role: string): OfferView[] {
  return agents.map(({ agentId: _, hostname, resources, ...rest }) =>
    viewAgent({
      ...rest,
      host: hostname,
      role,
      resources: resources.map(({ allocation_info: _allocated, ...resource }) => resource),
    }),
  );
}

/** How many matches may still be tried: what is asked for fun must not hold up the daemon. */
export interface Budget {
  matches: number;
  /** A try was cut short, so what came of it is too little. */
  ranOut: boolean;
}

/** What came of a try. */
export interface Filling {
  /** Instances that fit. */
  readonly places: number;
  /** How many of them on each view, in the order given. */
  readonly perView: readonly number[];
  /** What is left of each. */
  readonly left: readonly OfferView[];
}

/** What to try. */
export interface FillInput {
  readonly app: App;
  readonly count: number;
  readonly placed: PlacedInstances;
  readonly context: MatchContext;
  /** As `--max_instances_per_offer`. */
  readonly maxInstancesPerOffer: number;
  readonly budget: Budget;
}

/** Goes round the agents as offers would, until nobody takes more. `placed` is left as it was. */
export function fill(views: readonly OfferView[], input: FillInput): Filling {
  const { placed, count } = input;
  const left = [...views];
  const perView = views.map(() => 0);
  const added: string[] = [];
  // Who lacks room will not have more in the next round; a constraint may hold once others have been placed.
  let open = views.map((_, i) => i);
  try {
    while (added.length < count && open.length > 0) {
      const before = added.length;
      open = open.filter((i) => {
        const { view, taken, isOpen } = fillOne(left[i], input, added);
        if (view !== undefined) left[i] = view;
        perView[i] = (perView[i] ?? 0) + taken;
        return isOpen;
      });
      if (added.length === before) break;
    }
  } finally {
    for (const id of added) placed.remove(id);
  }
  return { places: added.length, perView, left };
}

function fillOne(
  start: OfferView | undefined,
  { app, count, placed, context, maxInstancesPerOffer, budget }: FillInput,
  added: string[],
): { readonly view: OfferView | undefined; readonly taken: number; readonly isOpen: boolean } {
  let view = start;
  let taken = 0;
  while (view !== undefined && taken < maxInstancesPerOffer && added.length < count) {
    if (budget.matches <= 0) {
      budget.ranOut = true;
      return { view, taken, isOpen: false };
    }
    budget.matches -= 1;
    const answer = matchOffer(view, app, placed, context);
    if (answer.kind === 'none') return { view, taken, isOpen: isOnlyConstrained(answer) };
    // No instance id begins like this.
    const id = `?${added.length}`;
    placed.add(id, answer.place);
    added.push(id);
    taken += 1;
    view = answer.rest;
  }
  return { view, taken, isOpen: true };
}

function isOnlyConstrained({ shortfalls }: NoMatch): boolean {
  return shortfalls.every((shortfall) => 'kind' in shortfall && shortfall.kind === 'constraint');
}
