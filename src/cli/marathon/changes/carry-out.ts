// A change of Marathon from the request to its end: sent, followed, and told. What is sent stays sent: who stops following
// does not stop the deployment.
import {
  type DeploymentProgress,
  type DeploymentResult,
  type MarathonClient,
  MarathonError,
} from '../../../client/marathon.ts';
import type { Clock } from '../../../world/world.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Terminal } from '../../output/terminal.ts';
import type { View } from '../../output/view.ts';
import { Problem } from '../../problem.ts';
import { type FollowOutcome, followDeployment } from '../follow/follow.ts';
import { progressDisplay } from '../follow/show-progress.ts';
import { askWhyIfPossible } from '../why/ask.ts';
import { shortWhy, waitingWhy } from '../why/words.ts';
import { interruption } from './interruption.ts';

/** Where changes go, and how they are followed. */
export interface ChangeContext {
  readonly marathon: MarathonClient;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly quiet: boolean;
  readonly force: boolean;
  readonly detach: boolean;
  /** Take it back when it has not succeeded in time. */
  readonly rollback: boolean;
  readonly timeoutMs: number | undefined;
}

/** One change. */
export interface Change {
  readonly send: () => Promise<DeploymentResult>;
  /** Ids of what is changed, for people and for -q. */
  readonly subjects: readonly string[];
  /** `Created`, `Scaled to 3`: past tense. */
  readonly done: string;
  /** Command line that is useful next. */
  readonly next?: string;
}

/** What came of it. */
export interface ChangeResult {
  readonly state: 'succeeded' | 'unchanged' | 'detached';
  readonly result: DeploymentResult;
}

/** Throws Problem: conflict, deploymentFailed, rolledBack, cannotPlace, timedOut, interrupted. */
export async function carryOut(context: ChangeContext, change: Change): Promise<View> {
  const result = await sendChange(change);
  const { deploymentId } = result;
  if (deploymentId === undefined) return changeView(change, { state: 'succeeded', result });
  if (context.detach) {
    if (!context.quiet) context.terminal.say(`Follow it with: mctl deployment watch ${deploymentId}`);
    return changeView(change, { state: 'detached', result });
  }
  const outcome = await follow(context, deploymentId);
  if (outcome.kind === 'nothing') return changeView(change, { state: 'unchanged', result });
  if (outcome.kind === 'ended' && outcome.progress.state === 'succeeded') {
    if (change.next !== undefined && !context.quiet) context.terminal.say(`Next: ${change.next}`);
    return changeView(change, { state: 'succeeded', result });
  }
  throw await troubleOf(context, change, deploymentId, outcome);
}

async function sendChange(change: Change): Promise<DeploymentResult> {
  try {
    return await change.send();
  } catch (error) {
    if (!(error instanceof MarathonError) || error.code !== 'locked') throw error;
    const [first = '', ...others] = error.deployments;
    const who = others.length === 0 ? `Deployment ${first} is` : `Deployments ${error.deployments.join(', ')} are`;
    const what = change.subjects.length === 1 ? `${change.subjects[0]} is locked.` : 'Some of it is locked.';
    throw new Problem(
      EXIT.conflict,
      {
        what,
        why: `${who} changing it now.`,
        next: [`mctl deployment watch ${first}      (wait for it)`, 'Add --force to cancel it and go on.'],
      },
      { cause: error },
    );
  }
}

/** Shows what goes on until the end; Ctrl-C ends the showing alone. */
export async function follow(context: ChangeContext, id: string): Promise<FollowOutcome> {
  const { marathon, clock, terminal, quiet, timeoutMs } = context;
  const display = progressDisplay(terminal, clock, quiet);
  const stop = interruption();
  try {
    return await followDeployment({
      marathon,
      clock,
      id,
      timeoutMs,
      interrupted: stop.happened,
      show: display.show,
      say: (text) => {
        display.leave();
        if (!quiet) terminal.say(text);
      },
      hint: (progress) => hintFor(context, progress),
    });
  } finally {
    stop.dispose();
  }
}

async function hintFor(
  { marathon, clock }: Pick<ChangeContext, 'marathon' | 'clock'>,
  progress: DeploymentProgress,
): Promise<string | undefined> {
  const [app] = waitingApps(progress);
  const answer = app === undefined ? undefined : await askWhyIfPossible(marathon, app, clock.nowMs());
  const why = answer && waitingWhy(answer, clock.nowMs());
  return why === undefined ? undefined : `${app}: ${why}`;
}

function waitingApps({ actions }: DeploymentProgress): string[] {
  const waiting = actions.filter(({ done, instances }) => !done && instances.some(({ mark }) => mark === 'waiting'));
  return waiting.map(({ appId }) => appId);
}

