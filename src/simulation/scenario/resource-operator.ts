// Somebody who reserves, makes volumes, destroys and gives back all the time, for a role that no framework has. When the faults
// are over, agents and master must agree on what became of it, whatever was lost on the way.
import type { MasterPlaces } from '../../client/leader-source.ts';
import { ApiError, MasterClient } from '../../client/operator.ts';
import type { MasterCore } from '../../daemon/master/core.ts';
import type { Call, Response_GetAgents_Agent } from '../../mesos/generated/master.ts';
import type { Resource } from '../../mesos/generated/v1.ts';
import { isMadeByOperation } from '../../mesos/resources/conversion.ts';
import { Resources } from '../../mesos/resources.ts';
import type { World } from '../../world/world.ts';
import type { SimulatedHost } from '../host.ts';
import type { ProcessContext } from '../process-handle.ts';
import type { Simulation } from '../simulation.ts';
import { WORK_DIR } from './daemons.ts';

const EVERY_MS = 200;
const TIMEOUT_MS = 2_000;
const ROLE = 'kept';
/** More than this and it only gives back, so that frameworks find enough. */
const MOST_CPUS = 0.5;
const RECORD = `${WORK_DIR}/meta/resources/resources_and_operations.json`;
const VOLUMES = `${WORK_DIR}/volumes/roles/${ROLE}`;

/** Works until it is told to rest. */
export class ResourceOperator {
  #isAtRest = false;
  #accepted = 0;
  #volumes = 0;

  constructor(simulation: Simulation, places: (world: World, context: ProcessContext) => MasterPlaces) {
    simulation.host('resource-operator', { address: '10.0.4.2' }).start('operator', async (world, context) => {
      const options = { net: world.net, addresses: places(world, context), timeoutMs: TIMEOUT_MS };
      const master = new MasterClient(options);
      world.clock.every(EVERY_MS, () => {
        if (this.#isAtRest) return;
        this.#act(master, world).catch((error: unknown) => {
          if (!(error instanceof ApiError)) throw error;
          world.log.debug('an operation was not accepted', { error });
        });
      });
    });
  }

  /** How many operations were accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  rest(): void {
    this.#isAtRest = true;
  }

  /** What master and agents do not agree on, and operations that nobody has ended. Empty at rest. */
  differences(core: MasterCore, agentHosts: readonly SimulatedHost[]): string[] {
    const pending = [...core.state.operations.all()].map(
      ({ agentId, message }) => `${message.info.type} on ${agentId} is ${message.latest_status.state}`,
    );
    const hosts = new Map(agentHosts.map((host) => [host.address, host]));
    return [...core.state.agents.registered.values()].reduce((found, { agentId, pid, totalResources }) => {
      const host = hosts.get(pid.slice(pid.indexOf('@') + 1, pid.lastIndexOf(':')));
      if (host === undefined) return found;
      const known = Resources.of(totalResources.toMessages().filter(isMadeByOperation));
      const kept = Resources.of(recorded(host));
      if (!known.equals(kept)) found.push(`${agentId} has ${kept.format()}, and the master knows ${known.format()}`);
      const ids = volumesIn(kept.toMessages()).map(({ disk }) => disk?.persistence?.id ?? '');
      const directories = host.disk.tree.stat(VOLUMES) === undefined ? [] : host.disk.tree.list(VOLUMES);
      // One more may be of a volume that a crash kept from being remembered: nobody has used it, and it is empty.
      const missing = ids.filter((id) => !directories.includes(id));
      if (missing.length > 0) found.push(`${agentId} has no directories of its volumes ${missing.join()}`);
      return found;
    }, pending);
  }

  async #act(master: MasterClient, { random }: World): Promise<void> {
    const { agents = [] } = await master.getAgents();
    const agent = agents[random.integer(Math.max(1, agents.length))];
    if (agent === undefined) return;
    const call = this.#call(agent, random.float());
    if (call === undefined) return;
    await master.call(call);
    this.#accepted += 1;
  }

  #call(agent: Response_GetAgents_Agent, chance: number): Call | undefined {
    const { id } = agent.agent_info;
    if (id === undefined) return undefined;
    const kept = (agent.total_resources ?? []).filter(isMadeByOperation).map(withoutOldFormat);
    const [volume] = volumesIn(kept);
    const plain = kept.filter(({ disk }) => disk?.persistence === undefined);
    const cpus = plain.filter(({ name }) => name === 'cpus').reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
    if (volume !== undefined && chance < 0.3) {
      return { type: 'DESTROY_VOLUMES', destroy_volumes: { agent_id: id, volumes: [volume] } };
    }
    const disk = plain.find(({ name, scalar }) => name === 'disk' && (scalar?.value ?? 0) >= 20);
    if (disk !== undefined && chance < 0.6) {
      this.#volumes += 1;
      const persistence = { id: `v${this.#volumes}` };
      const made: Resource = {
        ...disk,
        scalar: { value: 20 },
        disk: { persistence, volume: { container_path: 'data', mode: 'RW' } },
      };
      return { type: 'CREATE_VOLUMES', create_volumes: { agent_id: id, volumes: [made] } };
    }
    if (plain.length > 0 && (chance < 0.8 || cpus >= MOST_CPUS)) {
      return { type: 'UNRESERVE_RESOURCES', unreserve_resources: { agent_id: id, resources: plain } };
    }
    const resources = [reserved('cpus', 0.1), reserved('disk', 50)];
    return { type: 'RESERVE_RESOURCES', reserve_resources: { agent_id: id, resources } };
  }
}

const volumesIn = (resources: readonly Resource[]): Resource[] =>
  resources.filter(({ disk }) => disk?.persistence !== undefined);

const withoutOldFormat = ({ role: _role, reservation: _reservation, ...resource }: Resource): Resource => resource;

const reserved = (name: string, value: number): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  reservations: [{ type: 'DYNAMIC', role: ROLE }],
});

/** By the file that the next agent process would read. */
function recorded(host: SimulatedHost): Resource[] {
  if (host.disk.tree.stat(RECORD) === undefined) return [];
  const file = host.disk.tree.file(RECORD);
  return JSON.parse(new TextDecoder().decode(file.read(0, file.size))).resources;
}
