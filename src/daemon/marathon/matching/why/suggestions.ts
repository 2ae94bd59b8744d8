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
  for (const candidates of singleChanges(input)) search.trySizes(candidates);
  // Several things at once only where one does not do.
  if (!search.found.some(({ placesAll }) => placesAll))
    for (const changes of nearestChanges(input, COMBINATIONS)) search.try(changes);
  return search.found.sort((a, b) => sizeOf(a.changes) - sizeOf(b.changes) || b.places - a.places).slice(0, LIMIT);
}

class Search {
  readonly found: Suggestion[] = [];
  readonly #input: SearchInput;
  readonly #tried = new Map<string, number>();

  constructor(input: SearchInput) {
    this.#input = input;
  }

  /** Keeps it when it places more than the app as it is. Answers how many it places. */
  try(changes: readonly Change[]): number {
    const key = JSON.stringify(changes);
    const known = this.#tried.get(key);
    if (known !== undefined) return known;
    const places = this.#placesWith(changes);
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
    const isGuessGood = firstGuess !== undefined && this.try([change(firstGuess)]) > places;
    if (!isGuessGood) {
      const one = this.#smallest(candidates, places + 1);
      if (one === undefined) return;
      this.try([change(one)]);
    }
    const all = missing === places + 1 ? undefined : this.#smallest(candidates, missing);
    if (all !== undefined) this.try([change(all)]);
  }

  /** The larger the change the more it places, so halving finds it; undefined when the largest does not do. */
  #smallest({ change, steps, concerns }: Candidates, target: number): number | undefined {
    const { verdicts } = this.#input;
    const among = concerns && ((_: OfferView, i: number) => verdicts[i] !== undefined && concerns(verdicts[i]));
    const isEnough = (step: number) => this.#placesWith([change(step)], target, among) >= target;
    if (!isEnough(steps)) return undefined;
    let [low, high] = [1, steps];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isEnough(middle)) high = middle;
      else low = middle + 1;
    }
    return high;
  }

  #placesWith(
    changes: readonly Change[],
    count = this.#input.missing,
    among?: (view: OfferView, index: number) => boolean,
  ): number {
    const app = changedApp(this.#input.app, changes);
    const views = this.#viewsFor(app.role);
    return fill(among === undefined ? views : views.filter(among), { ...this.#input, app, count }).places;
  }

  readonly #views = new Map<string, ReturnType<typeof viewAgents>>();

  #viewsFor(role: string): ReturnType<typeof viewAgents> {
    let views = this.#views.get(role);
    if (views === undefined) {
      views = viewAgents(this.#input.agents, role);
      this.#views.set(role, views);
    }
    return views;
  }
}
