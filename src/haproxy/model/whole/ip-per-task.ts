// Service ports for old apps with an address per task and no service ports of their own (haproxy.md 2.3.3). Assigned anew
// each turn, in the order of the apps, so that the same apps get the same ports.
import { hash } from 'node:crypto';
import type { BalancedApp } from '../balanced-app.ts';
import type { Problem } from '../model.ts';

const TRIES = 50;

/** Gives out ports of a range, both ends inclusive. */
export class TaskPortAssigner {
  readonly #first: number;
  readonly #count: number;
  readonly #taken = new Set<number>();
  #lowest: number;

  constructor(range: readonly [first: number, last: number]) {
    this.#first = range[0];
    this.#count = Math.max(0, range[1] - range[0] + 1);
    this.#lowest = range[0];
  }

  /** The app's service ports by index: its own, or where it has none and needs some, ports of the range. */
  servicePorts(app: BalancedApp, problems: Problem[]): readonly (number | undefined)[] {
    const { lead } = app;
    const needsSome = lead.networkMode === 'container' && lead.tasks.length > 0;
    if (!needsSome || lead.servicePorts.some((port) => port !== undefined)) return lead.servicePorts;
    return lead.containerPorts.map((taskPort, portIndex) => {
      if (taskPort === undefined) return undefined;
      const port = this.#assign(app.id, taskPort);
      if (port === undefined) {
        const message = `no port is left of ${this.#first} to ${this.#first + this.#count - 1} for apps with an address per task`;
        problems.push({ appId: app.id, portIndex, where: 'servicePort', effect: 'left-out', message });
      }
      return port;
    });
  }

  #assign(appId: string, taskPort: number): number | undefined {
    if (this.#taken.size >= this.#count) return undefined;
    for (let round = 0; round < TRIES; round += 1) {
      const digits = hash('sha1', `${appId}-${taskPort}-${round}`, 'hex').slice(0, 8);
      const port = this.#first + (Number.parseInt(digits, 16) % this.#count);
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
    while (this.#taken.has(this.#lowest)) this.#lowest += 1;
    this.#taken.add(this.#lowest);
    return this.#lowest;
  }
}
