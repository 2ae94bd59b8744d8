// Operations of frameworks and operators in any order, on agents that come and go: after each step the master's books agree with
// themselves and with its allocator (Rig.pass), no two volumes of an agent share a directory, and in the end agents and master
// agree on what there is (mesos-semantics.md 4, 4.1).
import { describe, expect, it } from 'vitest';
import type { Call as OperatorCall } from '../../../src/mesos/generated/master.ts';
import type { Offer_Operation, Operation, Resource } from '../../../src/mesos/generated/v1.ts';
import { conversionsOf, convert, diskOf, unallocatedConversions } from '../../../src/mesos/resources/conversion.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { SeededRandom } from '../../../src/simulation/core/random.ts';
import type { FakeAgent } from './support/fake-agent.ts';
import { type FakeFramework, task } from './support/fake-framework.ts';
import { Rig } from './support/rig.ts';

const AGENT = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'RESOURCE_PROVIDER',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
] as const;
const FRAMEWORK = ['MULTI_ROLE', 'RESERVATION_REFINEMENT', 'SHARED_RESOURCES', 'PARTITION_AWARE'] as const;
const HAS = 'cpus:4;mem:1024;disk:500;disk(a):100;ports:[31000-31009];ports(a):[32000-32009]';

/** An agent as a real one would be: it does what it is told, in order, and reports what became of it. */
class Machine {
  readonly agent: FakeAgent;
  total = Resources.parse(HAS);
  /** Operations that it carried out. */
  done = 0;
  isAway = false;
  readonly #waiting = new Map<string, Operation>();
  readonly #tasks = new Map<string, { readonly frameworkId: string; readonly resources: readonly Resource[] }>();
  #seen = 0;

  constructor(agent: FakeAgent) {
    this.agent = agent;
    agent.report.capabilities = AGENT.map((type) => ({ type }));
  }

  /** Takes what has come; who is away tells of it on its return. */
  async serve(): Promise<void> {
    const { agent } = this;
    const events = agent.events.all.slice(this.#seen);
    this.#seen = agent.events.all.length;
    for (const { apply_operation, acknowledge_operation, run_task, subscribed } of events) {
      if (apply_operation !== undefined) await this.#apply(apply_operation.operation);
      if (acknowledge_operation !== undefined) this.#waiting.delete(acknowledge_operation.operation_uuid.value);
      for (const dropped of subscribed?.dropped_operations ?? []) await this.#tell(dropped, 'OPERATION_DROPPED');
      for (const { framework_id, task_ids = [] } of subscribed?.reconciliations ?? []) {
        for (const { value } of task_ids) await agent.update(framework_id.value, value, 'TASK_LOST');
      }
      if (run_task === undefined) continue;
      const frameworkId = run_task.framework_info.id?.value ?? '';
      this.#tasks.set(run_task.task.task_id.value, { frameworkId, resources: run_task.task.resources ?? [] });
      agent.report.frameworks = [run_task.framework_info, ...(agent.report.frameworks ?? [])];
    }
  }

  async finishOne(): Promise<void> {
    for (const [taskId, { frameworkId }] of [...this.#tasks].slice(0, 1)) {
      this.#tasks.delete(taskId);
      await this.agent.update(frameworkId, taskId, 'TASK_FINISHED');
    }
  }

  /**
   * The stream breaks, before or after the last events have come. A task that never came would go on using what was reserved for
   * it, and is not any more, until the agent has said so: not what is looked at here.
   */
  async leave(isLossy: boolean): Promise<void> {
    this.isAway = true;
    this.agent.disconnect();
    const { all } = this.agent.events;
    if (isLossy && !all.slice(this.#seen).some(({ type }) => type === 'RUN_TASK')) this.#seen = all.length;
    else await this.serve();
  }

  async comeBack(): Promise<void> {
    const { agent } = this;
    await this.serve();
    const { id } = agent.report.agent_info;
    agent.report.tasks = Array.from(this.#tasks, ([taskId, { frameworkId, resources }]) => ({
      ...agent.task(frameworkId, taskId, 'TASK_RUNNING'),
      ...(id && { agent_id: id }),
      resources: [...resources],
    }));
    agent.report.operations = [...this.#waiting.values()];
    agent.report.total_resources = this.total.toMessages();
    await agent.subscribe();
    this.isAway = false;
    await this.serve();
  }

  async #apply(operation: Operation): Promise<void> {
    const result = convert(this.total, unallocatedConversions(conversionsOf(operation.info)));
    if (result.kind === 'lacking') throw new Error(`the master sent what cannot be done: ${result.problem}`);
    this.total = result.resources;
    this.done += 1;
    await this.#tell(operation, 'OPERATION_FINISHED');
  }

  async #tell(operation: Operation, state: 'OPERATION_FINISHED' | 'OPERATION_DROPPED'): Promise<void> {
    const { id } = operation.info;
    const uuid = operation.uuid;
    const latest_status = { ...operation.latest_status, state, ...(id && { uuid }) };
    const done: Operation = { ...operation, latest_status };
    if (id !== undefined) this.#waiting.set(uuid.value, done);
    if (!this.isAway) await this.agent.send({ type: 'UPDATE_OPERATION', update_operation: { operation: done } });
  }
}

class Chance {
  readonly #random: SeededRandom;
  #names = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed, 'operations');
  }

