// What agents must have for a run (--attr), and how it is said.
import type { AgentEntry } from '../views/cluster-picture.ts';
import type { Wanted } from './request.ts';

/** Whether the agent is one of those asked for. `hostname` means the agent's hostname. */
export function hasAttributes(request: Pick<Wanted, 'attributes'>, agent: AgentEntry): boolean {
  return [...request.attributes].every(
    ([name, value]) => (name === 'hostname' ? agent.hostname : agent.attributes[name]) === value,
  );
}

/** As they were typed. */
export function attributesText(request: Pick<Wanted, 'attributes'>): string {
  return [...request.attributes].map(([name, value]) => `${name}=${value}`).join(', ');
}
