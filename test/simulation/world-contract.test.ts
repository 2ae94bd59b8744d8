import { Simulation } from '../../src/simulation/simulation.ts';
import { describeWorldContract } from '../world/world-contract.ts';

describeWorldContract('simulated', async () => {
  const simulation = new Simulation({ seed: 1 });
  const host = simulation.host('machine');
  const first = host.start('first', async () => undefined);
  const other = host.start('other', async () => undefined);
  await simulation.run({ forMs: 10 });
  host.disk.tree.makeDirectory('/var/lib/test');
  return {
    world: first.world,
    other: other.world,
    directory: '/var/lib/test',
    address: host.address,
    programs: {
      exits: (code) => ['sh', '-c', `exit ${code}`],
      sleeps: ['sleep', '1000'],
      prints: (text) => ['printf', text],
    },
    crashOther: async () => other.crash(),
    drive: (body) => simulation.settle(body()),
    dispose: async () => first.crash(),
  };
});