  is(chance: number): boolean {
    return this.#random.chance(chance);
  }

  of(count: number): number {
    return this.#random.integer(Math.max(1, count));
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.of(items.length)];
  }

  name(): string {
    this.#names += 1;
    return `n${this.#names}`;
  }

  /** One of them or a part of it, without allocation role. */
  part(resources: readonly Resource[]): Resource | undefined {
    const picked = this.pick(resources);
    if (picked === undefined) return undefined;
    const { allocation_info: _, ...resource } = picked;
    if (resource.ranges?.range?.[0] !== undefined) {
      const { begin, end } = resource.ranges.range[0];
      return { ...resource, ranges: { range: [{ begin, end: begin + this.of(end - begin + 1) }] } };
    }
    if (resource.scalar === undefined) return undefined;
    const { value } = resource.scalar;
    const isWhole = resource.disk !== undefined || this.is(0.4);
    return { ...resource, scalar: { value: isWhole ? value : Math.max(0.1, this.of(value * 10) / 10) } };
  }

  /** What may well be done with one of them, or may not. `role`: undefined for operators, who may reserve for anybody. */
  operation(resources: readonly Resource[], role: string | undefined): Offer_Operation | undefined {
    const resource = this.part(resources);
    if (resource === undefined) return undefined;
    const { name, disk, reservations = [] } = resource;
    if (disk?.persistence !== undefined) return this.#onVolume(resource);
    if (name === 'disk' && (reservations.length > 0 || this.is(0.1)) && this.is(0.6)) return this.#volumeOn(resource);
    if (reservations.length > 0 && this.is(0.5)) return { type: 'UNRESERVE', unreserve: { resources: [resource] } };
    const to = { type: 'DYNAMIC' as const, role: role ?? this.pick(['a', 'a/x', 'b']) ?? 'a' };
    return { type: 'RESERVE', reserve: { resources: [{ ...resource, reservations: [...reservations, to] }] } };
  }

  /** There are few ids: now and then there is one of it. */
  #volumeOn(resource: Resource): Offer_Operation {
    const disk = { persistence: { id: `v${this.of(3)}` }, volume: { container_path: 'd', mode: 'RW' as const } };
    return { type: 'CREATE', create: { volumes: [{ ...resource, disk, ...(this.is(0.5) && { shared: {} }) }] } };
  }

  #onVolume(volume: Resource): Offer_Operation {
    switch (this.of(4)) {
      case 0:
        return { type: 'SHRINK_VOLUME', shrink_volume: { volume, subtract: { value: 1.5 } } };
      case 1:
        return {
          type: 'GROW_VOLUME',
          grow_volume: { volume, addition: { ...diskOf(volume), scalar: { value: 2.5 } } },
        };
      case 2:
        return { type: 'UNRESERVE', unreserve: { resources: [volume] } };
      default:
        return { type: 'DESTROY', destroy: { volumes: [volume] } };
    }
  }
}

/** As the operator's call for it. */
function asCall(agent_id: { value: string }, operation: Offer_Operation): OperatorCall {
  const { reserve, unreserve, create, destroy, grow_volume, shrink_volume } = operation;
  if (reserve) return { type: 'RESERVE_RESOURCES', reserve_resources: { agent_id, ...reserve } };
  if (unreserve) return { type: 'UNRESERVE_RESOURCES', unreserve_resources: { agent_id, ...unreserve } };
  if (create) return { type: 'CREATE_VOLUMES', create_volumes: { agent_id, ...create } };
  if (destroy) return { type: 'DESTROY_VOLUMES', destroy_volumes: { agent_id, ...destroy } };
  if (grow_volume) return { type: 'GROW_VOLUME', grow_volume: { agent_id, ...grow_volume } };
  return { type: 'SHRINK_VOLUME', ...(shrink_volume && { shrink_volume: { agent_id, ...shrink_volume } }) };
}

