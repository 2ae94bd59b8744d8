// What pages of one thing show beyond the rows of the view, asked of whoever knows it: the agent of a task, Marathon about an app.
import { ApiError } from '../../client/api-error.ts';
import type { PlacementExplanation } from '../../client/marathon.ts';
import type { DetailFact, DetailSection, JobDetail } from '../screens/details.ts';
import type { ScreenName } from '../ui/state.ts';
import { readJobLog } from '../view/job-log.ts';
import { since } from '../widgets/words.ts';
import { jobPage } from './job-page.ts';
import { LogTail } from './log-tail.ts';
import { agentOf, marathonOf, type Outside } from './outside.ts';
import { type Sandbox, type SeenTasks, sandboxOf, sandboxOfRun } from './sandbox.ts';

export interface Page {
  readonly facts: readonly DetailFact[];
  readonly sections: readonly DetailSection[];
  readonly job?: JobDetail;
}

/** How one page is kept up to date while it is looked at. */
export interface PageLoader {
  /** Undefined when nothing is new. Throws what clients throw, and Error with a line for people. */
  load(): Promise<Page | undefined>;
  /** Time between two looks. */
  readonly everyMs: number;
}

/** Undefined for pages that show nothing beyond their row. */
export function loaderFor(
  outside: Outside,
  seen: SeenTasks,
  screen: ScreenName,
  subject: string,
): PageLoader | undefined {
  switch (screen) {
    case 'task':
      return { everyMs: 5000, load: () => taskPage(outside, seen, subject) };
    case 'logs':
      return logsPage(outside, seen, subject);
    case 'agent':
      return { everyMs: 10_000, load: () => agentPage(outside, subject) };
    case 'app':
      return { everyMs: 3000, load: () => appPage(outside, subject) };
    case 'deployment':
      return { everyMs: 1000, load: () => deploymentPage(outside, subject) };
    case 'job':
      return { everyMs: 2000, load: () => jobPage(outside, subject) };
    default:
      return undefined;
  }
}

async function taskPage(outside: Outside, seen: SeenTasks, key: string): Promise<Page> {
  const { agent, path } = await sandboxOf(outside, seen.of(key));
  const files = await agent.files.browse(path);
  const lines = files.map(
    ({ mode, size, path: file }) => `${mode}  ${String(size).padStart(10)}  ${file.split('/').at(-1) ?? file}`,
  );
  const [host] = path.split('/frameworks/');
  const facts = [{ name: 'sandbox', text: `${host}${path}` }];
  return { facts, sections: [{ title: 'sandbox', lines: lines.length > 0 ? lines : ['(empty)'] }] };
}

const LOG_FILES = ['stdout', 'stderr'] as const;

/** `subject`: the key of a task, or a run of a job (job-log.ts). */
function logsPage(outside: Outside, seen: SeenTasks, subject: string): PageLoader {
  let title: string | undefined;
  let tails: readonly { readonly name: string; readonly tail: LogTail }[] | undefined;
  return {
    everyMs: 1000,
    async load() {
      if (tails === undefined) {
        const log = readJobLog(subject);
        const found: Sandbox =
          log === undefined ? await sandboxOf(outside, seen.of(subject)) : await sandboxOfRun(outside, log);
        const { agent, path } = found;
        title = found.title;
        tails = LOG_FILES.map((name) => ({ name, tail: new LogTail(agent.files, `${path}/${name}`) }));
      }
      const news = await refreshed(tails);
      if (!news.some((isNew) => isNew)) return undefined;
      return {
        facts: title === undefined ? [] : [{ name: 'of', text: title }],
        sections: tails.map(({ name, tail }) => ({ title: name, lines: tail.lines, forgotten: tail.forgotten })),
      };
    },
  };
}

async function refreshed(tails: readonly { readonly tail: LogTail }[]): Promise<readonly boolean[]> {
  try {
    return await Promise.all(tails.map(({ tail }) => tail.refresh()));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not-found') throw error;
    throw new Error('its agent has no such files, not yet or not any more', { cause: error });
  }
}

