// Which instances go when an app shrinks (marathon.md 12.4). Pure.
import { fieldText } from '../matching/place.ts';
import type { App } from '../model/app.ts';
import { type Instance, type InstanceId, isActive } from '../model/instance.ts';

/** `count`: how many are to go. `named`: those that somebody asked for, in order. */
export interface VictimInput {
  readonly app: Pick<App, 'constraints' | 'killSelection'>;
  readonly instances: readonly Instance[];
  readonly count: number;
  readonly named?: readonly InstanceId[];
}

/** At most `count` of the instances that count for the app's size, those to go first first. */
export function selectVictims({ app, instances, count, named = [] }: VictimInput): Instance[] {
  const candidates = new Map(instances.filter(countsForSize).map((instance) => [instance.id, instance]));
  const victims: Instance[] = [];
  const take = (instance: Instance | undefined): void => {
    if (instance !== undefined && victims.length < count && candidates.delete(instance.id)) victims.push(instance);
  };
  for (const id of named) take(candidates.get(id));
  const ordered = [...candidates.values()].sort(preference(app));
  for (const instance of ordered) if (!isActive(instance)) take(instance);
  if (victims.length < count && candidates.size > 0) {
    const open = count - victims.length;
    for (const instance of keepingEven(app, [...candidates.values()].sort(preference(app)), open)) take(instance);
  }
  for (const instance of ordered) take(instance);
  return victims;
}

/** What a scale check compares with the app's size: it is to run, and not given up. */
export function countsForSize({ goal, condition }: Pick<Instance, 'goal' | 'condition'>): boolean {
  return goal === 'Running' && condition !== 'UnreachableInactive';
}

/** Sorts instances: first those without a task, lost ones, ones that end anyway, ones that do not run yet; then by age. */
export function preference({ killSelection }: Pick<App, 'killSelection'>): (a: Instance, b: Instance) => number {
  const sign = killSelection === 'YOUNGEST_FIRST' ? -1 : 1;
  return (a, b) => rankOf(a) - rankOf(b) || sign * (startedMs(a) - startedMs(b)) || sign * compareIds(a.id, b.id);
}

const RANKS: Partial<Record<Instance['condition'], number>> = {
  Unreachable: 1,
  Killing: 2,
  Provisioned: 3,
  Staging: 4,
  Starting: 5,
  Running: 6,
};

function rankOf(instance: Instance): number {
  return RANKS[instance.condition] ?? 0;
}

function startedMs({ task, sinceMs }: Instance): number {
  return task?.startedAtMs ?? task?.stagedAtMs ?? sinceMs;
}

function compareIds(a: InstanceId, b: InstanceId): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Greedy: as long as one of the biggest group may go without making any GROUP_BY distribution less even, it does. Stops
 * where that ends. Where several groups are the biggest, one of them goes although the difference is the same after.
 * `ordered`: those to be preferred first.
 */
function keepingEven(app: Pick<App, 'constraints'>, ordered: readonly Instance[], count: number): Instance[] {
  const fields = app.constraints.filter(({ operator }) => operator === 'GROUP_BY').map(({ field }) => field);
  if (fields.length === 0 || count >= ordered.length) return [];
  const distributions = fields.map((field) => new Distribution(field, ordered));
  const left = new Set(ordered);
  const chosen: Instance[] = [];
  while (chosen.length < count) {
    const victim = nextEven(distributions, left);
    if (victim === undefined) break;
    for (const distribution of distributions) distribution.remove(victim);
    left.delete(victim);
    chosen.push(victim);
  }
  return chosen;
}

function nextEven(distributions: readonly Distribution[], left: ReadonlySet<Instance>): Instance | undefined {
  const [worst] = [...distributions].sort((a, b) => b.difference - a.difference);
  const fits = (instance: Instance): boolean => distributions.every((one) => one.staysEvenWithout(instance));
  for (const instance of worst?.biggest() ?? []) if (left.has(instance) && fits(instance)) return instance;
  if (distributions.length === 1) return undefined;
  for (const instance of left) if (fits(instance)) return instance;
  return undefined;
}

/** How instances spread over the values of one field. A group stays when it is emptied: it was there. */
class Distribution {
  readonly #field: string;
  readonly #groups = new Map<string | undefined, Set<Instance>>();

  constructor(field: string, instances: readonly Instance[]) {
    this.#field = field;
    for (const instance of instances) {
      const group = this.#groups.get(this.#valueOf(instance));
      if (group === undefined) this.#groups.set(this.#valueOf(instance), new Set([instance]));
      else group.add(instance);
    }
  }

  /** Between the biggest and the smallest group. */
  get difference(): number {
    return this.#differenceWithout(undefined);
  }

  /** Of the biggest group, in the order given. */
  biggest(): Iterable<Instance> {
    let biggest: ReadonlySet<Instance> = new Set();
    for (const group of this.#groups.values()) if (group.size > biggest.size) biggest = group;
    return biggest;
  }

  staysEvenWithout(instance: Instance): boolean {
    const after = this.#differenceWithout(this.#valueOf(instance), true);
    return after <= Math.max(1, this.difference);
  }

  remove(instance: Instance): void {
    this.#groups.get(this.#valueOf(instance))?.delete(instance);
  }

  #differenceWithout(value: string | undefined, isLess = false): number {
    let smallest = Number.POSITIVE_INFINITY;
    let biggest = 0;
    for (const [key, { size }] of this.#groups) {
      const count = isLess && key === value ? size - 1 : size;
      smallest = Math.min(smallest, count);
      biggest = Math.max(biggest, count);
    }
    return this.#groups.size === 0 ? 0 : biggest - smallest;
  }

  #valueOf({ agent }: Instance): string | undefined {
    return agent === undefined ? undefined : fieldText(agent, this.#field);
  }
}
