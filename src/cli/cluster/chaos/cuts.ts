// Which members of a local cluster cannot reach which others. A cut goes both ways, as when a cable is pulled.
import { hasMembers, readWhole, writeVersioned } from '../../versioned-file.ts';

const VERSION = 1;

/** The two members of a cut, in the order of their names. */
export type Cut = readonly [string, string];

/** Kept in a file, so that a cut outlives the process that makes it. */
export class Cuts {
  readonly #path: string;
  readonly #cuts = new Map<string, Cut>();

  /** Throws Problem when the file cannot be read. */
  constructor(path: string) {
    this.#path = path;
    for (const [a, b] of readWhole(path, VERSION, isCutsFile)?.cuts ?? []) this.#add(a, b);
  }

  get all(): readonly Cut[] {
    return [...this.#cuts.values()];
  }

  has(a: string, b: string): boolean {
    return this.#cuts.has(keyOf(a, b));
  }

  /** Cuts `member` off from each of `others`; what is cut stays cut. Itself is left out. */
  cut(member: string, others: readonly string[]): void {
    for (const other of others) if (other !== member) this.#add(member, other);
    this.#write();
  }

  /** Ends every cut of `member`, or every cut there is. */
  heal(member: string | undefined): void {
    for (const [key, cut] of this.#cuts) {
      if (member === undefined || cut.includes(member)) this.#cuts.delete(key);
    }
    this.#write();
  }

  #add(a: string, b: string): void {
    this.#cuts.set(keyOf(a, b), a < b ? [a, b] : [b, a]);
  }

  #write(): void {
    const content: CutsFile = { version: VERSION, cuts: this.all };
    writeVersioned(this.#path, content);
  }
}

interface CutsFile {
  readonly version: number;
  readonly cuts: readonly Cut[];
}

function isCutsFile(content: object): content is CutsFile {
  if (!hasMembers(content, { cuts: 'array' }) || !Array.isArray(content.cuts)) return false;
  return content.cuts.every(
    (cut: unknown) => Array.isArray(cut) && cut.length === 2 && cut.every((member) => typeof member === 'string'),
  );
}

const keyOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
