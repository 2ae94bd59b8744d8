// The smallest change of an app that would make more of it fit: candidates from what the agents lack, each tried out.
import type { App } from '../../model/app.ts';
import type { MatchContext } from '../match.ts';
import type { OfferView } from '../offer-view.ts';
import type { PlacedInstances } from '../placed-instances.ts';
import { type Candidates, singleChanges } from './candidates.ts';
import { changedApp, sizeOf } from './changed-app.ts';
import { type AgentOffer, type Budget, fill, viewAgents } from './cluster-picture.ts';
import type { AgentVerdict, Change, Suggestion } from './explanation.ts';
import { nearestChanges } from './nearest.ts';

/** What the search knows. */
export interface SearchInput {
  readonly app: App;
  readonly missing: number;
  /** How many fit without any change. */
  readonly places: number;
  readonly verdicts: readonly AgentVerdict[];
  readonly agents: readonly AgentOffer[];
  readonly placed: PlacedInstances;
  readonly context: MatchContext;
  readonly maxInstancesPerOffer: number;
  readonly budget: Budget;
}

/** Most that are told of. */
const LIMIT = 10;
/** Combinations that are tried out. */
const COMBINATIONS = 5;

/** Verified, each once, smallest first. Those that place nothing more are left out. */
export function suggestions(input: SearchInput): Suggestion[] {
  const search = new Search(input);
  const all = singleChanges(input);
  for (const [i, candidates] of all.entries())
    withShare(input.budget, all.length - i, () => search.trySizes(candidates));
  // Several things at once only where one does not do.
  if (!search.found.some(({ placesAll }) => placesAll))
    for (const changes of nearestChanges(input, COMBINATIONS)) search.try(changes);
  return search.found.sort((a, b) => sizeOf(a.changes) - sizeOf(b.changes) || b.places - a.places).slice(0, LIMIT);
}

/** Lets one of `sharers` spend its part of what is left; what it does not use is for the others. */
function withShare(budget: Budget, sharers: number, fn: () => void): void {
  const others = budget.matches - Math.ceil(budget.matches / sharers);
  budget.matches -= others;
  fn();
  budget.matches += others;
}

class Search {
  readonly found: Suggestion[] = [];
  readonly #input: SearchInput;
  readonly #tried = new Map<string, number>();
  /** For trying out what the search found: as much again, and each try to its end, as it says how many fit. */
  #matchesForTries: number;
  readonly #views = new Map<string, readonly OfferView[]>();

  constructor(input: SearchInput) {
    this.#input = input;
    this.#matchesForTries = input.budget.matches;
  }

  /** Keeps it when it places more than the app as it is. Answers how many it places. */
  try(changes: readonly Change[]): number {
    const key = JSON.stringify(changes);
    const known = this.#tried.get(key);
    if (known !== undefined) return known;
    if (this.#matchesForTries <= 0) {
      this.#input.budget.ranOut = true;
      return 0;
    }
    const budget: Budget = { matches: Number.MAX_SAFE_INTEGER, ranOut: false };
    const places = this.#placesWith(changes, this.#input.missing, budget);
    this.#matchesForTries -= Number.MAX_SAFE_INTEGER - budget.matches;
    this.#tried.set(key, places);
    const { missing } = this.#input;
    if (places > this.#input.places) this.found.push({ changes, places, placesAll: places >= missing });
    return places;
  }

  /** Of a change that may be larger or smaller: the smallest that places one more, and the smallest that places all. */
  trySizes(candidates: Candidates): void {
    const { change, steps, firstGuess } = candidates;
    const { places, missing } = this.#input;
    if (steps === 1) this.try([change(1)]);
    if (steps <= 1) return;
    // While nothing fits the guess is exact; instances that do fit would shrink as well, and leave more.
    const one =
      firstGuess !== undefined && places === 0 ? firstGuess : this.#smallest(candidates, places + 1, firstGuess);
    if (one !== undefined && this.try([change(one)]) <= places) this.#tryOne(candidates);
    else if (one === undefined && firstGuess !== undefined) this.try([change(firstGuess)]);
    const all = missing === places + 1 ? undefined : this.#smallest(candidates, missing);
    if (all !== undefined) this.try([change(all)]);
  }

  #tryOne(candidates: Candidates): void {
    const one = this.#smallest(candidates, this.#input.places + 1);
    if (one !== undefined) this.try([candidates.change(one)]);
  }

  /**
   * The larger the change the more it places, so halving finds it; undefined when the largest does not do, or when the
   * search had to end before it knew.
   */
  #smallest({ change, steps, concerns }: Candidates, target: number, most = steps): number | undefined {
    const { verdicts, budget } = this.#input;
    const among = concerns && ((_: OfferView, i: number) => verdicts[i] !== undefined && concerns(verdicts[i]));
    const own: Budget = { matches: budget.matches, ranOut: false };
    const isEnough = (step: number) => this.#placesWith([change(step)], target, own, among) >= target;
    let [low, high] = [1, most];
    const isAtAll = isEnough(most);
    while (isAtAll && low < high && !own.ranOut) {
      const middle = Math.floor((low + high) / 2);
      if (isEnough(middle)) high = middle;
      else low = middle + 1;
    }
    budget.matches = own.matches;
    budget.ranOut ||= own.ranOut;
    return isAtAll && !own.ranOut ? high : undefined;
  }

  #placesWith(
    changes: readonly Change[],
    count: number,
    budget: Budget,
    among?: (view: OfferView, index: number) => boolean,
  ): number {
    const app = changedApp(this.#input.app, changes);
    const views = this.#viewsFor(app.role);
    return fill(among === undefined ? views : views.filter(among), { ...this.#input, app, count, budget }).places;
  }

  #viewsFor(role: string): readonly OfferView[] {
    let views = this.#views.get(role);
    if (views === undefined) {
      views = viewAgents(this.#input.agents, role);
      this.#views.set(role, views);
    }
    return views;
  }
}
