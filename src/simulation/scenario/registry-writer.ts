// Somebody who writes to the registry all the time and remembers what was acknowledged: none of it may ever be missing.
import { ApiError, MasterClient } from '../../client/operator.ts';
import type { MasterCore } from '../../daemon/master/core.ts';
import type { Call } from '../../mesos/generated/master.ts';
import type { Simulation } from '../simulation.ts';
import type { SimulatedEnsemble } from '../state/simulated-ensemble.ts';
import { followLeader } from './daemons.ts';

const EVERY_MS = 1_000;
const TIMEOUT_MS = 2_000;
/** Every so many writes one is of quotas. */
const QUOTA_EVERY = 3;

interface Acknowledged {
  readonly kind: 'weight' | 'quota';
  readonly role: string;
}

/** Sets the weight or the limit of a new role every second, and with it a quota of a role that is in use. */
export class RegistryWriter {
  readonly #acknowledged: Acknowledged[] = [];
  /** How many of them the books of that master were seen to have. */
  #checked = new WeakMap<MasterCore, number>();

  constructor(simulation: Simulation, ensemble: SimulatedEnsemble, usedRoles: readonly string[]) {
    simulation.host('operator', { address: '10.0.4.1' }).start('writer', async (world, context) => {
      const leader = followLeader(world, context, ensemble);
      const master = new MasterClient({ net: world.net, addresses: leader, timeoutMs: TIMEOUT_MS });
      let count = 0;
      world.clock.every(EVERY_MS, () => {
        count += 1;
        const role = `role-${count}`;
        const kind = count % QUOTA_EVERY === 0 ? 'quota' : 'weight';
        const used = usedRoles[count % usedRoles.length] ?? role;
        master
          .call(kind === 'quota' ? quotaCall(role, used, count) : weightCall(role))
          .then(() => this.#acknowledged.push({ kind, role }))
          .catch((error: unknown) => {
            if (!(error instanceof ApiError)) throw error;
            world.log.debug('a write was not acknowledged', { kind, role, error });
          });
      });
    });
  }

  get acknowledged(): number {
    return this.#acknowledged.length;
  }

  /** Acknowledged writes that a leader does not know of. */
  lostIn(core: MasterCore): string[] {
    if (!core.state.recovered) return [];
    const { weights, quotas, info } = core.state;
    const checked = this.#checked.get(core) ?? 0;
    this.#checked.set(core, this.#acknowledged.length);
    return this.#acknowledged
      .slice(checked)
      .filter(({ kind, role }) => !(kind === 'weight' ? weights : quotas).has(role))
      .map(({ kind, role }) => `the ${kind} of ${role} was acknowledged, and ${info.pid} does not know it`);
  }
}

function weightCall(role: string): Call {
  return { type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: [{ role, weight: 2 }] } };
}

/** Limits that are sometimes below what is used, and guarantees that several agents must be there for. */
function quotaCall(role: string, used: string, count: number): Call {
  return {
    type: 'UPDATE_QUOTA',
    update_quota: {
      force: true,
      quota_configs: [
        { role, limits: { cpus: { value: 1 } } },
        { role: used, guarantees: { cpus: { value: 1 } }, limits: { cpus: { value: 1 + (count % 8) } } },
      ],
    },
  };
}
