// Who stands where in the order of fairness, and why: for people who look at it while it changes.
import type { Books } from './books.ts';
import type { FrameworkUnderRole } from './framework.ts';
import type { Competitor } from './sorter/fair-order.ts';
import type { RoleStanding, TrackedRole } from './sorter/role-tree.ts';
import type { ShareView, ShareViews } from './types.ts';

/** Roles in the order of the next run, beneath each its frameworks: those that take part in their order, then the others. */
export function shareViews(books: Books, limit: number): ShareViews {
  books.filters.findNextEnds(owners(books));
  return new ShareList(books, limit).whole();
}

function* owners({ frameworks }: Books): Iterable<FrameworkUnderRole> {
  for (const framework of frameworks.values()) yield* framework.roles.values();
}

class ShareList {
  readonly #books: Books;
  readonly #limit: number;
  readonly #rows: ShareView[] = [];
  #total = 0;
  #roles = 0;
  #frameworks = 0;

  constructor(books: Books, limit: number) {
    this.#books = books;
    this.#limit = limit;
  }

  whole(): ShareViews {
    const taking = this.#rolesTakingPart();
    this.#books.tree.visitAll((standing, previous) => {
      if (!standing.isVirtual) this.#addRole(standing, previous, taking.has(standing.path));
      if (standing.role !== undefined) this.#addFrameworks(standing.role);
    });
    return { rows: this.#rows, total: this.#total };
  }

  /** Paths of those with somebody in or beneath them who wants offers. */
  #rolesTakingPart(): ReadonlySet<string> {
    const paths = new Set<string>();
    this.#books.tree.visit(({ path, order }) => {
      if (order.size === 0) return false;
      for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) paths.add(path.slice(0, end));
      return false;
    });
    return paths;
  }

  #addRole({ path, competitor }: RoleStanding, previous: Competitor | undefined, takesPart: boolean): void {
    if (takesPart) this.#roles += 1;
    this.#add(() => ({
      ...this.#standing(competitor, previous),
      kind: 'role',
      role: path,
      frameworkId: undefined,
      weight: this.#books.tree.weight(path),
      position: takesPart ? this.#roles : undefined,
      absence: takesPart ? undefined : 'nobody',
      filterCount: 0,
      nextFilterEndsMs: undefined,
    }));
  }

  #addFrameworks(role: TrackedRole): void {
    let previous: FrameworkUnderRole | undefined;
    for (const under of role.order.entries()) {
      this.#frameworks += 1;
      this.#addFramework(under, previous, this.#frameworks);
      previous = under;
    }
    if (role.order.size === role.frameworks.size) return;
    for (const under of role.frameworks.values()) {
      if (!under.isListed) this.#addFramework(under, undefined, undefined);
    }
  }

  #addFramework(
    under: FrameworkUnderRole,
    previous: FrameworkUnderRole | undefined,
    position: number | undefined,
  ): void {
    this.#add(() => ({
      ...this.#standing(under, previous),
      kind: 'framework',
      role: under.role.path,
      frameworkId: under.framework.id,
      weight: under.weight,
      position,
      absence: absenceOf(under),
      filterCount: under.filterCount,
      nextFilterEndsMs: under.filterCount > 0 ? under.nextFilterEndsMs : undefined,
    }));
  }

  #standing(
    { held, share, count }: Competitor,
    previous: Competitor | undefined,
  ): Pick<ShareView, 'share' | 'dominantResource' | 'held' | 'after'> {
    const { totals } = this.#books;
    const dominant = totals.dominant(held.vector);
    let after: ShareView['after'] = 'first';
    if (previous !== undefined) after = previous.share < share ? 'share' : previous.count < count ? 'count' : 'name';
    return { share: dominant.share, dominantResource: dominant.name, held: totals.toRecord(held.vector), after };
  }

  #add(row: () => ShareView): void {
    this.#total += 1;
    if (this.#rows.length < this.#limit) this.#rows.push(row());
  }
}

/** What keeps it from taking part in its role's order. */
export function absenceOf(under: FrameworkUnderRole): ShareView['absence'] {
  if (!under.framework.isActive) return 'disconnected';
  if (!under.isSubscribed) return 'unsubscribed';
  return under.isSuppressed ? 'suppressed' : undefined;
}
