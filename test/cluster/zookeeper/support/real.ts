// Processes on a real ensemble: each with a world and a connection of its own, behind a proxy where it is to be cut off.
import { afterAll, beforeAll } from 'vitest';
import { parseZooKeeperAddress } from '../../../../src/cluster/zookeeper/address.ts';
import { connectZooKeeper } from '../../../../src/cluster/zookeeper/connection.ts';
import type { ZooKeeperConnection } from '../../../../src/cluster/zookeeper/session.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';
import { type Ensemble, type EnsembleOptions, startEnsemble } from '../ensemble.ts';
import { type SeverableProxy, startProxy } from '../severable-proxy.ts';

/** One process, in as far as the ensemble can tell. */
export interface Client {
  readonly world: RealWorld;
  readonly connection: ZooKeeperConnection;
  readonly proxy: SeverableProxy;
  /** Ends it; when it is cut off, its session goes on without it. */
  close(): Promise<void>;
}

export interface ClientOptions {
  /** `user:password` */
  readonly credentials?: string;
  readonly sessionTimeoutMs?: number;
}

/** An ensemble for the tests of a file, and clients that are closed with it. */
export class RealEnsemble {
  #ensemble: Ensemble | undefined;
  readonly #clients = new Set<Client>();
  #paths = 0;

  constructor(options: EnsembleOptions = {}) {
    beforeAll(async () => {
      this.#ensemble = await startEnsemble(options);
    });
    afterAll(async () => {
      await Promise.all([...this.#clients].map((client) => client.close()));
      await this.#ensemble?.stop();
    });
  }

  get ensemble(): Ensemble {
    if (this.#ensemble === undefined) throw new Error('the ensemble does not run yet');
    return this.#ensemble;
  }

  /** A path that no other test uses. */
  newPath(): string {
    this.#paths++;
    return `/test-${this.#paths}`;
  }

  async client({ credentials, sessionTimeoutMs = 1_000 }: ClientOptions = {}): Promise<Client> {
    const world = createRealWorld({ log: { level: 'silent' } });
    const proxy = await startProxy(this.ensemble.member(0).port);
    const user = credentials === undefined ? '' : `${credentials}@`;
    const address = parseZooKeeperAddress(`zk://${user}127.0.0.1:${proxy.port}/x`);
    const connection = connectZooKeeper(world, address, { sessionTimeoutMs });
    let closed: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await connection.close();
      await proxy.close();
      await world.close();
    };
    const client: Client = {
      world,
      connection,
      proxy,
      close: () => {
        this.#clients.delete(client);
        closed ??= close();
        return closed;
      },
    };
    this.#clients.add(client);
    return client;
  }
}
