// What a starting agent takes over from the one before it: its id, its tasks, its updates (mesos-semantics.md 8.4). Reads
// and decides; taking the containers back is the agent's next step.
import { DiskError } from '../../world/disk.ts';
import { forgetLatest, incompatibility, readLatestRecord, writeRecord } from './checkpoint/agent-record.ts';
import { replayJournal } from './checkpoint/replay.ts';
import type { ContainerCheckpoint } from './containers/containerizer.ts';
import type { AgentContext } from './context.ts';
import type { ExecutorRecord } from './executors/executor.ts';
import { recoveredExecutor } from './executors/executor-factory.ts';
import type { Books } from './tasks/books.ts';
import { recoveredRun } from './tasks/run-factory.ts';

/** Another agent holds the work directory, or this one is not who it was. */
export type AgentStartErrorCode = 'work-dir-in-use' | 'incompatible' | 'not-loopback';

/** The agent cannot start as it is configured; the message says what can be done. */
export class AgentStartError extends Error {
  override readonly name = 'AgentStartError';
  readonly code: AgentStartErrorCode;
  constructor(code: AgentStartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Fills the books from the checkpoint and answers the agent's id; undefined = there is nothing to take over, or not for
 * this agent. Throws AgentStartError `incompatible`, CheckpointError.
 */
export async function recoverBooks(context: AgentContext): Promise<string | undefined> {
  const { world, layout, options, books, info, bootId } = context;
  const record = await readLatestRecord(world.disk, layout);
  const agentId = record?.info.id?.value;
  if (record === undefined || agentId === undefined) return undefined;
  const why = incompatibility(record.info, info, options.reconfigurationPolicy);
  if (why !== undefined) {
    if (record.bootId === bootId) throw incompatible(layout.latestMeta, why);
    world.log.warn('the machine was restarted and this agent is another one now: it gets a new id', { agentId, why });
    await forgetLatest(world.disk, layout);
    return undefined;
  }
  const path = layout.journal(agentId);
  const state = replayJournal(await journalText(context, path), { path, isStrict: options.isStrict, log: world.log });
  for (const recovered of state.executors.values()) {
    const frameworkInfo = state.frameworks.get(recovered.frameworkId);
    if (frameworkInfo === undefined) continue;
    books.addExecutor(books.open(recovered.frameworkId, frameworkInfo), recoveredExecutor(agentId, recovered));
  }
  for (const recovered of state.tasks.values()) {
    const frameworkInfo = state.frameworks.get(recovered.frameworkId);
    if (frameworkInfo === undefined) continue;
    const host = hostOf(books, recovered.executorContainerId);
    // Its executor is over already: nothing is left of the task that anybody waits for.
    if (recovered.executorContainerId !== undefined && host === undefined) continue;
    books.add(books.open(recovered.frameworkId, frameworkInfo), recoveredRun(agentId, recovered, host));
    if (host !== undefined) host.hasBeenUsed = true;
  }
  await writeRecord(world.disk, layout, agentId, { info: { ...info, id: { value: agentId } }, bootId });
  return agentId;
}

/** The containers that may still run, or whose end is not known yet. */
export function expectedContainers(context: AgentContext): ContainerCheckpoint[] {
  const expected: ContainerCheckpoint[] = [];
  for (const executor of context.books.executors()) {
    // It was given more than it had when it was launched.
    const resources = executor.wanted;
    if (executor.state !== 'terminated' && executor.container !== undefined)
      expected.push({ ...executor.container, resources });
  }
  for (const run of context.books.runs()) {
    if (run.phase === 'running' && run.container !== undefined) expected.push(run.container);
  }
  return expected;
}

function hostOf(books: Books, containerId: string | undefined): ExecutorRecord | undefined {
  const known = containerId === undefined ? undefined : books.container(containerId);
  return known?.kind === 'executor' ? known.executor : undefined;
}

async function journalText(context: AgentContext, path: string): Promise<string> {
  try {
    return await context.world.disk.readText(path);
  } catch (error) {
    if (error instanceof DiskError && error.code === 'not-found') return '';
    throw error;
  }
}

function incompatible(latest: string, why: string): AgentStartError {
  return new AgentStartError(
    'incompatible',
    `This agent is no longer the one it was registered as: ${why}. Start it as before, allow more with --reconfiguration_policy=additive, or remove ${latest} to start as a new agent (tasks of the old one are lost)`,
  );
}
