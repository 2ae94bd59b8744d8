// Watches on a node and all below it, for who needs to know of every change for a while: they stay at the server until they
// are removed or the connection breaks, and are not set again.

/** One of them. */
export interface TreeWatchState {
  readonly path: string;
  readonly fn: (path: string) => void;
  /** False once changes may have been missed. */
  isWhole: boolean;
}

/** Of one session. */
export class TreeWatches {
  readonly #watches = new Set<TreeWatchState>();

  add(path: string, fn: (path: string) => void): TreeWatchState {
    const watch = { path, fn, isWhole: true };
    this.#watches.add(watch);
    return watch;
  }

  /** Whether the server has to be told: nobody else watches the same. */
  remove(watch: TreeWatchState): boolean {
    const wasThere = this.#watches.delete(watch);
    return wasThere && watch.isWhole && ![...this.#watches].some(({ path }) => path === watch.path);
  }

  disconnected(): void {
    for (const watch of this.#watches) watch.isWhole = false;
  }

  /** The server told of a change. */
  event(path: string): void {
    for (const watch of this.#watches) {
      if (path !== watch.path && !path.startsWith(`${watch.path}/`)) continue;
      // From a later turn, which comes before that of any answer behind the event.
      queueMicrotask(() => {
        if (this.#watches.has(watch)) watch.fn(path);
      });
    }
  }
}
