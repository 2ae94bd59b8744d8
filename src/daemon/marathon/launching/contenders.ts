// Launchers that take offers now, by role and by what an instance of theirs needs. Thousands of them may wait for one
// offer, so each offer is shown to some, in turn, and those that it is too small for come last.
import type { Launcher } from './launcher.ts';

/** cpus, MiB, GPUs; of an offer what there is, of an app what it cannot do without. */
export interface Amounts {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
}

/** Launchers that an offer is shown to. */
export const MAX_SHOWN = 100;
/** Different needs that an offer is compared with; a comparison is a matter of nanoseconds. */
const MAX_COMPARED = 5000;

interface NeedClass {
  readonly needs: Amounts;
  readonly members: Set<Launcher>;
}

/** `isEveryone`: whoever is left out has no use for the offer. */
export interface Shown {
  readonly launchers: Launcher[];
  readonly isEveryone: boolean;
}

/** Whether so much is there. */
export function fits(needs: Amounts, free: Amounts): boolean {
  return needs.cpus <= free.cpus && needs.mem <= free.mem && needs.disk <= free.disk && needs.gpus <= free.gpus;
}

function keyOf({ cpus, mem, disk, gpus }: Amounts): string {
  return `${cpus} ${mem} ${disk} ${gpus}`;
}

/** Adding and removing cost the same whatever the number of launchers; `show` has its limits above. */
export class Contenders {
  /** role → needs as text → launchers. Maps and sets are queues here: who was shown an offer goes to the end. */
  readonly #roles = new Map<string, Map<string, NeedClass>>();
  readonly #classOf = new Map<Launcher, string>();

  /** Whether anybody of this role takes offers. */
  has(role: string): boolean {
    return this.#roles.has(role);
  }

  /** Whether it was not there yet. */
  add(launcher: Launcher): boolean {
    if (this.#classOf.has(launcher)) return false;
    const { cpus, mem, disk, gpus } = launcher.app;
    const key = keyOf(launcher.app);
    this.#classOf.set(launcher, key);
    let classes = this.#roles.get(launcher.role);
    if (classes === undefined) {
      classes = new Map();
      this.#roles.set(launcher.role, classes);
    }
    const sharing = classes.get(key);
    if (sharing === undefined) classes.set(key, { needs: { cpus, mem, disk, gpus }, members: new Set([launcher]) });
    else sharing.members.add(launcher);
    return true;
  }

  /** Whether it was there. */
  remove(launcher: Launcher): boolean {
    const key = this.#classOf.get(launcher);
    if (key === undefined) return false;
    this.#classOf.delete(launcher);
    const classes = this.#roles.get(launcher.role);
    const members = classes?.get(key)?.members;
    members?.delete(launcher);
    if (members?.size === 0) classes?.delete(key);
    if (classes?.size === 0) this.#roles.delete(launcher.role);
    return true;
  }

  /**
   * Those to show an offer of so much to, in no order: first those it is large enough for, then others, who want to know
   * why not.
   */
  show(role: string, free: Amounts): Shown {
    const classes = this.#roles.get(role) ?? new Map<string, NeedClass>();
    const tooLarge: NeedClass[] = [];
    const launchers: Launcher[] = [];
    let isEveryone = classes.size <= MAX_COMPARED;
    // One round at most: what is moved to the end is not met again.
    let left = Math.min(classes.size, MAX_COMPARED);
    for (const [key, each] of classes) {
      if (left === 0) break;
      left -= 1;
      const isLargeEnough = fits(each.needs, free);
      if (isLargeEnough || classes.size > MAX_COMPARED) {
        classes.delete(key);
        classes.set(key, each);
      }
      if (!isLargeEnough) {
        tooLarge.push(each);
        continue;
      }
      if (takeTurns(each.members, MAX_SHOWN - launchers.length, launchers) < each.members.size) isEveryone = false;
      if (launchers.length < MAX_SHOWN) continue;
      if (left > 0) isEveryone = false;
      break;
    }
    // Whoever is told in vain goes to the end as well, so that everybody hears why in the end.
    for (const each of tooLarge) {
      if (launchers.length >= MAX_SHOWN) break;
      takeTurns(each.members, MAX_SHOWN - launchers.length, launchers);
      const key = keyOf(each.needs);
      classes.delete(key);
      classes.set(key, each);
    }
    return { launchers, isEveryone };
  }
}

/** Moves the first `count` to the end and into `into`; answers how many there were. */
function takeTurns(members: Set<Launcher>, count: number, into: Launcher[]): number {
  let taken = 0;
  for (const launcher of members) {
    if (taken >= count) break;
    taken += 1;
    members.delete(launcher);
    members.add(launcher);
    into.push(launcher);
    if (taken === members.size) break;
  }
  return taken;
}
