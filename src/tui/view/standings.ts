// Which agents or frameworks are not simply active, and since when.

/** By id. */
export type Standings = Map<string, { readonly state: string; readonly sinceMs: number }>;

/** It is in this state now; who was before stays so since then. */
export function stands(standings: Standings, id: string, state: string, nowMs: number): void {
  if (state === 'active') standings.delete(id);
  else if (standings.get(id)?.state !== state) standings.set(id, { state, sinceMs: nowMs });
}
