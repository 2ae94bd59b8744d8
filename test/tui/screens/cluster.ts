// A small cluster as the view has it, with something of everything, and a way to draw a screen of it as text.
import { plainText } from '../../../src/tui/frame/painter.ts';
import type { Details } from '../../../src/tui/screens/details.ts';
import type { Drawing, Scene, Screen } from '../../../src/tui/screens/screen.ts';
import type { Place, ScreenName } from '../../../src/tui/ui/state.ts';
import { createViewStore, type ViewStore } from '../../../src/tui/view/store.ts';
import { agent, amounts, framework, NOW, offer, offerEvent, share, task } from '../view/rows.ts';

export const UUID = '0b1d3a40-1b2c-11ef-8000-0242ac110002';
export const WEB_TASK = `F1/web.instance-${UUID}._app.1`;

/** Three agents, one away; Marathon, a batch framework that is suppressed and one that is gone; tasks in several states. */
export function smallCluster(nowMs: () => number = () => NOW): ViewStore {
  const view = createViewStore(nowMs);
  view.setFeed({ name: 'master', state: 'live', address: 'http://10.0.0.1:5050', why: undefined });
  view.setLeader({
    address: '10.0.0.1:5050',
    id: 'm1',
    electedMs: NOW - 7_380_000,
    version: '1.11.0',
    clusterName: 'test',
    candidates: [
      { address: '10.0.0.1:5050', id: 'm1', isLeading: true, isReachable: true },
      { address: '10.0.0.2:5050', id: 'm2', isLeading: false, isReachable: true },
    ],
    changes: 1,
  });
  view.replaceAgents([
    agent('A1', {
      hostname: 'one.example',
      allocated: amounts(6, 8192, 2000),
      region: 'eu',
      zone: 'a',
      attributes: ['rack:r1', 'ssd:true'],
      resources: ['ports(*):[31000-32000]'],
    }),
    agent('A2', { hostname: 'two.example', allocated: amounts(1, 1024), reregisteredMs: NOW - 120_000 }),
    agent('A3', { hostname: 'three.example', state: 'unreachable' }),
  ]);
  view.replaceFrameworks([
    framework('F1', { name: 'marathon', roles: ['web'], allocated: amounts(5, 8192) }),
    framework('F2', { name: 'batch', roles: ['jobs'], allocated: amounts(2, 1024) }),
    framework('F3', { name: 'spark', roles: ['jobs'], state: 'disconnected' }),
  ]);
  view.setMarathonFramework('F1');
  view.replaceTasks([
    task('F1', `web.instance-${UUID}._app.1`, 'A1', {
      name: 'web',
      role: 'web',
      healthy: true,
      amounts: amounts(2, 4096),
    }),
    task('F1', `db_main.instance-${UUID.replace('0b', '1c')}._app.2`, 'A1', { role: 'web', healthy: false }),
    task('F2', 'job-7', 'A2', { role: 'jobs', state: 'TASK_STAGING', changedMs: NOW - 3000 }),
    task('F2', 'job-6', 'A2', { role: 'jobs', state: 'TASK_FAILED', message: 'Command exited with status 1' }),
    task('F3', 'driver', 'A3', { role: 'jobs', state: 'TASK_UNREACHABLE', changedMs: NOW - 90_000 }),
  ]);
  view.replaceShares(
    [
      share('jobs', undefined, {
        position: 1,
        dominantShare: 0.0833,
        allocated: amounts(2, 1024),
        reason: 'smallest share',
      }),
      share('jobs', 'F3', { position: undefined, reason: 'disconnected' }),
      share('jobs', 'F2', { position: undefined, isSuppressed: true, dominantShare: 0.0833, reason: 'suppressed' }),
      share('web', undefined, {
        position: 2,
        weight: 2,
        dominantShare: 0.25,
        dominantResource: 'mem',
        allocated: amounts(5, 8192),
        reason: 'share 0.25 / weight 2',
      }),
      share('web', 'F1', {
        position: 1,
        dominantShare: 0.25,
        filterCount: 2,
        nextFilterEndsMs: NOW + 4000,
        reason: 'the only one in its role',
      }),
    ],
    5,
  );
  view.replaceOffers([offer('O4', 'F1', 'A2', { role: 'web' })], 1);
  for (const event of [
    offerEvent('offered', 'O1', 'F1', 'A1', { atMs: NOW - 30_000, role: 'web' }),
    offerEvent('accepted', 'O1', 'F1', 'A1', {
      atMs: NOW - 29_000,
      role: 'web',
      operations: 'LAUNCH 1 task',
      refuseSeconds: 5,
    }),
    offerEvent('offered', 'O2', 'F2', 'A2', { atMs: NOW - 20_000, role: 'jobs' }),
    offerEvent('declined', 'O2', 'F2', 'A2', { atMs: NOW - 19_000, role: 'jobs', refuseSeconds: 120 }),
    offerEvent('offered', 'O4', 'F1', 'A2', { atMs: NOW - 5000, role: 'web' }),
  ]) {
    view.addOfferEvent(event);
  }
  view.putDeployment({
    id: 'D1',
    apps: ['/web'],
    step: 1,
    steps: 2,
    startedMs: NOW - 65_000,
    actions: [
      { action: 'ScaleApplication', appId: '/web', target: 3, marks: [], waitsFor: 'waits for an offer with 2 cpus' },
    ],
  });
  view.addEvent({ atMs: NOW - 40_000, source: 'master', kind: 'AGENT_ADDED', text: 'two.example', tone: 'good' });
  view.addEvent({ atMs: NOW - 10_000, source: 'top', kind: 'leader', text: '10.0.0.1:5050 leads now', tone: 'warn' });
  for (const used of [0.1, 0.2, 0.4, 0.4]) {
    view.changeAgent('A2', { allocated: amounts(Math.max(16 * used - 6, 0), 1024) });
    view.sample();
  }
  return view;
}

export const NO_DETAILS: Details = { of: () => undefined, version: 0 };

export function placeAt(screen: ScreenName, change: Partial<Place> = {}): Place {
  return { screen, cursorIndex: 0, top: 0, filter: '', marked: new Set(), onlyFaults: false, ...change };
}

export function drawAt(
  screen: Screen,
  view: Scene['view'],
  change: Partial<Place> = {},
  scene: Partial<Scene> = {},
): Drawing {
  return screen.draw({
    view,
    place: placeAt(screen.name, change),
    size: { columns: 80, rows: 20 },
    nowMs: NOW,
    details: NO_DETAILS,
    hasMarks: false,
    ...scene,
  });
}

/** Heading and lines, as somebody reads them. */
export function textOf(drawing: Drawing): string {
  return `${drawing.heading}\n${plainText(drawing.lines)}`;
}
