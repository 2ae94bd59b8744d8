import type { Election } from '../../src/cluster/election.ts';
import type { Store } from '../../src/cluster/store.ts';
import { type ProcessHandle, Simulation } from '../../src/simulation/index.ts';
import { describeElectionContract } from '../cluster/election-contract.ts';
import { describeStoreContract } from '../cluster/store-contract.ts';

for (const seed of [1, 2, 3]) {
  describeStoreContract(`simulated, seed ${seed}`, async () => {
    const simulation = new Simulation({ seed });
    const daemon: ProcessHandle<Store> = simulation
      .host('machine')
      .start('daemon', async (_world, context) => context.openStore('registry'));
    return {
      open: async () => {
        daemon.restart();
        const { clock } = simulation.host('machine').start('waiter', async () => undefined).world;
        await clock.sleep(1);
        if (daemon.value === undefined) {
          throw new Error('the store did not open');
        }
        return daemon.value;
      },
      crash: async () => daemon.crash(),
      drive: (body) => simulation.settle(body()),
      dispose: async () => daemon.crash(),
    };
  });
}

describeElectionContract('simulated', { second: 'refused' }, async () => {
  const simulation = new Simulation({ seed: 1 });
  const host = simulation.host('machine');
  const { clock } = host.start('waiter', async () => undefined).world;
  const daemons = new Map<string, ProcessHandle<Election>>();
  return {
    election: async (process) => {
      let daemon = daemons.get(process);
      if (daemon?.value === undefined) {
        daemon = host.start(process, async (_world, context) => context.openElection('registry'));
        daemons.set(process, daemon);
        await clock.sleep(1);
      }
      if (daemon.value === undefined) {
        throw new Error('the election did not open');
      }
      return daemon.value;
    },
    crash: async (process) => daemons.get(process)?.crash(),
    settle: () => clock.sleep(100),
    drive: (body) => simulation.settle(body()),
    dispose: async () => undefined,
  };
});

describeElectionContract('simulated ensemble', { second: 'waits' }, async () => {
  const simulation = new Simulation({ seed: 1 });
  const ensemble = simulation.ensemble({ sessionTimeoutMs: 60 });
  const { clock } = simulation.host('waiter').start('waiter', async () => undefined).world;
  const daemons = new Map<string, ProcessHandle<Election>>();
  return {
    election: async (process) => {
      let daemon = daemons.get(process);
      if (daemon?.value === undefined) {
        daemon = simulation.host(process).start('daemon', async (_world, context) => context.join(ensemble).election);
        daemons.set(process, daemon);
        await clock.sleep(1);
      }
      if (daemon.value === undefined) {
        throw new Error('the election did not open');
      }
      return daemon.value;
    },
    crash: async (process) => daemons.get(process)?.crash(),
    settle: () => clock.sleep(100),
    drive: (body) => simulation.settle(body()),
    dispose: async () => undefined,
  };
});

describeStoreContract('simulated ensemble', async () => {
  const simulation = new Simulation({ seed: 1 });
  const ensemble = simulation.ensemble({ sessionTimeoutMs: 1_000 });
  const daemon: ProcessHandle<Store> = simulation
    .host('machine')
    .start('daemon', async (_world, context) => context.join(ensemble).openStore('registry'));
  const { clock } = simulation.host('machine').start('waiter', async () => undefined).world;
  return {
    open: async () => {
      daemon.restart();
      await clock.sleep(1);
      if (daemon.value === undefined) {
        throw new Error('the store did not open');
      }
      return daemon.value;
    },
    crash: async () => daemon.crash(),
    drive: (body) => simulation.settle(body()),
    dispose: async () => daemon.crash(),
  };
});
