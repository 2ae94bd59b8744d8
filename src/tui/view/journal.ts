// Which rows changed since a version: so that a sorted list of fifty thousand puts a handful in their places instead of sorting all.

const MAX_REMEMBERED = 5000;

export class Journal {
  #version = 0;
  /** The version before the first change in `#ids`. */
  #from = 0;
  #ids: string[] = [];

  get version(): number {
    return this.#version;
  }

  /** This row is new, different or gone. */
  changed(id: string): void {
    this.#version += 1;
    this.#ids.push(id);
    if (this.#ids.length < 2 * MAX_REMEMBERED) return;
    this.#ids = this.#ids.slice(MAX_REMEMBERED);
    this.#from += MAX_REMEMBERED;
  }

  /** Anything may be different. */
  changedAll(): void {
    this.#version += 1;
    this.#from = this.#version;
    this.#ids = [];
  }

  /** Ids changed after that version, some maybe twice; undefined: too many, look at everything. */
  since(version: number): readonly string[] | undefined {
    if (version < this.#from || version > this.#version) return undefined;
    return this.#ids.slice(version - this.#from);
  }
}
