// `mctl app why`: what an app waits for, as a funnel over the agents.
import type { EXIT } from '../../exit-codes.ts';
import { formatAge, formatTime } from '../../output/units.ts';
import type { Table, View } from '../../output/view.ts';
import type { Answer } from './ask.ts';
import {
  changeCommand,
  changeText,
  failureMessage,
  reasonText,
  shortfallText,
  shortWhy,
  wasNeverLaunched,
  whenText,
} from './words.ts';

/** Since a failure, while instances are missing: it is still the same trouble. */
const RECENT_MS = 60_000;

/** 0: all is well or on its way. 5: it cannot be placed. 1: it is placed, and does not stay up. */
export function whyExit(answer: Answer, nowMs: number): keyof typeof EXIT {
  if (['none', 'partly', 'no-agents'].includes(answer.explanation.state)) return 'cannotPlace';
  if (endsTooSoon(answer, nowMs) || answer.app.tasksUnhealthy > 0) return 'failed';
  return 'ok';
}

/** Between the back-off and the next launch as well. */
function endsTooSoon({ app, missing, delayedUntil }: Answer, nowMs: number): boolean {
  if (delayedUntil !== undefined) return true;
  const failedAtMs = Date.parse(app.lastTaskFailure?.timestamp ?? '');
  return missing > 0 && nowMs - failedAtMs < RECENT_MS;
}

/** The answer, the most important first. */
export function whyView(answer: Answer, nowMs: number): View {
  const { app, missing, delayedUntil, explanation } = answer;
  const failure = app.lastTaskFailure ?? undefined;
  // Its own deployment, which waits for what does not fit, is in the way of any change.
  const force = app.deployments.length > 0 ? ' --force' : '';
  const commands = explanation.suggestions.slice(0, 1).flatMap(({ changes }) => {
    const command = changeCommand(app, changes);
    return command === undefined ? [] : [`${command}${force}`];
  });
  const wrote = failure !== undefined && !wasNeverLaunched(failure.message);
  if (commands.length === 0 && wrote && whyExit(answer, nowMs) === 'failed') commands.push(`mctl app logs ${app.id}`);
  return {
    data: { ...answer, delayedUntil: delayedUntil ?? null },
    names: [app.id],
    body: {
      kind: 'details',
      items: [
        ['App', app.id],
        ['Answer', answerText(answer, nowMs)],
        [
          'Instances',
          `${app.tasksRunning} of ${app.instances} running${missing > 0 ? `, ${missing} to be launched` : ''}`,
        ],
        ['Health', healthText(answer)],
        ['Back-off', delayedUntil === undefined ? undefined : `until ${formatTime(Date.parse(delayedUntil))}`],
        ['Deployment', app.deployments.map(({ id }) => id).join(', ') || undefined],
        ['Last failure', failure && failureText(failure, nowMs)],
        ['Smallest change', smallestText(answer)],
        ['Try', commands[0]],
      ],
      sections: [
        { title: 'Agents that fit no more, reason by reason', table: funnelTable(answer) },
        { title: 'Agent by agent', table: agentTable(answer) },
        { title: 'What would help', table: suggestionTable(answer) },
      ],
    },
  };
}

function answerText(answer: Answer, nowMs: number): string {
  const { app, missing, explanation, delayedUntil } = answer;
  const { state, places } = explanation;
  if (state === 'no-agents') return 'It cannot be placed: there are no agents.';
  if (state === 'none' || state === 'partly') {
    const why = shortWhy(explanation) ?? 'no offer fits';
    return state === 'none' ? `It cannot be placed: ${why}.` : `It can be placed in part: ${why}.`;
  }
  if (endsTooSoon(answer, nowMs)) {
    const when = delayedUntil === undefined ? 'now' : whenText(Date.parse(delayedUntil) - nowMs);
    return `It does not stay up: its tasks end too soon. It is launched again ${when}.`;
  }
  if (missing > 0) return `${places > 0 ? 'It fits; it' : 'It'} waits for the next offers of the master.`;
  if (app.instances === 0) return 'It is stopped: it is to have no instances.';
  if (app.tasksUnhealthy > 0) return 'It runs, but is not healthy.';
  if (app.tasksRunning < app.instances) return 'Its instances are being started.';
  return 'It runs as it should.';
}

function healthText({ app }: Answer): string | undefined {
  if (app.healthChecks.length === 0) return undefined;
  const unknown = Math.max(0, app.tasksRunning - app.tasksHealthy - app.tasksUnhealthy);
  const failing = app.tasks
    .flatMap(({ healthCheckResults }) => healthCheckResults)
    .find(({ alive, lastFailureCause }) => !alive && lastFailureCause);
  const cause = failing?.lastFailureCause ? ` (${failing.lastFailureCause})` : '';
  return `${app.tasksHealthy} healthy, ${app.tasksUnhealthy} unhealthy${cause}${unknown > 0 ? `, ${unknown} not known yet` : ''}`;
}

function failureText(failure: NonNullable<Answer['app']['lastTaskFailure']>, nowMs: number): string {
  const { state, host, timestamp, taskId } = failure;
  const when = timestamp ? `, ${formatAge(nowMs - Date.parse(timestamp))} ago` : '';
  return `${state} on ${host ?? 'an unknown agent'}${when}: ${failureMessage(failure)}\n${taskId}`;
}

function smallestText({ explanation: { suggestions, missing } }: Answer): string | undefined {
  const [first] = suggestions;
  if (first === undefined) return undefined;
  const { changes, places } = first;
  return `${changes.map(changeText).join(' and ')} (${places} of ${missing} would fit)`;
}

function funnelTable({ explanation }: Answer): Table {
  return {
    kind: 'table',
    columns: [{ title: 'REASON' }, { title: 'AGENTS', align: 'right' }, { title: 'OF', align: 'right' }],
    rows: explanation.funnel
      .filter(({ declined }) => declined > 0)
      .map(({ reason, declined, processed }) => [reasonText(reason), String(declined), String(processed)]),
  };
}

function agentTable({ explanation: { agents, agentsLeftOut, state } }: Answer): Table {
  const isInTheWay = state === 'none' || state === 'partly';
  const rows = agents.map(({ hostname, agentId, places, reason, shortfalls }) => [
    hostname,
    String(places),
    reason === undefined ? '-' : reasonText(reason),
    shortfalls.map(shortfallText).join('; '),
    agentId,
  ]);
  const more = agentsLeftOut > 0 ? [[`and ${agentsLeftOut} more`, '', '', '', '']] : [];
  return {
    kind: 'table',
    columns: [
      { title: 'AGENT' },
      { title: 'FITS', align: 'right' },
      { title: 'REASON' },
      { title: 'IN THE WAY' },
      { title: 'AGENT ID', wide: true },
    ],
    rows: isInTheWay ? [...rows, ...more] : [],
  };
}

function suggestionTable({ explanation: { suggestions, missing } }: Answer): Table {
  return {
    kind: 'table',
    columns: [{ title: 'CHANGE' }, { title: 'WOULD FIT', align: 'right' }],
    rows: suggestions.map(({ changes, places }) => [changes.map(changeText).join(' and '), `${places} of ${missing}`]),
  };
}
