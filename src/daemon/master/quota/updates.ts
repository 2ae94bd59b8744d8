// UPDATE_QUOTA and the calls before it: looked at, made durable, handed to the allocator, then offers follow
// (mesos-semantics.md 3.9).
import type { QuotaConfig, QuotaRequest } from '../../../mesos/generated/quota.ts';
import type { MasterCore } from '../core.ts';
import { deleteQuota, putQuota } from '../registry/records.ts';
import { setOvercommitment, setProblem, updateProblem } from './problems.ts';
import { rescindForQuota } from './rescind.ts';
import { isNoQuota, quotaOf, type RoleQuota } from './role-quota.ts';

/** `conflict`: right in itself, but the cluster is too small for it. */
export type QuotaOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'conflict'; readonly why: string };

/** What operators may do to quotas. Resolves when it is durable and in force, or refused; then nothing has changed. */
export interface QuotaControl {
  /** All of them or none. One without guarantees and limits removes the quota of its role. */
  update(configs: readonly QuotaConfig[], force: boolean): Promise<QuotaOutcome>;
  /** For a role without quota: its guarantee is its limit too. */
  set(request: QuotaRequest): Promise<QuotaOutcome>;
  /** `told` begins the texts of refusals. */
  remove(role: string, told: string): Promise<QuotaOutcome>;
}

const DONE: QuotaOutcome = { kind: 'done' };

/** One change after the other: each is looked at beside what those before it made of the quotas. */
export class QuotaUpdates implements QuotaControl {
  readonly #core: MasterCore;
  #last: Promise<unknown> = Promise.resolve();

  constructor(core: MasterCore) {
    this.#core = core;
  }

  update(configs: readonly QuotaConfig[], force: boolean): Promise<QuotaOutcome> {
    return this.#inTurn(async () => {
      const why = updateProblem(this.#core.state, configs, force);
      if (why !== undefined) return { kind: 'refused', why };
      await this.#apply(new Map(configs.map((config) => [config.role, quotaOf(config)])));
      return DONE;
    });
  }

  set(request: QuotaRequest): Promise<QuotaOutcome> {
    return this.#inTurn(async () => {
      const { state } = this.#core;
      const why = setProblem(state, request);
      if (why !== undefined) return { kind: 'refused', why };
      const { role = '', guarantee = [], force = false } = request;
      const scalars = Object.fromEntries(guarantee.map(({ name, scalar }) => [name, { value: scalar?.value ?? 0 }]));
      const quota = quotaOf({ role, guarantees: scalars, limits: scalars });
      const tooMuch = force ? undefined : setOvercommitment(state, role, quota);
      if (tooMuch !== undefined) return { kind: 'conflict', why: tooMuch };
      await this.#apply(new Map([[role, quota]]));
      return DONE;
    });
  }

  remove(role: string, told: string): Promise<QuotaOutcome> {
    return this.#inTurn(async () => {
      const { state } = this.#core;
      if (!state.quotas.has(role)) return { kind: 'refused', why: `${told}: Role '${role}' has no quota set` };
      await this.#apply(new Map([[role, { guarantees: {}, limits: {} }]]));
      return DONE;
    });
  }

  async #apply(quotas: ReadonlyMap<string, RoleQuota>): Promise<void> {
    const { state, allocator, registrar } = this.#core;
    await registrar.apply(
      [...quotas].map(([role, quota]) => (isNoQuota(quota) ? deleteQuota(role) : putQuota(role, quota))),
    );
    for (const [role, quota] of quotas) {
      if (isNoQuota(quota)) state.quotas.delete(role);
      else state.quotas.set(role, quota);
      allocator.setQuota(role, quota);
    }
    for (const [role, quota] of quotas) rescindForQuota(this.#core, role, quota);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    // What fails is told to who asked for it; the next one begins all the same.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
