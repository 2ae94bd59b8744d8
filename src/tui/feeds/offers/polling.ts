// Offers and shares of a master that does not stream them: asked for every few seconds. That an offer is new can be seen; how one
// ended cannot, so nothing is said of it. Shares are computed from what is allocated; who is suppressed, what is refused and the
// order of equals only the master knows.
import { ApiError, type MasterClient } from '../../../client/operator.ts';
import type { Response_GetFrameworks_Framework } from '../../../mesos/generated/master.ts';
import type { Offer, Role } from '../../../mesos/generated/v1.ts';
import { addAmounts, type MutableAmounts, noAmounts } from '../../view/amounts.ts';
import type { OfferRow, ShareRow } from '../../view/model.ts';
import type { FeedContext } from '../feed.ts';
import type { Attempt } from '../keeper.ts';
import { agentState, amountsOf } from '../master/rows.ts';
import { quotasOf } from './quota.ts';
import { eventOf } from './rows.ts';

const POLL_MS = 2_000;
const AGENTS_MS = 15_000;
/** Asking takes at most this part of the time. */
const POLL_SHARE = 10;
const MAX_SHARES = 1_000;
const WHY = 'this master does not stream offers and shares: asked every few seconds';

export class OfferPolling {
  readonly #context: FeedContext;
  readonly #master: MasterClient;
  readonly #address: string;
  /** Undefined before the first answer. */
  #known: ReadonlySet<string> | undefined;
  #agentsDueMs = 0;
  readonly #agents = new Set<string>();

  constructor(context: FeedContext, master: MasterClient, address: string) {
    this.#context = context;
    this.#master = master;
    this.#address = address;
  }

