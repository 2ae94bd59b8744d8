// Where the files of a run are (chronos.md 10.9): an address of its agent that lists them, kept with the run, so that its log is found after
// the run is over and the master has forgotten its task. From the offer on it is the newest of its executor; the very one once the container
// is known and the agent has said below which directory it works.
import type { Offer, TaskStatus } from '../../../mesos/generated/v1.ts';
import type { Log, World } from '../../../world/world.ts';
import type { Run } from '../model/run.ts';
import type { RunBook } from '../runs/run-book.ts';

/** Agents of which it is remembered where they work; each is an address and a path. */
const MAX_AGENTS = 10_000;
const ASK_TIMEOUT_MS = 5_000;
/** An agent that did not say is left alone for so long. */
const ASK_AGAIN_MS = 10 * 60_000;

const LISTING = '/files/browse?path=';
const LATEST = /^\/frameworks\/[^/]+\/executors\/[^/]+\/runs\/latest$/;

/** Of a command task the executor has the task's id. Undefined where the offer does not say how its agent is reached. */
export function newestSandbox(offer: Pick<Offer, 'url' | 'framework_id'>, executorId: string): string | undefined {
  const { url, framework_id } = offer;
  if (url === undefined) return undefined;
  const { scheme, address } = url;
  const host = address.ip ?? address.hostname;
  if (host === undefined || host === '') return undefined;
  const path = `/frameworks/${framework_id.value}/executors/${executorId}/runs/latest`;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}${LISTING}${encodeURIComponent(path)}`;
}

type Parts = {
  readonly world: Pick<World, 'net' | 'clock'>;
  readonly log: Log;
  readonly runs: Pick<RunBook, 'byTaskId' | 'located'>;
};

/** What is known of an agent: its work directory, or since when it is asked in vain (monotonic ms). */
type Place = { readonly workDir: string } | { readonly askedMs: number; readonly waiting: Map<string, string> };

/** Nothing waits for it. */
export class Sandboxes {
  readonly #parts: Parts;
  readonly #places = new Map<string, Place>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A status that the runs have not taken yet. */
  told({ task_id, container_status }: TaskStatus): void {
    const containerId = container_status?.container_id?.value ?? '';
    const run = this.#parts.runs.byTaskId(task_id.value);
    const newest = run === undefined ? undefined : newestOf(run);
    if (containerId === '' || run?.agentId === undefined || newest === undefined) return;
    const place = this.#places.get(run.agentId);
    if (place !== undefined && 'workDir' in place) {
      this.#locate(task_id.value, place.workDir, containerId);
      return;
    }
    const nowMs = this.#parts.world.clock.monotonicMs();
    if (place !== undefined && nowMs - place.askedMs < ASK_AGAIN_MS) {
      place.waiting.set(task_id.value, containerId);
      return;
    }
    const waiting = new Map([[task_id.value, containerId]]);
    this.#keep(run.agentId, { askedMs: nowMs, waiting });
    void this.#ask(run.agentId, newest.origin, waiting);
  }

  async #ask(agentId: string, origin: string, waiting: Map<string, string>): Promise<void> {
    const { net } = this.#parts.world;
    let workDir: string | undefined;
    try {
      const { status, body } = await net.request({ method: 'GET', url: `${origin}/flags`, timeoutMs: ASK_TIMEOUT_MS });
      if (status === 200) workDir = workDirOf(JSON.parse(Buffer.from(body).toString('utf8')));
    } catch (error) {
      // The newest sandbox of the executor is a good guess, and stays.
      this.#parts.log.debug('an agent does not say where its sandboxes are', { agentId, error });
    }
    if (workDir !== undefined) {
      this.#keep(agentId, { workDir });
      for (const [taskId, containerId] of waiting) this.#locate(taskId, workDir, containerId);
    }
    waiting.clear();
  }

  #locate(taskId: string, workDir: string, containerId: string): void {
    const { runs } = this.#parts;
    const run = runs.byTaskId(taskId);
    const newest = run === undefined ? undefined : newestOf(run);
    if (run?.agentId === undefined || newest === undefined) return;
    const own = newest.path.replace(/latest$/, containerId);
    runs.located(taskId, `${newest.origin}${LISTING}${encodeURIComponent(`${workDir}/slaves/${run.agentId}${own}`)}`);
  }

  #keep(agentId: string, place: Place): void {
    this.#places.delete(agentId);
    this.#places.set(agentId, place);
    const [oldest] = this.#places.keys();
    if (this.#places.size > MAX_AGENTS && oldest !== undefined) this.#places.delete(oldest);
  }
}

/** Undefined once it is the very one, or nothing is known at all. */
function newestOf({ sandbox }: Run): { readonly origin: string; readonly path: string } | undefined {
  const [origin, text] = sandbox?.split(LISTING) ?? [];
  if (origin === undefined || text === undefined) return undefined;
  const path = decodeURIComponent(text);
  return LATEST.test(path) ? { origin, path } : undefined;
}

function workDirOf(answer: unknown): string | undefined {
  const flags: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'flags') : undefined;
  const text: unknown = typeof flags === 'object' && flags !== null ? Reflect.get(flags, 'work_dir') : undefined;
  return typeof text === 'string' && text.startsWith('/') ? text.replace(/\/+$/, '') : undefined;
}
