// `--min_allocatable_resources`: alternatives of quantities, e.g. `cpus:0.01|mem:32` (mesos-semantics.md 3.6).

/** One alternative: at least so much of each name. */
export type ResourceQuantities = Readonly<Record<string, number>>;

/** An empty text means that anything may be offered. Throws on what is not `name:number;…|…`. */
export function parseResourceAlternatives(text: string): readonly ResourceQuantities[] {
  if (text.trim() === '') return [];
  return text.split('|').map((alternative) => {
    const quantities: Record<string, number> = {};
    for (const part of alternative.split(';')) {
      const colon = part.indexOf(':');
      const name = part.slice(0, Math.max(0, colon)).trim();
      const amount = Number(part.slice(colon + 1));
      if (name === '' || part.slice(colon + 1).trim() === '' || !Number.isFinite(amount) || amount < 0) {
        throw new Error(`expected name:number in '${part}'`);
      }
      quantities[name] = (quantities[name] ?? 0) + amount;
    }
    return quantities;
  });
}