/** Accepts all outstanding offers of one agent and role, with some operations and launches on them. */
async function accept(rig: Rig, framework: FakeFramework, chance: Chance): Promise<void> {
  const offers = framework.offers.filter(({ id }) => rig.core.state.offers.has(id.value));
  const first = chance.pick(offers);
  if (first === undefined) return;
  const role = first.allocation_info?.role;
  const taken = offers.filter((o) => o.agent_id.value === first.agent_id.value && o.allocation_info?.role === role);
  const resources = taken.flatMap((offer) => offer.resources ?? []);
  const operations: Offer_Operation[] = [];
  for (let left = chance.of(4); left > 0; left--) {
    if (chance.is(0.3)) {
      const parts = [chance.part(resources), chance.part(resources)].flatMap((part) => part ?? []);
      const info = task(first, chance.name(), { resources: parts });
      operations.push({ type: 'LAUNCH', launch: { task_infos: [info] } });
      continue;
    }
    const operation = chance.operation(resources, role);
    if (operation !== undefined)
      operations.push(chance.is(0.5) ? { ...operation, id: { value: chance.name() } } : operation);
  }
  await framework.accept(taken, operations);
}

/** Of statuses and of operations, in the order of their events. */
async function acknowledge(framework: FakeFramework): Promise<void> {
  for (const { update, update_operation_status } of framework.events.fresh()) {
    if (update?.status.uuid !== undefined) await framework.acknowledge(update.status);
    const { agent_id, operation_id, uuid } = update_operation_status?.status ?? {};
    if (agent_id === undefined || operation_id === undefined || uuid === undefined) continue;
    const acknowledged = { agent_id, operation_id, uuid: uuid.value };
    await framework.call({ type: 'ACKNOWLEDGE_OPERATION_STATUS', acknowledge_operation_status: acknowledged });
  }
}

function sharedDirectories(rig: Rig): string[] {
  return [...rig.core.state.agents.registered.values()].flatMap(({ totalResources }) => {
    const volumes = totalResources.persistentVolumes().items.map(({ identity }) => {
      return `${identity.role} ${identity.disk?.persistence?.id}`;
    });
    return volumes.filter((volume, index) => volumes.indexOf(volume) !== index);
  });
}

async function play(seed: number, steps: number): Promise<void> {
  const chance = new Chance(seed);
  const rig = await Rig.start();
  const machines = [new Machine(await rig.agent(HAS)), new Machine(await rig.agent(HAS))];
  for (const { agent } of machines) await agent.subscribe();
  const frameworks: FakeFramework[] = [];
  for (const roles of [['a', 'a/x'], ['a/x', 'b'], ['b']]) {
    frameworks.push(await rig.subscribed({ roles, capabilities: FRAMEWORK.map((type) => ({ type })) }));
  }
  const { world } = await rig.world();
  const headers = { 'content-type': 'application/json' };
  for (let step = 0; step < steps; step++) {
    const machine = machines[chance.of(machines.length)] as Machine;
    const framework = frameworks[chance.of(frameworks.length)] as FakeFramework;
    const what = chance.of(12);
    if (what < 5) await accept(rig, framework, chance);
    else if (what < 9) {
      const total = rig.core.state.agents.registered.get(machine.agent.id)?.totalResources.toMessages() ?? [];
      const operation = chance.operation(total, undefined);
      const call = operation && asCall({ value: machine.agent.id }, operation);
      if (call !== undefined) await rig.request(world, 'POST', '/api/v1', JSON.stringify(call), headers);
    } else if (machine.isAway) await machine.comeBack();
    else if (what < 11) await machine.finishOne();
    else await machine.leave(chance.is(0.5));
    for (const present of machines) if (!present.isAway && chance.is(0.7)) await present.serve();
    for (const each of frameworks) await acknowledge(each);
    await rig.pass(chance.is(0.5) ? 1_100 : 50);
    expect(sharedDirectories(rig)).toEqual([]);
  }
  expect(machines.reduce((sum, { done }) => sum + done, 0)).toBeGreaterThan(steps / 15);
  for (const machine of machines) {
    if (machine.isAway) await machine.comeBack();
    await machine.serve();
    await rig.pass(100);
    const known = rig.core.state.agents.registered.get(machine.agent.id)?.totalResources;
    expect(known?.equals(machine.total), `${known?.format()} is known of ${machine.total.format()}`).toBe(true);
  }
}

describe('operations in any order', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('leave everybody with the same resources (seed %i)', async (seed) => {
    await play(seed, 90);
  });
});
