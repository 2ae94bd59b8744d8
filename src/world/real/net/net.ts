// The network of this machine: HTTP/1.1 over TCP, as a client over TLS too.
import type { Listener, Net } from '../../net.ts';
import type { Log } from '../../world.ts';
import { createClient } from './client.ts';
import { connect } from './connect.ts';
import type { EgressProxy } from './egress.ts';
import { exchange } from './exchange.ts';
import { listen } from './listener.ts';

/** `close` ends listeners and connections of this Net. `egress`: the way out of HTTP requests, streams included. */
export function createNet(log: Log, egress?: EgressProxy): { net: Net; close(): Promise<void> } {
  const listeners = new Set<Listener>();
  const client = createClient(egress);
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
    openUpload: client.openUpload,
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