/** What to say of a deployment that did not succeed. */
export async function troubleOf(
  context: ChangeContext,
  change: Pick<Change, 'subjects'>,
  id: string,
  outcome: FollowOutcome,
): Promise<Problem> {
  const watch = `mctl deployment watch ${id}`;
  const cancel = `mctl deployment cancel ${id}      (takes it back)`;
  if (outcome.kind === 'interrupted') {
    return new Problem(EXIT.interrupted, { what: `Deployment ${id} goes on without you.`, next: [watch, cancel] });
  }
  if (outcome.kind === 'timed-out') {
    const why = await whyUnfinished(context, outcome.progress);
    if (context.rollback) return takeBack(context, id, why);
    const after = `after ${Math.round((context.timeoutMs ?? 0) / 1000)} s`;
    const next = why.app === undefined ? [watch, cancel] : [`mctl app why ${why.app}`, watch, cancel];
    return new Problem(why.cannotPlace ? EXIT.cannotPlace : EXIT.timedOut, {
      what: `Deployment ${id} has not ended ${after}. It goes on.`,
      ...(why.text !== '' && { why: why.text }),
      next,
    });
  }
  const reason = outcome.kind === 'ended' ? outcome.progress.reason : undefined;
  const subject = change.subjects.length === 1 ? ` of ${change.subjects[0]}` : '';
  const other = await successor(context.marathon, outcome);
  return new Problem(EXIT.deploymentFailed, {
    what: `Deployment ${id}${subject} did not succeed.`,
    why: `${reason ?? 'Marathon does not say why'}.${other === undefined ? '' : `\nDeployment ${other} works on it now.`}`,
    next: other === undefined ? `mctl app why ${change.subjects[0] ?? ''}`.trimEnd() : `mctl deployment watch ${other}`,
  });
}

async function takeBack(context: ChangeContext, id: string, { text: why, app }: Unfinished): Promise<Problem> {
  const { marathon, terminal, quiet } = context;
  if (!quiet) terminal.say(`Not done in time${why === '' ? '' : ` (${why.split('\n', 1)[0]})`}; taking it back.`);
  const { deploymentId } = await marathon.cancelDeployment(id);
  const back: FollowOutcome =
    deploymentId === undefined ? { kind: 'nothing' } : await follow({ ...context, timeoutMs: undefined }, deploymentId);
  const isBack = back.kind === 'nothing' || (back.kind === 'ended' && back.progress.state === 'succeeded');
  return isBack
    ? new Problem(EXIT.rolledBack, {
        what: `Deployment ${id} did not succeed in time and was taken back.`,
        ...(why !== '' && { why }),
        next: app === undefined ? 'mctl app list' : `mctl app versions ${app}`,
      })
    : new Problem(EXIT.deploymentFailed, {
        what: `Deployment ${id} did not succeed in time, and taking it back did not end well either.`,
        ...(why !== '' && { why }),
        next: `mctl deployment watch ${deploymentId ?? id}`,
      });
}

interface Unfinished {
  readonly text: string;
  readonly cannotPlace: boolean;
  readonly app: string | undefined;
}

async function whyUnfinished(
  { marathon, clock }: Pick<ChangeContext, 'marathon' | 'clock'>,
  progress: DeploymentProgress | undefined,
): Promise<Unfinished> {
  const lines: string[] = [];
  let cannotPlace = false;
  const open = (progress?.actions ?? []).filter(({ done }) => !done);
  for (const { appId, waitsFor, instances } of open.slice(0, 5)) {
    const isWaiting = instances.some(({ mark }) => mark === 'waiting');
    const answer = isWaiting ? await askWhyIfPossible(marathon, appId, clock.nowMs()) : undefined;
    const why = answer && waitingWhy(answer, clock.nowMs());
    if (answer !== undefined && shortWhy(answer.explanation) !== undefined) cannotPlace = true;
    lines.push(`${appId}: ${[waitsFor ?? 'not done yet', why].filter((text) => text !== undefined).join('; ')}`);
  }
  return { text: lines.join('\n'), cannotPlace, app: open[0]?.appId };
}

/** The deployment that works on the same apps now, if there is one. */
async function successor(marathon: MarathonClient, outcome: FollowOutcome): Promise<string | undefined> {
  if (outcome.kind !== 'ended') return undefined;
  const apps = new Set(outcome.progress.actions.map(({ appId }) => appId));
  const running = await marathon.deployments();
  return running.find(({ affectedApps }) => affectedApps.some((id) => apps.has(id)))?.id;
}

/** What was done, for people and for programs. */
export function changeView({ subjects, done }: Change, { state, result }: ChangeResult): View {
  const what = subjects.length === 0 ? '' : ` ${subjects.slice(0, 5).join(', ')}`;
  const more = subjects.length > 5 ? ` and ${subjects.length - 5} more` : '';
  const words = { succeeded: done, unchanged: 'Unchanged:', detached: 'Deploying' }[state];
  return {
    data: {
      state,
      changed: subjects,
      deploymentId: result.deploymentId ?? null,
      version: result.version ?? null,
    },
    names: [...subjects],
    body: {
      kind: 'details',
      items: [
        ['Result', `${words}${what}${more}`],
        ['Deployment', state === 'unchanged' ? undefined : result.deploymentId],
        ['Version', result.version],
      ],
    },
  };
}
