// Operators' calls about quotas to a real master on a simulated machine.
import type { QuotaConfig } from '../../../../src/mesos/generated/quota.ts';
import type { World } from '../../../../src/world/world.ts';
import { type Rig, text } from '../support/rig.ts';

const JSON_BODY = { 'content-type': 'application/json' };

type Amounts = Readonly<Record<string, number>>;

export class QuotaOperator {
  readonly #rig: Rig;
  readonly #world: World;

  private constructor(rig: Rig, world: World) {
    this.#rig = rig;
    this.#world = world;
  }

  static async of(rig: Rig): Promise<QuotaOperator> {
    return new QuotaOperator(rig, (await rig.world()).world);
  }

  /** `[status, text]` of a v1 call. */
  async call(call: object): Promise<readonly [number, string]> {
    return (await this.callTogether(call))[0] ?? [0, ''];
  }

  /** Calls that are under way at the same time. */
  async callTogether(...calls: readonly object[]): Promise<(readonly [number, string])[]> {
    const url = `${this.#rig.masterUrl}/api/v1`;
    const sent = calls.map((call) =>
      this.#world.net.request({ method: 'POST', url, headers: JSON_BODY, body: JSON.stringify(call) }),
    );
    const responses = await this.#rig.settle(Promise.all(sent));
    await this.#rig.pass(50);
    return responses.map((response) => [response.status, text(response)]);
  }

  async update(configs: readonly QuotaConfig[], force = false): Promise<readonly [number, string]> {
    return await this.call({ type: 'UPDATE_QUOTA', update_quota: { force, quota_configs: configs } });
  }

  /** What GET_QUOTA tells of configs. */
  async configs(): Promise<unknown> {
    const [, body] = await this.call({ type: 'GET_QUOTA' });
    return JSON.parse(body).get_quota.status.configs ?? [];
  }

  async legacy(method: string, path: string, body = ''): Promise<readonly [number, string]> {
    const response = await this.#rig.request(this.#world, method, path, body);
    await this.#rig.pass(50);
    return [response.status, text(response)];
  }
}

export function config(role: string, guarantees: Amounts, limits: Amounts = {}): QuotaConfig {
  return { role, guarantees: scalars(guarantees), limits: scalars(limits) };
}

const scalars = (amounts: Amounts) =>
  Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, { value }]));
