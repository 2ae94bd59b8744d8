// What is left of an offer, and taking the cpus, mem and disk of a task out of it (chronos.md 9.7). Thousandths all the way.
import type { Offer, Resource } from '../../../../mesos/generated/v1.ts';
import { type Item, scalarItem } from '../../../../mesos/resources/item.ts';
import { Resources, toPreFormat } from '../../../../mesos/resources.ts';

/** Of a task, in thousandths. */
export interface Demand {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
}

const NAMES = ['cpus', 'mem', 'disk'] as const;

interface Part {
  readonly item: Item;
  left: number;
}

/** Of one offer; only what ordinary tasks may have. */
export class OfferResources {
  /** Reserved ones first. */
  readonly #parts: Readonly<Record<(typeof NAMES)[number], readonly Part[]>>;
  readonly #isOldFormat: boolean;

  /** `role`: the framework's. */
  constructor({ resources = [] }: Pick<Offer, 'resources'>, role: string) {
    this.#isOldFormat = resources.some((resource) => resource.role !== undefined);
    const items = Resources.of([...resources]).items.filter(isOrdinary);
    const of = (name: string): Part[] => {
      const own = items.filter(({ identity }) => identity.name === name && identity.kind === 'SCALAR');
      const reserved = own.filter(({ identity }) => role !== '*' && identity.role === role);
      const free = own.filter(({ identity }) => (identity.role ?? '*') === '*');
      return [...reserved, ...free].map((item) => ({ item, left: item.millis }));
    };
    this.#parts = { cpus: of('cpus'), mem: of('mem'), disk: of('disk') };
  }

  /** Thousandths that are left. */
  left(name: (typeof NAMES)[number]): number {
    return this.#parts[name].reduce((sum, { left }) => sum + left, 0);
  }

  fits(demand: Demand): boolean {
    return NAMES.every((name) => this.left(name) >= demand[name]);
  }

  /** Only what fits. One reserved resource that covers an amount alone is taken, else one that is everybody's, else several. */
  take(demand: Demand): Resource[] {
    const taken: Item[] = [];
    for (const name of NAMES) this.#takeOne(name, demand[name], taken);
    const messages = Resources.ofItems(taken).toMessages();
    return this.#isOldFormat ? messages.map((each) => toPreFormat(each) ?? each) : messages;
  }

  #takeOne(name: (typeof NAMES)[number], millis: number, into: Item[]): void {
    const parts = this.#parts[name];
    const whole = parts.find(({ left }) => left >= millis);
    let missing = millis;
    for (const part of whole === undefined ? parts : [whole]) {
      const some = Math.min(part.left, missing);
      if (some === 0) continue;
      part.left -= some;
      missing -= some;
      into.push(scalarItem(part.item.identity, some));
    }
  }
}

/** Not revocable, not shared, and of disks only the plain root disk. */
function isOrdinary({ identity, disk }: Item): boolean {
  if (identity.isRevocable || identity.isShared) return false;
  return disk?.persistence === undefined && disk?.volume === undefined && disk?.source === undefined;
}