  /** Until the attempt is over. Throws ApiError. */
  async run(attempt: Attempt): Promise<void> {
    const { sink, world } = this.#context;
    while (!attempt.isOver) {
      const startedMs = world.clock.monotonicMs();
      const [{ frameworks = [] }, roles, metrics, quotas] = await Promise.all([
        this.#master.getFrameworks(),
        this.#master.call({ type: 'GET_ROLES' }),
        this.#master.legacy('/metrics/snapshot'),
        this.#quotas(),
      ]);
      if (attempt.isOver) return;
      sink.setFeed({ name: 'offers', state: 'polling', address: this.#address, why: WHY });
      attempt.succeeded();
      this.#tellOffers(frameworks.flatMap(({ offers = [] }) => offers).map(rowOf));
      const shares = sharesOf(frameworks, roles?.get_roles?.roles ?? [], totalsOf(metrics), quotas);
      sink.replaceShares(shares.slice(0, MAX_SHARES), shares.length);
      await this.#lookAtAgents(attempt);
      const tookMs = world.clock.monotonicMs() - startedMs;
      await world.clock.sleep(Math.max(POLL_MS, tookMs * POLL_SHARE));
    }
  }

  /** By role, in words. None where a master knows of none, or tells them to others only. */
  async #quotas(): Promise<ReadonlyMap<string, string>> {
    try {
      const answer = await this.#master.call({ type: 'GET_QUOTA' });
      return quotasOf(answer?.get_quota?.status);
    } catch (error) {
      if (error instanceof ApiError && error.code !== 'unreachable') return new Map();
      throw error;
    }
  }

  /** Now and then: the operator events do not say that an agent is away or lost. */
  async #lookAtAgents(attempt: Attempt): Promise<void> {
    const { sink, world } = this.#context;
    const nowMs = world.clock.monotonicMs();
    if (nowMs < this.#agentsDueMs) return;
    const { agents = [] } = await this.#master.getAgents();
    if (attempt.isOver) return;
    this.#agentsDueMs = nowMs + AGENTS_MS;
    const lost = new Set(this.#agents);
    this.#agents.clear();
    for (const agent of agents) {
      const id = agent.agent_info.id?.value ?? '';
      lost.delete(id);
      this.#agents.add(id);
      sink.changeAgent(id, { state: agentState(agent) });
    }
    for (const id of lost) sink.changeAgent(id, { state: 'unreachable' });
  }

  #tellOffers(rows: readonly OfferRow[]): void {
    const { sink, world } = this.#context;
    sink.replaceOffers(rows, rows.length);
    const before = this.#known;
    this.#known = new Set(rows.map(({ id }) => id));
    if (before === undefined) return;
    const nowMs = world.clock.nowMs();
    for (const row of rows) if (!before.has(row.id)) sink.addOfferEvent(eventOf(row, 'offered', nowMs));
  }
}

function rowOf(offer: Offer): OfferRow {
  const ports = (offer.resources ?? [])
    .filter(({ name }) => name === 'ports')
    .flatMap(({ ranges }) => ranges?.range ?? [])
    .map(({ begin, end }) => (begin === end ? `${begin}` : `${begin}-${end}`));
  return {
    id: offer.id.value,
    frameworkId: offer.framework_id.value,
    agentId: offer.agent_id.value,
    role: offer.allocation_info?.role ?? '*',
    amounts: amountsOf(offer.resources),
    ports: ports.join(', '),
    sentMs: undefined,
  };
}

const NAMES = { cpus: 'cpus', memMb: 'mem', diskMb: 'disk', gpus: 'gpus' } as const;
const KEYS = Object.keys(NAMES) as (keyof typeof NAMES)[];

/** Of the whole cluster, from the master's metrics. */
function totalsOf(metrics: unknown): MutableAmounts {
  const totals = noAmounts();
  if (typeof metrics !== 'object' || metrics === null) return totals;
  for (const key of KEYS) {
    const value: unknown = Reflect.get(metrics, `master/${NAMES[key]}_total`);
    if (typeof value === 'number') totals[key] = value;
  }
  return totals;
}

/** Roles by their weighted share, beneath each its frameworks by theirs; lowest first, as they would be served. */
function sharesOf(
  frameworks: readonly Response_GetFrameworks_Framework[],
  roles: readonly Role[],
  totals: MutableAmounts,
  quotas: ReadonlyMap<string, string>,
): ShareRow[] {
  const weights = new Map(roles.map(({ name, weight }) => [name, weight]));
  const byRole = new Map<string, ShareRow[]>();
  for (const framework of frameworks) {
    const { framework_info: info, allocated_resources = [], offered_resources = [] } = framework;
    const held = [...allocated_resources, ...offered_resources];
    const own = info.roles ?? [info.role ?? '*'];
    for (const role of own) {
      const ofRole = own.length === 1 ? held : held.filter(({ allocation_info }) => allocation_info?.role === role);
      const frameworkId = info.id?.value ?? '';
      const row = shareRow('framework', role, frameworkId, 1, amountsOf(ofRole), totals);
      const rows = byRole.get(role);
      if (rows === undefined) byRole.set(role, [row]);
      else rows.push(row);
    }
  }
  const groups = [...byRole].map(([role, rows]) => {
    const sum = noAmounts();
    for (const { allocated } of rows) addAmounts(sum, allocated);
    const weight = weights.get(role) ?? 1;
    const quota = quotas.get(role);
    const own = shareRow('role', role, undefined, weight, sum, totals);
    return [quota === undefined ? own : { ...own, quota }, ...rows.sort(byShare)];
  });
  return groups.sort(([a], [b]) => (a === undefined || b === undefined ? 0 : byShare(a, b))).flat();
}

const byShare = (a: ShareRow, b: ShareRow): number =>
  a.dominantShare / a.weight - b.dominantShare / b.weight || (a.id < b.id ? -1 : 1);

function shareRow(
  kind: ShareRow['kind'],
  role: string,
  frameworkId: string | undefined,
  weight: number,
  allocated: MutableAmounts,
  totals: MutableAmounts,
): ShareRow {
  const shares = KEYS.map((key) => ({ name: NAMES[key], share: totals[key] > 0 ? allocated[key] / totals[key] : 0 }));
  const dominant = shares.reduce((most, one) => (one.share > most.share ? one : most));
  return {
    id: frameworkId === undefined ? role : `${role}/${frameworkId}`,
    kind,
    role,
    frameworkId,
    weight,
    dominantShare: dominant.share,
    dominantResource: dominant.share > 0 ? dominant.name : undefined,
    allocated,
    isSuppressed: false,
    filterCount: 0,
    nextFilterEndsMs: undefined,
    position: undefined,
    reason: 'by its share; this master does not tell its order',
  };
}
