// Servers inside simulated tasks: the simulator's programs cannot listen, so for each task of an app that is to serve, a
// process on the same machine does, as long as the task lives.
import type { Simulation } from '../../../../../src/simulation/index.ts';
import type { HttpRequest, HttpResponse } from '../../../../../src/world/net.ts';

/** How often it is looked whether the task is there yet. */
const LOOK_MS = 20;

/** What a task answers; `port`: which of its ports was asked. */
export type TaskHandler = (request: HttpRequest, port: number) => HttpResponse;

export class Services {
  readonly #handlers = new Map<string, { readonly handler: TaskHandler; readonly afterMs: number }>();

  constructor(simulation: Simulation) {
    let count = 0;
    simulation.onLaunch((run, host) => {
      const { MARATHON_APP_ID: appId = '', ...env } = run.task.env;
      const service = this.#handlers.get(appId);
      if (service === undefined) return;
      const ports = Object.keys(env).flatMap((name) => (/^PORT\d$/.test(name) ? [Number(env[name])] : []));
      count += 1;
      host.start(`service-${count}`, async (world) => {
        await new Promise<void>((resolve) => world.clock.setTimer(service.afterMs, resolve));
        if (run.exitLine !== undefined) return { ended: Promise.resolve() };
        const listeners = await Promise.all(
          ports.map((port) =>
            world.net.listen({
              host: '0.0.0.0',
              port,
              handler: (request) => this.#handlers.get(appId)?.handler(request, port) ?? { status: 500 },
            }),
          ),
        );
        const ended = Promise.withResolvers<void>();
        world.clock.every(LOOK_MS, () => {
          if (run.exitLine === undefined) return;
          void Promise.all(listeners.map((listener) => listener.close())).then(() => ended.resolve());
        });
        return { ended: ended.promise };
      });
    });
  }

  /**
   * Tasks of the app that are launched from now on answer on all their ports, `afterMs` after they began; a later handler
   * replaces an earlier one.
   */
  serve(appId: string, handler: TaskHandler, { afterMs = 0 }: { readonly afterMs?: number } = {}): void {
    this.#handlers.set(appId, { handler, afterMs });
  }
}
