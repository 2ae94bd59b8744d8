// Resources that are used twice, with real processes: what lies idle, as revocable resources. (Shared volumes: volumes.test.ts.)
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SchedulerClient } from '../../src/client/scheduler.ts';
import type {
  FrameworkInfo_Capability_Type,
  Offer,
  Offer_Operation,
  Resource,
  TaskState,
  TaskStatus,
} from '../../src/mesos/generated/v1.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { DaemonSet, getJson, until } from './daemon-processes.ts';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const isLinux = existsSync('/proc/self/environ');
const world = createRealWorld();

const scalar = (name: string, value: number, more: Partial<Resource> = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...more,
});

const MODULES = JSON.stringify({
  libraries: [
    {
      modules: [
        { name: 'org_apache_mesos_FixedResourceEstimator', parameters: [{ key: 'resources', value: 'cpus:2' }] },
        // Every load is above it.
        { name: 'org_apache_mesos_LoadQoSController', parameters: [{ key: 'load_threshold_5min', value: '-1' }] },
      ],
    },
  ],
});

/** Launches one task in the first offer that has what it needs, and hands everything else back. */
class OneTask {
  readonly statuses: TaskStatus[] = [];
  readonly offered: Resource[] = [];
  readonly client: SchedulerClient;
  readonly #resources: readonly Resource[];
  readonly #command: string;
  readonly #name: string;
  #isLaunched = false;

  constructor(
    name: string,
    role: string,
    capabilities: readonly FrameworkInfo_Capability_Type[],
    [command, ...resources]: readonly [string, ...Resource[]],
    master: string,
  ) {
    this.#name = name;
    this.#command = command;
    this.#resources = resources;
    const types = ['MULTI_ROLE' as const, 'RESERVATION_REFINEMENT' as const, ...capabilities];
    this.client = new SchedulerClient({
      world,
      masters: [master],
      framework: { user: 'root', name, roles: [role], capabilities: types.map((type) => ({ type })) },
      listener: {
        event: ({ offers, update }) => {
          for (const offer of offers?.offers ?? []) this.#answer(offer);
          if (update === undefined) return;
          this.statuses.push(update.status);
          void this.client.acknowledge(update.status);
        },
      },
    });
    this.client.start();
  }

  has(state: TaskState): boolean {
    return this.statuses.some((status) => status.state === state);
  }

  get last(): Pick<TaskStatus, 'state' | 'source' | 'reason'> {
    const { state = 'TASK_STAGING', source, reason } = this.statuses.at(-1) ?? {};
    return { state, ...(source && { source }), ...(reason && { reason }) };
  }

  #answer({ id, agent_id, resources = [] }: Offer): void {
    this.offered.push(...resources);
    const isEnough = this.#resources.every((wanted) => resources.some((there) => isPartOf(wanted, there)));
    const operations: Offer_Operation[] = [];
    if (isEnough && this.#resources.length > 0 && !this.#isLaunched) {
      this.#isLaunched = true;
      const { resources: wanted, name } = { resources: [...this.#resources], name: this.#name };
      const task = { name, task_id: { value: name }, agent_id, resources: wanted, command: { value: this.#command } };
      operations.push({ type: 'LAUNCH', launch: { task_infos: [task] } });
    }
    void this.client.call({
      type: 'ACCEPT',
      // Long enough for all others to have their turn.
      accept: { offer_ids: [id], operations, filters: { refuse_seconds: 5 } },
    });
  }
}

/** As far as these tests need it. */
function isPartOf(wanted: Resource, there: Resource): boolean {
  const hasKind = (resource: Resource) => [resource.name, resource.revocable !== undefined].join();
  return hasKind(wanted) === hasKind(there) && (wanted.scalar?.value ?? 0) <= (there.scalar?.value ?? 0);
}

describe.skipIf(!isBuilt || !isLinux)('resources that are used twice (needs Linux and `npm run build`)', () => {
  let daemons: DaemonSet;
  const frameworks: OneTask[] = [];
  const framework = (...words: [string, string, FrameworkInfo_Capability_Type[], ...[string, ...Resource[]]]) => {
    const [name, role, capabilities, ...wish] = words;
    const one = new OneTask(name, role, capabilities, wish, daemons.master.url);
    frameworks.push(one);
    return one;
  };

  beforeAll(async () => {
    daemons = await DaemonSet.start({
      agents: 1,
      resources: 'cpus:1;mem:256;disk:1024',
      agentFlags: [
        '--resource-estimator=org_apache_mesos_FixedResourceEstimator',
        '--qos-controller=org_apache_mesos_LoadQoSController',
        `--modules=${MODULES}`,
        '--qos-correction-interval-min=5secs',
      ],
    });
  });
  afterAll(async () => {
    await Promise.all(frameworks.map(({ client }) => client.teardown().finally(() => client.close())));
    await daemons.stop();
  });

  test('idle cpus run tasks of those who know of them, which are preempted; others never see them', async () => {
    const half = scalar('cpus', 0.5, { revocable: {} });
    const plain = framework('plain', '*', ['PARTITION_AWARE'], 'true');
    const aware = framework('aware', '*', ['REVOCABLE_RESOURCES', 'PARTITION_AWARE'], 'sleep 600', half);
    const old = framework('old', '*', ['REVOCABLE_RESOURCES'], 'sleep 600', half);
    await until('both are preempted', 60_000, () => aware.has('TASK_GONE') && old.has('TASK_LOST'));
    const why = { source: 'SOURCE_AGENT', reason: 'REASON_CONTAINER_PREEMPTED' };
    expect([aware.last, old.last]).toEqual([
      { state: 'TASK_GONE', ...why },
      { state: 'TASK_LOST', ...why },
    ]);
    await until('the plain one was offered something', 30_000, () => plain.offered.length > 0);
    expect(plain.offered.filter(({ revocable }) => revocable !== undefined)).toEqual([]);
    const metrics = await getJson<Record<string, number>>(`${daemons.agents[0]?.url}/metrics/snapshot`);
    expect(metrics).toMatchObject({ 'slave/executors_preempted': 2, 'slave/cpus_revocable_total': 2 });
  });
});
