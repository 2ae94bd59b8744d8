// What changes something in the cluster: kills, scaling, restarts, cancelled deployments, drains, jobs. Each answers with what to say.
import { ApiError } from '../../client/api-error.ts';
import type { Effect } from '../ui/state.ts';
import type { TaskRow } from '../view/model.ts';
import { counted } from '../widgets/words.ts';
import { chronosOf, marathonOf, type Outside, wordsOf } from './outside.ts';

/** For the line above the key bar. */
export interface Said {
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly text: string;
}

/** Requests that are under way at once. */
const AT_ONCE = 8;

type Change = Exclude<Effect, { readonly kind: 'quit' | 'save-screen' | 'load-details' }>;

/** Never rejects: what goes wrong is said. */
export async function change(outside: Outside, effect: Change): Promise<Said> {
  try {
    switch (effect.kind) {
      case 'kill-tasks':
        return await killTasks(outside, effect.keys);
      case 'scale-app':
        await marathonOf(outside).changeApp(effect.appId, { instances: effect.instances });
        return good(`${effect.appId} is being scaled to ${effect.instances}.`);
      case 'restart-apps':
        return await each(effect.appIds, 'app', 'being restarted', async (id) => {
          await marathonOf(outside).restartApp(id);
        });
      case 'cancel-deployment':
        await marathonOf(outside).cancelDeployment(effect.deploymentId);
        return good(`Deployment ${effect.deploymentId} is being taken back.`);
      case 'drain-agents':
        return await each(effect.agentIds, 'agent', 'being drained', (id) => drain(outside, id));
      case 'run-jobs':
        return await each(effect.names, 'job', 'started', async (name) => {
          await chronosOf(outside).start(name);
        });
      case 'kill-jobs':
        return await killRuns(outside, effect.names);
      case 'switch-jobs':
        return await each(effect.names, 'job', effect.isDisabled ? 'disabled' : 'enabled', async (name) => {
          await chronosOf(outside).setDisabled(name, effect.isDisabled);
        });
    }
  } catch (error) {
    return { tone: 'bad', text: `${wordsOf(error)}.` };
  }
}

function good(text: string): Said {
  return { tone: 'good', text };
}

/** Marathon's tasks through Marathon, so that it knows; all others through the master, in their framework's stead. */
async function killTasks(outside: Outside, keys: readonly string[]): Promise<Said> {
  const { view, master } = outside;
  const tasks = keys.flatMap((key) => view.tasks.get(key) ?? []);
  if (tasks.length === 0) return { tone: 'warn', text: 'There is nothing left to kill.' };
  const marathon = outside.marathon();
  const owner = marathon === undefined ? undefined : (await marathon.info()).frameworkId;
  const ofMarathon = tasks.filter(({ frameworkId }) => frameworkId === owner);
  if (marathon !== undefined && ofMarathon.length > 0) {
    await marathon.killTasks(ofMarathon.map(({ id }) => id));
  }
  const others = tasks.filter(({ frameworkId }) => frameworkId !== owner);
  const killed = await each(others, 'task', 'told to end', (task) => killByMaster(master, task));
  if (others.length === 0 || killed.tone === 'good') return good(`${counted(tasks.length, 'task')} told to end.`);
  return killed;
}

async function killRuns(outside: Outside, names: readonly string[]): Promise<Said> {
  let runs = 0;
  const said = await each(names, 'job', 'asked', async (name) => {
    const ended = await chronosOf(outside).kill(name);
    runs += ended;
  });
  if (said.tone !== 'good') return said;
  return runs === 0
    ? { tone: 'warn', text: 'There was nothing to end.' }
    : good(`${counted(runs, 'run')} told to end.`);
}

async function killByMaster(master: Outside['master'], { frameworkId, id }: TaskRow): Promise<void> {
  try {
    await master.killTask(frameworkId, id);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not-found' || /task|framework/i.test(error.said)) throw error;
    throw new Error('this master lets only the framework of a task kill it', { cause: error });
  }
}

async function drain({ master }: Outside, agentId: string): Promise<void> {
  try {
    await master.call({ type: 'DRAIN_AGENT', drain_agent: { agent_id: { value: agentId } } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 501)
      throw new Error('this master cannot drain agents', { cause: error });
    throw error;
  }
}

/** A few at a time; of what fails the first reason is told, and how many there are. */
async function each<T>(all: readonly T[], noun: string, done: string, act: (one: T) => Promise<void>): Promise<Said> {
  const waiting = [...all];
  const reasons: string[] = [];
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, all.length) }, async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        try {
          await act(one);
        } catch (error) {
          reasons.push(wordsOf(error));
        }
      }
    }),
  );
  const went = all.length - reasons.length;
  const [first] = reasons;
  if (first === undefined) return good(`${counted(went, noun)} ${done}.`);
  const failed = all.length === 1 ? '' : `${counted(reasons.length, noun)} of ${all.length} not: `;
  return { tone: 'bad', text: `${failed}${first.charAt(0).toUpperCase()}${first.slice(1)}.` };
}
