// Why instances of an app do not start, as data (marathon.md 7.3, 13.4): the matcher, asked of every agent at once.
import type { App } from '../../model/app.ts';
import { REJECT_REASONS } from '../../model/reject-reason.ts';
import type { MatchContext } from '../match.ts';
import { matchOffer } from '../match-offer.ts';
import type { PlacedInstances } from '../placed-instances.ts';
import { rejectCounts } from '../reject-tally.ts';
import { type AgentOffer, type Budget, fill, viewAgents } from './cluster-picture.ts';
import type { AgentVerdict, PlacementExplanation, PlacementPreview } from './explanation.ts';
import { suggestions } from './suggestions.ts';

/** What is explained. */
export interface PlacementQuestion {
  readonly app: App;
  /** Instances that are to be launched. */
  readonly missing: number;
  readonly agents: readonly AgentOffer[];
  /** Where the app's other instances are; left as it was. */
  readonly placed: PlacedInstances;
  readonly context: MatchContext;
  readonly maxInstancesPerOffer: number;
  /** Wall-clock ms until which the app is not launched. */
  readonly delayedUntilMs?: number;
  /** Most agents told of; default 1,000. */
  readonly agentLimit?: number;
  /** Most matches in search of a change that helps, and as many to try out what was found; default 50,000, 0.3 s or so. */
  readonly matchLimit?: number;
}

const DEFAULT_AGENT_LIMIT = 1_000;
const DEFAULT_MATCH_LIMIT = 50_000;

const unlimited = (): Budget => ({ matches: Number.POSITIVE_INFINITY, ranOut: false });

/** Costs a look at every agent, and the search. */
export function explainPlacement(question: PlacementQuestion): PlacementExplanation {
  const { app, missing, agents, placed, context, delayedUntilMs, agentLimit = DEFAULT_AGENT_LIMIT } = question;
  const views = viewAgents(agents, app.role);
  const filling = fill(views, { ...question, count: missing, budget: unlimited() });
  const verdicts = withPlaced(question, filling.perView, () =>
    agents.map(({ agentId, hostname }, i): AgentVerdict => {
      const view = filling.left[i];
      const answer = view && matchOffer(view, app, placed, context);
      const places = filling.perView[i] ?? 0;
      if (answer?.kind !== 'none') return { agentId, hostname, places, shortfalls: [] };
      const [reason] = answer.reasons;
      return { agentId, hostname, places, ...(reason !== undefined && { reason }), shortfalls: answer.shortfalls };
    }),
  );
  const budget: Budget = { matches: question.matchLimit ?? DEFAULT_MATCH_LIMIT, ranOut: false };
  const isDelayed = delayedUntilMs !== undefined && delayedUntilMs > context.nowMs;
  const found = filling.places < missing ? suggestions({ ...question, verdicts, places: filling.places, budget }) : [];
  return {
    appId: app.id,
    role: app.role,
    missing,
    places: filling.places,
    state: stateOf({ missing, places: filling.places, isDelayed, agentCount: agents.length }),
    ...(isDelayed && {
      delay: { untilMs: delayedUntilMs, secondsLeft: Math.ceil((delayedUntilMs - context.nowMs) / 1000) },
    }),
    agentCount: agents.length,
    funnel: rejectCounts(verdicts.map(({ reason }) => (reason === undefined ? [] : [reason]))),
    agents: nearestFirst(verdicts).slice(0, agentLimit),
    agentsLeftOut: Math.max(0, agents.length - agentLimit),
    suggestions: found,
    isSearchComplete: !budget.ranOut,
  };
}

/** Where instances would go now; nothing is changed. Costs a match an agent and round. */
export function previewPlacement(
  question: Omit<PlacementQuestion, 'missing' | 'delayedUntilMs'> & { readonly count: number },
): PlacementPreview {
  const { app, agents, count } = question;
  const filling = fill(viewAgents(agents, app.role), { ...question, budget: unlimited() });
  return {
    places: filling.places,
    missing: count - filling.places,
    agents: agents.flatMap(({ agentId, hostname }, i) => {
      const instances = filling.perView[i] ?? 0;
      return instances === 0 ? [] : [{ agentId, hostname, instances }];
    }),
  };
}

/** Runs `fn` with the instances that would be placed counted. */
function withPlaced<T>({ agents, placed }: PlacementQuestion, perView: readonly number[], fn: () => T): T {
  const added: string[] = [];
  try {
    for (const [i, agent] of agents.entries()) {
      for (let n = perView[i] ?? 0; n > 0; n--) {
        const id = `?${added.length}`;
        placed.add(id, { host: agent.hostname, ...agent });
        added.push(id);
      }
    }
    return fn();
  } finally {
    for (const id of added) placed.remove(id);
  }
}

function stateOf(of: {
  readonly missing: number;
  readonly places: number;
  readonly isDelayed: boolean;
  readonly agentCount: number;
}): PlacementExplanation['state'] {
  if (of.missing === 0) return 'complete';
  if (of.isDelayed) return 'delayed';
  if (of.agentCount === 0) return 'no-agents';
  if (of.places >= of.missing) return 'fits';
  return of.places > 0 ? 'partly' : 'none';
}

/** Of agents that refuse, the later in the funnel the nearer; of those, the fewer things are in the way. */
function nearestFirst(verdicts: readonly AgentVerdict[]): AgentVerdict[] {
  const distance = ({ reason }: AgentVerdict): number =>
    reason === undefined ? -1 : REJECT_REASONS.length - REJECT_REASONS.indexOf(reason);
  return [...verdicts].sort(
    (a, b) => b.places - a.places || distance(a) - distance(b) || a.shortfalls.length - b.shortfalls.length,
  );
}
