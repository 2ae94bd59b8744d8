// Equal up to names: ids, addresses and paths differ from run to run, but where the original said the same one twice we must
// too. A Renaming pairs each recorded name with ours when first met and holds both sides to it afterwards.

/** What may differ inside a text: uuids (with the number of an offer or a framework, which depends on who came first), addresses, versions, dates. */
const NAMES =
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:-O\d+|-\d{4}\b)?|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|localhost:\d+|\b\d+\.\d+\.\d+(?:-[\w.]+)?\b|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?: UTC)?/g;

export class Renaming {
  readonly #ours = new Map<string, string>();
  readonly #recorded = new Map<string, string>();

  /** What is known by now, to try something with. */
  copy(): Renaming {
    const copy = new Renaming();
    for (const [recorded, ours] of this.#ours) copy.pairs(recorded, ours);
    return copy;
  }

  /** Two whole names (a host name, an id). */
  pairs(recorded: string, ours: string): boolean {
    const known = this.#ours.get(recorded);
    const back = this.#recorded.get(ours);
    if (known === undefined && back === undefined) {
      this.#ours.set(recorded, ours);
      this.#recorded.set(ours, recorded);
      return true;
    }
    return known === ours;
  }

  /** Two texts: the same but for the names in them. */
  agrees(recorded: string, ours: string): boolean {
    const names = recorded.match(NAMES) ?? [];
    const others = ours.match(NAMES) ?? [];
    if (names.length !== others.length || withoutNames(recorded) !== withoutNames(ours)) return false;
    return names.every((name, index) => this.pairs(name, others[index] ?? ''));
  }
}

/** The text with a placeholder for each name: equal for texts that may agree. */
export function withoutNames(text: string): string {
  return text.replaceAll(NAMES, '…');
}
