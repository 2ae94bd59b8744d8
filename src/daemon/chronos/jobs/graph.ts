// Who depends on whom (chronos.md 6): the edges of the job graph, both ways, and the question whether another edge would close a cycle.
// Only names; what a job is and how many successes an edge has seen is the book's.

/** Directed and acyclic as long as `cycleWith` is asked before `set`. Edges may lead to names that are no jobs. */
export class JobGraph {
  readonly #parents = new Map<string, readonly string[]>();
  readonly #children = new Map<string, Set<string>>();

  parents(name: string): readonly string[] {
    return this.#parents.get(name) ?? [];
  }

  /** Sorted. */
  children(name: string): readonly string[] {
    return [...(this.#children.get(name) ?? [])].sort();
  }

  /** Replaces the in-edges of a job. */
  set(name: string, parents: readonly string[]): void {
    this.remove(name);
    if (parents.length === 0) return;
    this.#parents.set(name, parents);
    for (const parent of parents) {
      const children = this.#children.get(parent);
      if (children === undefined) this.#children.set(parent, new Set([name]));
      else children.add(name);
    }
  }

  /** Takes a job's in-edges away; edges from it to its children stay until these are changed. */
  remove(name: string): void {
    for (const parent of this.parents(name)) {
      const children = this.#children.get(parent);
      children?.delete(name);
      if (children?.size === 0) this.#children.delete(parent);
    }
    this.#parents.delete(name);
  }

  /**
   * The cycle that would come of these in-edges, as names from `name` down to `name` again; undefined when there is none. Costs what
   * is above the parents.
   */
  cycleWith(name: string, parents: readonly string[]): readonly string[] | undefined {
    // From each parent upwards; `towards` is the next name on the way down to `name`.
    const towards = new Map<string, string>();
    const open: string[] = [];
    for (const parent of parents) {
      if (towards.has(parent)) continue;
      towards.set(parent, name);
      open.push(parent);
    }
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === name) return wayDown(towards, name);
      for (const parent of this.parents(at)) {
        if (towards.has(parent)) continue;
        towards.set(parent, at);
        open.push(parent);
      }
    }
    return undefined;
  }

  /** Every job that is on a cycle, sorted; for what a store holds that was not written by us. */
  onCycles(): readonly string[] {
    return [...this.#parents.keys()].filter((name) => this.cycleWith(name, this.parents(name)) !== undefined).sort();
  }
}

function wayDown(towards: ReadonlyMap<string, string>, name: string): readonly string[] {
  const way = [name];
  for (let at = towards.get(name); at !== undefined && at !== name; at = towards.get(at)) way.push(at);
  return [...way, name];
}
