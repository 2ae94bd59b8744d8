// Asks the instances that deployments start whether they are ready to serve (marathon.md 17.6). Nothing of it is durable:
// after a restart the deployments watch again, and all is asked anew.
import { NetError } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import type { InstanceChange, Instances, Readiness, ReadinessResult, Unsubscribe } from '../core.ts';
import type { ReadinessCheck } from '../model/app.ts';
import { appIdOf, type Instance, type InstanceId } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import { type Answer, ask } from './ask.ts';
import { ProbeLoop } from './probe-loop.ts';
import { ProbeQueue } from './probe-queue.ts';
import { targetOfName, urlOf } from './target.ts';

/** What readiness needs of the rest. */
export interface ReadinessParts {
  readonly world: Pick<World, 'clock' | 'net'>;
  readonly instances: Pick<Instances, 'get' | 'onChange'>;
}

/** Beside those of health checks. */
const MAX_IN_FLIGHT = 64;
/** What is kept of a body; the rest is cut off. */
const KEEP_BYTES = 64 * 1024;

/** One call of `watch`. */
interface Watch {
  readonly id: InstanceId;
  readonly onReady: () => void;
  /** Task that is asked, or that was ready. */
  taskId: string | undefined;
  loop: ProbeLoop<Answer> | undefined;
  result: ReadinessResult | undefined;
  isReady: boolean;
}

/** The cost of a change does not depend on how many are watched. */
export class ReadinessChecks implements Readiness {
  readonly #parts: ReadinessParts;
  readonly #queue = new ProbeQueue(MAX_IN_FLIGHT);
  readonly #byInstance = new Map<InstanceId, Set<Watch>>();
  readonly #byApp = new Map<PathId, Set<Watch>>();
  #unsubscribe: Unsubscribe | undefined;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  /** Before the deployments. */
  start(): void {
    this.#unsubscribe = this.#parts.instances.onChange((change) => this.#changed(change));
  }

  /** Nobody is asked any more. */
  stop(): void {
    this.#unsubscribe?.();
    for (const watches of this.#byInstance.values()) for (const watch of watches) watch.loop?.stop();
  }

  /** An app without readiness checks is ready when it runs. `onReady` is never called from inside this call. */
  watch(id: InstanceId, onReady: () => void): Unsubscribe {
    const watch: Watch = { id, onReady, taskId: undefined, loop: undefined, result: undefined, isReady: false };
    addTo(this.#byInstance, id, watch);
    addTo(this.#byApp, appIdOf(id), watch);
    const instance = this.#parts.instances.get(id);
    if (instance !== undefined) this.#look(watch, instance);
    return () => this.#end(watch);
  }

  /** Of tasks that have answered, or could not be asked, at least once; until their watches end. */
  results(appId: PathId): readonly ReadinessResult[] {
    const byTask = new Map<string, ReadinessResult>();
    for (const { result } of this.#byApp.get(appId) ?? []) if (result !== undefined) byTask.set(result.taskId, result);
    return [...byTask.values()];
  }

  #changed({ before, after }: InstanceChange): void {
    const id = (after ?? before)?.id;
    const watches = id === undefined ? undefined : this.#byInstance.get(id);
    if (watches === undefined) return;
    for (const watch of [...watches]) {
      if (after === undefined) this.#end(watch);
      else this.#look(watch, after);
    }
  }

  #look(watch: Watch, instance: Instance): void {
    const taskId = instance.condition === 'Running' ? instance.task?.id : undefined;
    if (taskId !== undefined && taskId === watch.taskId) return;
    if (instance.task?.id !== watch.result?.taskId) watch.result = undefined;
    watch.loop?.stop();
    watch.loop = undefined;
    watch.taskId = taskId;
    if (taskId === undefined || watch.isReady) return;
    const [check] = instance.app.readinessChecks;
    if (check === undefined) {
      watch.isReady = true;
      this.#parts.world.clock.setTimer(0, () => this.#tell(watch));
    } else {
      watch.loop = this.#loop(watch, taskId, instance, check);
    }
  }

  #loop(watch: Watch, taskId: string, instance: Instance, check: ReadinessCheck): ProbeLoop<Answer> {
    return new ProbeLoop({
      clock: this.#parts.world.clock,
      queue: this.#queue,
      turn: instance.app.id,
      firstDelayMs: 0,
      intervalMs: check.intervalSeconds * 1000,
      probe: () => query(this.#parts.world, instance, check),
      onOutcome: (answer) => this.#take(watch, taskId, check, answer),
    });
  }

  #take(watch: Watch, taskId: string, check: ReadinessCheck, answer: Answer): void {
    const ready = check.httpStatusCodesForReady.includes(answer.status);
    watch.result = {
      name: check.name,
      taskId,
      ready,
      ...(check.preserveLastResponse && { lastResponse: shown(answer) }),
    };
    if (!ready) return;
    watch.loop?.stop();
    watch.loop = undefined;
    watch.isReady = true;
    this.#tell(watch);
  }

  #tell(watch: Watch): void {
    if (this.#byInstance.get(watch.id)?.has(watch)) watch.onReady();
  }

  #end(watch: Watch): void {
    watch.loop?.stop();
    removeFrom(this.#byInstance, watch.id, watch);
    removeFrom(this.#byApp, appIdOf(watch.id), watch);
  }
}

/** Never rejects: who cannot be asked has answered 504, as the original has it. */
async function query(
  world: Pick<World, 'clock' | 'net'>,
  instance: Instance,
  { protocol, portName, path, timeoutSeconds }: ReadinessCheck,
): Promise<Answer> {
  const scheme = protocol === 'HTTPS' ? 'https' : 'http';
  const target = targetOfName(instance, portName);
  if ('missing' in target) {
    return notAsked(`${scheme}://${instance.agent?.host ?? ''}:<${portName}>${path}`, target.missing);
  }
  const url = urlOf(scheme, target, path);
  const timeoutMs = timeoutSeconds * 1000;
  try {
    return await ask(world, url, { timeoutMs, bodyMs: timeoutMs, keepBytes: KEEP_BYTES });
  } catch (error) {
    if (error instanceof NetError) return notAsked(url, error.message);
    throw error;
  }
}

function notAsked(url: string, why: string): Answer {
  const body = Buffer.from(`Marathon could not query ${url}: ${why}`);
  return { status: 504, contentType: 'text/plain', body };
}

function shown({ status, contentType, body }: Answer): ReadinessResult['lastResponse'] {
  return { status, contentType, body: Buffer.from(body).toString('utf8') };
}

function addTo<K>(index: Map<K, Set<Watch>>, key: K, watch: Watch): void {
  const watches = index.get(key);
  if (watches === undefined) index.set(key, new Set([watch]));
  else watches.add(watch);
}

function removeFrom<K>(index: Map<K, Set<Watch>>, key: K, watch: Watch): void {
  const watches = index.get(key);
  if (watches?.delete(watch) && watches.size === 0) index.delete(key);
}
