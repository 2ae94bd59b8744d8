// Which roles exist and who is in them: a role exists while some framework subscribes to it or still holds resources
// allocated to it (mesos-semantics.md 2).

/** Tells of presence only: what is allocated to a role is the allocator's. */
export class RoleIndex {
  readonly #frameworks = new Map<string, Set<string>>();

  /** Ids of the frameworks tracked under a role; undefined when the role does not exist. */
  frameworksOf(role: string): ReadonlySet<string> | undefined {
    return this.#frameworks.get(role);
  }

  /** All existing roles with the ids of their frameworks, in order of appearance. */
  entries(): IterableIterator<[string, ReadonlySet<string>]> {
    return this.#frameworks.entries();
  }

  has(role: string): boolean {
    return this.#frameworks.has(role);
  }

  track(role: string, frameworkId: string): void {
    const known = this.#frameworks.get(role);
    if (known) known.add(frameworkId);
    else this.#frameworks.set(role, new Set([frameworkId]));
  }

  untrack(role: string, frameworkId: string): void {
    const known = this.#frameworks.get(role);
    if (!known) return;
    known.delete(frameworkId);
    if (known.size === 0) this.#frameworks.delete(role);
  }
}
