// Service ports: numbers that are an app's own in the whole cluster, for load balancers (marathon.md 11.3). Who asks for
// port 0 gets one, and keeps it for as long as it asks.
import { type App, servicePortsOf } from '../../model/app.ts';
import { Refusal } from '../../refusals.ts';

/** How many apps use which port; ports out of the range and shared ones included, as both may be asked for by number. */
export class ServicePorts {
  readonly min: number;
  readonly max: number;
  readonly #uses = new Map<number, number>();
  /** No port of the range below this one is free. */
  #lowest: number;

  /** The range of ports that are given out, both ends included. */
  constructor(min: number, max: number) {
    this.min = min;
    this.max = max;
    this.#lowest = min;
  }

  isUsed(port: number): boolean {
    return this.#uses.has(port);
  }

  /** The lowest free port of the range, or `max` + 1. */
  lowestFree(): number {
    while (this.#lowest <= this.max && this.#uses.has(this.#lowest)) this.#lowest += 1;
    return this.#lowest;
  }

  /** Makes the ports of `before` free and those of `after` used; undefined = none. */
  replace(before: App | undefined, after: App | undefined): void {
    if (before !== undefined) for (const port of servicePortsOf(before)) this.#release(port);
    if (after !== undefined)
      for (const port of servicePortsOf(after)) this.#uses.set(port, (this.#uses.get(port) ?? 0) + 1);
  }

  #release(port: number): void {
    const uses = (this.#uses.get(port) ?? 0) - 1;
    if (uses > 0) this.#uses.set(port, uses);
    else this.#uses.delete(port);
    if (uses <= 0 && port >= this.min && port < this.#lowest) this.#lowest = port;
  }
}

/** Gives ports to the apps of one change; what it gave is not given again. */
export class PortAssignment {
  readonly #used: ServicePorts;
  readonly #taken = new Set<number>();
  #next: number;

  /** `apps`: all that change, in their new form, as no port that one of them names may be given to another. */
  constructor(used: ServicePorts, apps: Iterable<App>) {
    this.#used = used;
    this.#next = used.lowestFree();
    for (const app of apps) for (const port of servicePortsOf(app)) this.#taken.add(port);
  }

  /**
   * The app with a number for each 0: first those of its former self that lie in the range and that it does not name
   * itself, then the lowest that no app uses. Throws Refusal 500 when there are none left.
   */
  assign(app: App, before: App | undefined): App {
    const wanted = servicePortsOf(app);
    if (!wanted.includes(0)) return app;
    const named = new Set(wanted);
    const former = before === undefined ? [] : servicePortsOf(before);
    const own = [...new Set(former)].filter(
      (port) => port >= this.#used.min && port <= this.#used.max && !named.has(port),
    );
    return withServicePorts(
      app,
      wanted.map((port) => (port === 0 ? (own.shift() ?? this.#lowestFree()) : port)),
    );
  }

  #lowestFree(): number {
    while (this.#used.isUsed(this.#next) || this.#taken.has(this.#next)) this.#next += 1;
    if (this.#next > this.#used.max) {
      throw new Refusal(500, `All ports in the range [${this.#used.min}-${this.#used.max}) are already in use`);
    }
    this.#next += 1;
    return this.#next - 1;
  }
}

function withServicePorts(app: App, ports: readonly number[]): App {
  if (app.portDefinitions !== undefined) {
    return { ...app, portDefinitions: app.portDefinitions.map((port, i) => ({ ...port, port: ports[i] ?? 0 })) };
  }
  const { container } = app;
  if (container?.portMappings === undefined) return app;
  const portMappings = container.portMappings.map((port, i) => ({ ...port, servicePort: ports[i] ?? 0 }));
  return { ...app, container: { ...container, portMappings } };
}
