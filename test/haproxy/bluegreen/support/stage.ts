// A Marathon, two balancers and the tool, each on its machine of the simulated network.
import { type BluegreenRequest, bluegreen } from '../../../../src/cli/haproxy/bluegreen/run.ts';
import { MarathonClient } from '../../../../src/client/marathon.ts';
import { balancerUrl } from '../../../../src/haproxy/bluegreen/balancers/addresses.ts';
import type { JsonObject } from '../../../../src/haproxy/discovery/json-fields.ts';
import { type ProcessHandle, Simulation } from '../../../../src/simulation/index.ts';
import type { HttpHandler } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';
import { FakeBalancer } from './fake-balancer.ts';
import { FakeMarathon } from './fake-marathon.ts';

const GROUP_LABELS = {
  HAPROXY_GROUP: 'external',
  HAPROXY_0_PORT: '10050',
  HAPROXY_DEPLOYMENT_GROUP: 'cart',
  HAPROXY_DEPLOYMENT_ALT_PORT: '10051',
};

export const CART: JsonObject = {
  id: 'cart',
  instances: 3,
  labels: GROUP_LABELS,
  networks: [{ mode: 'host' }],
  portDefinitions: [{ port: 10_050 }],
};

/** What a run came to. */
export interface Ended {
  readonly said: readonly string[];
  readonly waited: readonly string[];
  readonly outcome: Awaited<ReturnType<typeof bluegreen>> | Error;
}

export class Stage {
  readonly simulation: Simulation;
  readonly marathon: FakeMarathon;
  readonly balancers: readonly FakeBalancer[];
  /** What the pre-kill hook ends with. */
  hook: (argv: readonly string[]) => number = () => 0;
  tool: ProcessHandle<object> | undefined;

  private constructor(marathon: FakeMarathon, balancers: readonly FakeBalancer[], simulation: Simulation) {
    this.marathon = marathon;
    this.balancers = balancers;
    this.simulation = simulation;
  }

  /** `blue` instances are live; with further labels. */
  static async open(blue: number, more: Record<string, string> = {}): Promise<Stage> {
    const simulation = new Simulation({ seed: 4 });
    const clock = await worldOf(simulation, 'm', 'probe').then((world) => world.clock);
    const marathon = new FakeMarathon(clock);
    if (blue > 0) {
      const labels = {
        ...GROUP_LABELS,
        HAPROXY_DEPLOYMENT_COLOUR: 'blue',
        HAPROXY_DEPLOYMENT_STARTED_AT: '2020-01-10T10:00:00',
        HAPROXY_DEPLOYMENT_TARGET_INSTANCES: String(blue),
        HAPROXY_DEPLOYMENT_NEW_INSTANCES: '0',
        ...more,
      };
      marathon.add('/cart-blue', blue, labels, 10_050);
    }
    const balancers = ['lb1', 'lb2'].map(() => new FakeBalancer(clock, marathon));
    await serve(simulation, 'm', 8080, marathon.handler);
    for (const [index, balancer] of balancers.entries()) {
      await serve(simulation, `lb${index + 1}`, 9090, balancer.handler);
      balancer.start();
    }
    return new Stage(marathon, balancers, simulation);
  }

  /** Lets it run to its end, or until `isEnough`. */
  async run(request: Partial<BluegreenRequest> = {}, options: { limitMs?: number } = {}): Promise<Ended> {
    const begun = this.begin(request);
    return this.simulation.settle(begun, options.limitMs ?? 3_600_000);
  }

  /** A new process of the tool. */
  begin(request: Partial<BluegreenRequest> = {}): Promise<Ended> {
    const said: string[] = [];
    const waited: string[] = [];
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const host = this.simulation.host('tool');
    host.tools.set('hook', ({ argv }) => ({ exitCode: this.hook(argv), stdout: '', stderr: 'no\n' }));
    this.tool = host.start('bluegreen', async (world) => {
      const end = (outcome: Ended['outcome']) => resolve({ said, waited, outcome });
      carryOut(world, request, said, waited).then(end, end);
      return {};
    });
    return promise;
  }
}

function carryOut(world: World, request: Partial<BluegreenRequest>, said: string[], waited: string[]) {
  const { net, host } = world;
  const urls = ['http://lb1:9090', 'http://lb2:9090'].map(balancerUrl);
  return bluegreen(
    {
      world,
      marathon: new MarathonClient({ net, addresses: ['http://m:8080'] }),
      balancers: { net, host, urls, headers: {}, insecureTls: false, pidsPort: 9092 },
      confirm: async () => undefined,
      say: (text) => said.push(text),
      progress: (text) => waited.push(text),
      interrupted: () => ({ happened: new Promise(() => undefined), dispose: () => undefined }),
    },
    {
      group: '/cart',
      definition: CART,
      wish: 'deploy',
      newInstances: undefined,
      pace: { initialInstances: 1, maxWaitMs: 300_000 },
      stepDelayMs: 5_000,
      timeoutMs: undefined,
      rollsBack: false,
      isDryRun: false,
      hook: undefined,
      ...request,
    },
  );
}

async function worldOf(simulation: Simulation, host: string, name: string): Promise<World> {
  const { promise, resolve } = Promise.withResolvers<World>();
  simulation.host(host).start(name, async (world) => {
    resolve(world);
    return {};
  });
  return simulation.settle(promise);
}

async function serve(simulation: Simulation, host: string, port: number, handler: HttpHandler): Promise<void> {
  const { net } = await worldOf(simulation, host, `serve-${port}`);
  await simulation.settle(net.listen({ host: '0.0.0.0', port, handler }));
}
