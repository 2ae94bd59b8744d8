// Which offer a run takes, what it takes of it, and why none fits. Pure.
import type { Offer, Resource } from '../../mesos/generated/v1.ts';
import { formatAmount } from '../output/units.ts';
import type { VolumeEntry } from '../reservations/reserved.ts';
import { type AgentEntry, attributeText } from '../views/cluster-picture.ts';
import { attributesText, hasAttributes } from './attributes.ts';
import { type Wanted, wantedAmounts } from './request.ts';
import { volumePieces, whyNoVolume } from './volumes.ts';

/** The resources to take, in the offer's own form, or undefined when the offer does not do. */
export function placeOn(request: Wanted, offer: Offer): Resource[] | undefined {
  const attributes = new Map((offer.attributes ?? []).map((attribute) => [attribute.name, attributeText(attribute)]));
  for (const [name, value] of request.attributes) {
    if ((name === 'hostname' ? offer.hostname : attributes.get(name)) !== value) return undefined;
  }
  const taken = volumePieces(request.volumes ?? [], offer);
  if (taken === undefined) return undefined;
  for (const [name, amount] of Object.entries(wantedAmounts(request))) {
    // Thousandths, as Mesos counts: 0.1 + 0.2 must be 0.3.
    let missing = Math.round(amount * 1000);
    // Reserved for us before free for all.
    const pieces = (offer.resources ?? [])
      .filter((resource) => resource.name === name && isDivisible(resource) && resource.revocable === undefined)
      .sort((a, b) => (b.reservations?.length ?? 0) - (a.reservations?.length ?? 0));
    for (const piece of pieces) {
      const part = Math.min(missing, Math.round((piece.scalar?.value ?? 0) * 1000));
      if (part > 0) taken.push({ ...piece, scalar: { value: part / 1000 } });
      missing -= part;
    }
    if (missing > 0) return undefined;
  }
  return taken;
}

/** Somebody's volume is not free disk, and a disk that is one piece is not taken for a part of it. */
function isDivisible({ scalar, disk }: Resource): boolean {
  return scalar !== undefined && disk?.persistence === undefined && [undefined, 'PATH'].includes(disk?.source?.type);
}

/** Why the run waits, in one sentence, from what the agents have and use. `volumes`: of the cluster, for a run that wants some. */
export function whyWaiting(
  request: Wanted,
  agents: readonly AgentEntry[],
  volumes: readonly VolumeEntry[] = [],
): string {
  const [volume] = request.volumes ?? [];
  const whyNot = whyNoVolume(request.volumes ?? [], agents, volumes);
  if (whyNot !== undefined) return whyNot;
  const active = agents.filter(
    ({ id, state }) => state === 'active' && (volume === undefined || id === volume.agentId),
  );
  if (active.length === 0) return 'there is no active agent';
  const matching = active.filter((agent) => hasAttributes(request, agent));
  if (matching.length === 0) return `no agent has ${attributesText(request)}${attributesSeen(request, active)}`;
  const wanted = Object.entries(wantedAmounts(request));
  const able = matching.filter((agent) => wanted.every(([name, amount]) => (agent.total[name] ?? 0) >= amount));
  const who = request.attributes.size > 0 ? `agent with ${attributesText(request)}` : 'agent';
  if (able.length === 0) {
    const short = wanted
      .map(([name, amount]) => ({ name, amount, most: Math.max(...matching.map((agent) => agent.total[name] ?? 0)) }))
      .filter(({ amount, most }) => most < amount);
    if (short.length === 0) return `no single ${who} has all of ${wanted.map(wantedText).join(', ')}`;
    return `no ${who} is large enough: ${short.map(({ name, amount, most }) => `${wantedText([name, amount])} wanted, the largest has ${formatAmount(most)}`).join('; ')}`;
  }
  const free = (agent: AgentEntry, name: string): number => (agent.total[name] ?? 0) - (agent.used[name] ?? 0);
  const fitting = able.filter((agent) => wanted.every(([name, amount]) => free(agent, name) >= amount));
  const count =
    able.length === 1 ? `the only ${who} that is large enough` : `all ${able.length} ${who}s that are large enough`;
  if (fitting.length === 0) {
    const most = wanted.map(([name, amount]) => ({
      amount,
      largest: Math.max(...able.map((agent) => free(agent, name))),
      text: wantedText([name, amount]),
    }));
    const short = most.filter(({ amount, largest }) => largest < amount);
    // Each agent may lack something else.
    const told = short.length > 0 ? short : most;
    const words = told.map(({ text, largest }) => `${text} wanted, at most ${formatAmount(largest)} free`);
    return `${count} ${able.length === 1 ? 'is' : 'are'} busy: ${words.join('; ')}`;
  }
  return `other frameworks are offered ${fitting.length === 1 ? 'the agent' : 'the agents'} that would do, it is not role '${request.role}' that they are for, or a quota keeps them from it (mctl role quota)`;
}

/** What the agents have instead; ends the sentence. */
function attributesSeen(request: Wanted, agents: readonly AgentEntry[]): string {
  const seen = [...request.attributes.keys()].map((name) => {
    const values = agents.map((agent) => (name === 'hostname' ? agent.hostname : agent.attributes[name]));
    const known = [...new Set(values.filter((value) => value !== undefined))];
    return known.length === 0
      ? `none has '${name}' at all`
      : `there is ${known
          .slice(0, 5)
          .map((value) => `${name}=${value}`)
          .join(', ')}`;
  });
  return seen.length === 0 ? '' : ` (${seen.join('; ')})`;
}

const UNITS: Readonly<Record<string, string>> = { mem: ' MB mem', disk: ' MB disk' };

function wantedText([name, amount]: readonly [string, number]): string {
  return `${formatAmount(amount)}${UNITS[name] ?? ` ${name}`}`;
}