async function agentPage(outside: Outside, id: string): Promise<Page> {
  const askedMs = outside.clock.monotonicMs();
  const state = await agentOf(outside, id).legacy('/state');
  const pingMs = outside.clock.monotonicMs() - askedMs;
  const flags: unknown = member(state, 'flags');
  const entries = typeof flags === 'object' && flags !== null ? Object.entries(flags) : [];
  const flag = (name: string): string | undefined => {
    const value: unknown = entries.find(([known]) => known === name)?.[1];
    return value === undefined || value === '' ? undefined : String(value);
  };
  const facts: DetailFact[] = [];
  const add = (name: string, text: string | undefined): void => {
    if (text !== undefined) facts.push({ name, text });
  };
  add('isolation', flag('isolation') ?? 'not set, the best that the agent finds');
  add('ping', `answers in ${Math.max(1, Math.round(pingMs))} ms`);
  add('containerizers', flag('containerizers'));
  add('work dir', flag('work_dir'));
  const started: unknown = member(state, 'start_time');
  if (typeof started === 'number') add('started', `${since(started * 1000, outside.clock.nowMs())} ago`);
  const capabilities: unknown = member(state, 'capabilities');
  if (Array.isArray(capabilities)) add('capabilities', capabilities.join(', '));
  const lines = entries.map(([name, value]) => `--${name}=${String(value)}`).sort();
  return { facts, sections: [{ title: 'flags', lines }] };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Members of an app that are no configuration. */
const NOT_CONFIGURED = new Set([
  'tasks',
  'tasksStaged',
  'tasksRunning',
  'tasksHealthy',
  'tasksUnhealthy',
  'deployments',
  'lastTaskFailure',
  'versionInfo',
  'version',
  'readinessCheckResults',
  'taskStats',
]);
const MAX_VERSIONS = 20;

async function appPage(outside: Outside, id: string): Promise<Page> {
  const marathon = marathonOf(outside);
  const [app, versions, why] = await Promise.all([marathon.app(id), marathon.appVersions(id), marathon.why(id)]);
  const nowMs = outside.clock.nowMs();
  const facts: DetailFact[] = [];
  const failure = app.lastTaskFailure;
  if (failure) {
    const when = Date.parse(failure.timestamp ?? '');
    const ago = Number.isNaN(when) ? '' : ` ${since(when, nowMs)} ago`;
    facts.push({
      name: 'last failure',
      text: `${failure.state}${ago}${failure.host ? ` on ${failure.host}` : ''}: ${failure.message}`,
    });
  }
  if (why !== undefined && why.missing > 0) {
    facts.push({ name: 'to launch', text: String(why.missing) });
    if (why.delayedUntil !== undefined) {
      const leftMs = Date.parse(why.delayedUntil) - nowMs;
      if (leftMs > 0) facts.push({ name: 'held back', text: `for ${Math.ceil(leftMs / 1000)}s, after failures` });
    }
  }
  const whyLines = why === undefined || why.missing === 0 ? [] : whyText(why.why);
  const config = Object.fromEntries(Object.entries(app).filter(([name]) => !NOT_CONFIGURED.has(name)));
  return {
    facts,
    sections: [
      ...(whyLines.length > 0 ? [{ title: 'why it waits', lines: whyLines }] : []),
      {
        title: `versions (${versions.length})`,
        lines: versions.slice(0, MAX_VERSIONS).map((version, index) => {
          const ago = since(Date.parse(version), nowMs);
          return `${version}  ${ago} ago${index === 0 ? '  now' : ''}`;
        }),
      },
      { title: 'configuration', lines: JSON.stringify(config, undefined, 2).split('\n') },
    ],
  };
}

const STATES: Readonly<Record<PlacementExplanation['state'], string>> = {
  complete: 'All instances are placed.',
  delayed: 'Launches are held back after failures.',
  fits: 'There is room; the next offers will be used.',
  partly: 'There is room for some of them only.',
  none: 'No agent has what one instance needs.',
  'no-agents': 'There are no agents.',
};

function whyText({ state, agents, funnel, agentsLeftOut, suggestions }: PlacementExplanation): string[] {
  const lines = [STATES[state]];
  for (const { reason, declined, processed } of funnel) {
    if (declined > 0) lines.push(`${declined} of ${processed} offers declined: ${reason}`);
  }
  for (const { hostname, reason, shortfalls } of agents.slice(0, 10)) {
    const lacks = shortfalls.map(({ resource, needed, available, reason: what }) =>
      resource === undefined ? what : `${resource} ${available ?? 0} of ${needed ?? 0}`,
    );
    const text = lacks.length > 0 ? lacks.join(', ') : reason;
    if (text !== undefined) lines.push(`${hostname}: ${text}`);
  }
  const more = agentsLeftOut + Math.max(0, agents.length - 10);
  if (more > 0) lines.push(`and ${more} more agents`);
  for (const { changes, places } of suggestions.slice(0, 3)) {
    const words = changes.map(({ kind, resource, name, to }) => {
      const target = to === undefined ? '' : ` ${typeof to === 'object' ? JSON.stringify(to) : String(to)}`;
      return `${kind} ${resource ?? name ?? ''}${target}`.trim();
    });
    lines.push(`would help: ${words.join(', ')} (${places} more places)`);
  }
  return lines;
}

async function deploymentPage(outside: Outside, id: string): Promise<Page> {
  const progress = await marathonOf(outside).deploymentProgress(id);
  if (progress === undefined) return { facts: [], sections: [] };
  const facts: DetailFact[] = [{ name: 'state', text: progress.state }];
  if (progress.reason !== undefined) facts.push({ name: 'reason', text: progress.reason });
  const lines = progress.actions.flatMap(({ action, appId, waitsFor, instances }) => [
    `${action} ${appId}${waitsFor === undefined ? '' : `: ${waitsFor}`}`,
    ...instances.map(
      ({ id: instance, mark, host }) => `  ${mark.padEnd(11)} ${instance}${host === undefined ? '' : ` on ${host}`}`,
    ),
  ]);
  return { facts, sections: lines.length > 0 ? [{ title: 'instances of this step', lines }] : [] };
}
