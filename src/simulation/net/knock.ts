// A TCP connection that is opened and closed without a word. The machine accepts it, not the program: one that is stopped
// is still connected to.
import { NetError } from '../../world/net.ts';
import type { ExchangePlace } from './exchange.ts';

/** Net.connect in the simulated network. */
export function knock(place: ExchangePlace, name: string, port: number, timeoutMs: number): Promise<void> {
  const { network, life, host } = place;
  const what = `connection to ${name}:${port}`;
  return new Promise((resolve, reject) => {
    const found = network.resolve(host, name);
    if (found === undefined) {
      life.later('unresolved', 0, () => reject(new NetError('unresolved', `${what}: no address for this name`)));
      return;
    }
    const { host: target, address } = found;
    const timeout = life.later('timeout', timeoutMs, () =>
      reject(new NetError('timeout', `${what}: not accepted within ${timeoutMs} ms`)),
    );
    if (network.isBlocked(host, target) || network.isBlocked(target, host)) {
      return;
    }
    if (host !== target && network.random.chance(network.conditions.loseRequestChance)) {
      network.counts.requestsLost++;
      return;
    }
    network.engine.schedule('knock', network.delayMs(host, target), () => {
      if (!target.isUp) {
        return;
      }
      const isAccepted = target.listeners.some((listener) => listener.covers(address, port));
      life.later('knock-answered', network.delayMs(target, host), () => {
        timeout.isCancelled = true;
        if (isAccepted) {
          resolve();
        } else {
          reject(new NetError('refused', `${what}: connection refused`));
        }
      });
    });
  });
}
