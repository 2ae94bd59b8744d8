// The network of this machine: HTTP/1.1 over TCP, as a client over TLS too.
import type { Listener, Net } from '../../net.ts';
import type { Log } from '../../world.ts';
import { createClient } from './client.ts';
import { connect } from './connect.ts';
import { exchange } from './exchange.ts';
import { listen } from './listener.ts';

/** `close` ends listeners and connections of this Net. */
export function createNet(log: Log): { net: Net; close(): Promise<void> } {
  const listeners = new Set<Listener>();
  const client = createClient();
  const net: Net = {
    async listen(options) {
      const listener = await listen(options, log);
      listeners.add(listener);
      return {
        host: listener.host,
        port: listener.port,
        async close() {
          listeners.delete(listener);
          await listener.close();
        },
      };
    },
    request: client.request,
    openStream: client.openStream,
    connect,
    exchange,
  };
  return {
    net,
    async close() {
      await Promise.all([client.close(), ...[...listeners].map((listener) => listener.close())]);
    },
  };
}
