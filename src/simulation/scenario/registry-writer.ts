// Somebody who writes to the registry all the time and remembers what was acknowledged: none of it may ever be missing.
import { ApiError, MasterClient } from '../../client/operator.ts';
import type { MasterCore } from '../../daemon/master/core.ts';
import type { Simulation } from '../simulation.ts';
import type { SimulatedEnsemble } from '../state/simulated-ensemble.ts';
import { followLeader } from './daemons.ts';

const EVERY_MS = 1_000;
const TIMEOUT_MS = 2_000;

/** Sets the weight of a new role every second. */
export class RegistryWriter {
  readonly #acknowledged: string[] = [];
  /** How many of them the books of that master were seen to have. */
  #checked = new WeakMap<MasterCore, number>();

  constructor(simulation: Simulation, ensemble: SimulatedEnsemble) {
    simulation.host('operator', { address: '10.0.4.1' }).start('writer', async (world, context) => {
      const leader = followLeader(world, context, ensemble);
      const master = new MasterClient({ net: world.net, addresses: leader, timeoutMs: TIMEOUT_MS });
      let count = 0;
      world.clock.every(EVERY_MS, () => {
        count += 1;
        const role = `role-${count}`;
        master.api
          .request({
            method: 'POST',
            path: '/api/v1',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: [{ role, weight: 2 }] } }),
          })
          .then(() => this.#acknowledged.push(role))
          .catch((error: unknown) => {
            if (!(error instanceof ApiError)) throw error;
            world.log.debug('a weight was not acknowledged', { role, error });
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
    const checked = this.#checked.get(core) ?? 0;
    this.#checked.set(core, this.#acknowledged.length);
    return this.#acknowledged
      .slice(checked)
      .filter((role) => !core.state.weights.has(role))
      .map((role) => `the weight of ${role} was acknowledged, and ${core.state.info.pid} does not know it`);
  }
}
