import { describe, expect, it } from 'vitest';
import { lineWidth } from '../../../src/tui/frame/lines.ts';
import type { Details } from '../../../src/tui/screens/details.ts';
import { SCREENS } from '../../../src/tui/screens/index.ts';
import type { Screen } from '../../../src/tui/screens/screen.ts';
import type { ScreenName } from '../../../src/tui/ui/state.ts';
import type { JobRow } from '../../../src/tui/view/model.ts';
import { createViewStore, type ViewStore } from '../../../src/tui/view/store.ts';
import fc from '../../fast-check.ts';
import { anyText } from '../frame/texts.ts';
import { agent, amounts, framework, job, NOW, offer, offerEvent, share, task } from '../view/rows.ts';
import { drawAt, placeAt, smallCluster, textOf, WEB_TASK } from './cluster.ts';

function screen(name: ScreenName): Screen {
  const found = SCREENS.get(name);
  if (found === undefined) throw new Error(`no screen ${name}`);
  return found;
}

/** What is drawn at 80×20 without marks, as text. */
function text(name: ScreenName, view: ViewStore, change = {}, scene = {}): string {
  return textOf(drawAt(screen(name), view, change, scene));
}

const OF_ONE: Readonly<Partial<Record<ScreenName, string>>> = {
  agent: 'A1',
  framework: 'F1',
  task: WEB_TASK,
  logs: WEB_TASK,
};
const MINE = [
  'overview',
  'agents',
  'agent',
  'frameworks',
  'framework',
  'offers',
  'tasks',
  'task',
  'logs',
  'jobs',
  'events',
] as const;

describe('the overview', () => {
  it('says who leads, what there is, and what wants looking at, worst first', () => {
    expect(text('overview', smallCluster())).toBe(
      `
overview
leader     10.0.0.1:5050 for 2h03m . 1.11.0 . changed 1 time while we looked
masters    + 10.0.0.1:5050 leads  o 10.0.0.2:5050 stands by
agents     2 active . ! 1 unreachable
frameworks 2 active . ! 1 disconnected
tasks      2 running . 1 staging . ! 1 failed . ! 1 unreachable
offers     1 outstanding . next is marathon (web)

cpus ##########===...........   40%  6.4 of 16          offered 13%
mem  #######=................   28%  9G of 32G          offered 3%
disk #.......................    1%  1.95G of 195G

-- 4 alarms
> x agent three.example is unreachable . 0s
  x framework spark is disconnected . 0s
  ! 1 task is unhealthy
  ! 1 task is unreachable
-- 1 deployment
  .......... 1/2 /web 1m05s, waits for an offer with 2 cpus`.trim(),
    );
  });

  it('leads to what an alarm or a deployment is about', () => {
    const { rowIds } = drawAt(screen('overview'), smallCluster());
    const opened = rowIds.map((id) => screen('overview').actions.open?.(id));
    expect(opened).toEqual([
      { screen: 'agent', subject: 'A3' },
      { screen: 'framework', subject: 'F3' },
      { screen: 'tasks', subject: '' },
      { screen: 'tasks', subject: '' },
      { screen: 'deployment', subject: 'D1' },
    ]);
  });

  it('is calm where nothing is wrong, and says what it waits for before anything is there', () => {
    const view = createViewStore(() => NOW);
    view.setFeed({ name: 'master', state: 'connecting', address: 'http://m:5050', why: undefined });
    expect(text('overview', view)).toContain('waiting for http://m:5050');
    view.setFeed({ name: 'master', state: 'live', address: 'http://m:5050', why: undefined });
    view.setLeader({ address: 'm:5050' });
    expect(text('overview', view)).toContain('+ nothing wants looking at');
  });
});

describe('lists', () => {
  it('of agents show what is used and offered', () => {
    expect(text('agents', smallCluster(), { sort: { column: 'cpus', isDescending: true } })).toBe(
      `
agents 3
    agent             state        tasks cpusv      mem        disk        since
> + one.example       active           2 ####.  75% ###..  50% #....   2%  1h00m
  + two.example       active           1 #=...   5% #....   6% .....   0%  2m00s
  x three.example     unreachable      1 .....   0% .....   0% .....   0%  1h00m`.trim(),
    );
  });

  it('of tasks have short ids where there is no room, whole ones where there is', () => {
    const view = smallCluster();
    expect(text('tasks', view)).toBe(
      `
tasks 5
    task^                 state      agent         framework  cpus    mem  since
> ! db_main.1c1d3a40.2    unhealthy  one.example   marathon    0.1    32M    50s
  ? driver                unreachab~ three.example spark       0.1    32M  1m30s
  x job-6                 failed     two.example   batch       0.1    32M    50s
  o job-7                 staging    two.example   batch       0.1    32M     3s
  + web.0b1d3a40          healthy    one.example   marathon      2     4G    50s`.trim(),
    );
    expect(text('tasks', view, {}, { size: { columns: 250, rows: 20 } })).toContain(WEB_TASK.slice(3));
  });

  it('tell apart what differs late in its id, and call what has no name by its id', () => {
    const view = smallCluster();
    const id = (end: string): string => `nightly.${'x'.repeat(60)}.${end}`;
    view.replaceTasks([task('F2', id('1'), 'A1', { name: '' }), task('F2', id('2'), 'A1', { name: '' })]);
    view.putAgent(agent('A1', { hostname: '' }));
    view.putFramework(framework('F2', { name: '' }));
    expect(text('tasks', view)).toMatch(/nightly\.x+~x+\.1 +running +A1 +F2 [\s\S]*~x+\.2 /);
    expect(text('frameworks', view)).toMatch(/F2 /);
  });

  it('call agents of one host by their ports too', () => {
    const view = smallCluster();
    view.putAgent(agent('A4', { hostname: 'one.example', address: '10.0.0.9:5052' }));
    expect(text('agents', view)).toMatch(/one\.example:5051 [\s\S]*one\.example:5052 /);
    expect(text('agents', view)).toMatch(/two\.example /);
    view.removeAgent('A4');
    expect(text('agents', view)).not.toMatch(/one\.example:/);
  });

  it('show what matches, how many there are, and only what is in trouble when that is asked', () => {
    const view = smallCluster();
    expect(text('tasks', view, { filter: 'two\\.' }).split('\n')[0]).toBe('tasks 2/5');
    const faults = drawAt(screen('tasks'), view, { onlyFaults: true });
    expect(faults.rowIds.map((id) => view.tasks.get(id)?.state)).toEqual([
      'TASK_RUNNING',
      'TASK_UNREACHABLE',
      'TASK_FAILED',
    ]);
    expect(text('tasks', view, { filter: '^(spark|job-6)$' }).split('\n')[0]).toBe('tasks 2/5');
    expect(text('agents', view, { filter: '^two' }).split('\n')[0]).toBe('agents 1/3');
    expect(text('tasks', view, { filter: 'nobody' })).toContain('No tasks match /nobody (esc shows all).');
    expect(text('agents', view, { onlyFaults: true })).toContain('three.example');
  });

  it('say why they are empty', () => {
    const view = createViewStore(() => NOW);
    expect(text('tasks', view)).toContain('No tasks.');
    view.setFeed({ name: 'master', state: 'broken', address: undefined, why: 'connection refused' });
    expect(text('tasks', view)).toContain('connection refused');
    view.setFeed({ name: 'offers', state: 'absent', address: undefined, why: 'this master has no stream of offers' });
    expect(text('offers', view)).toContain('this master has no stream of offers');
  });
});

describe('the order of fairness', () => {
  it('says who is next and why, and why the others are not', () => {
    expect(text('frameworks', smallCluster())).toBe(
      `
frameworks 3, roles 2
next marathon (web) - the only one in its role; its role: share 0.25 / weight 2

     #^ role / framework     share         of   wght filters   why
>     1 jobs                 #......    8% cpus    1           smallest share
  x     |-spark              .......    0% cpus                disconnected
  o     \`-batch              #......    8% cpus                suppressed
      2 web                  ##.....   25% mem     2           share 0.25 / wei~
  +   1 \`-marathon           ##.....   25% cpus      2 4s      the only one in ~`.trim(),
    );
  });

  it('leads from a framework to its page, and from a role nowhere', () => {
    const { rowIds } = drawAt(screen('frameworks'), smallCluster());
    const { open } = screen('frameworks').actions;
    expect(rowIds.map((id) => open?.(id)?.subject)).toEqual([undefined, 'F3', 'F2', undefined, 'F1']);
  });

  it('is said to be unknown where no master tells it, and the frameworks are there all the same', () => {
    const view = smallCluster();
    view.replaceShares([], 0);
    view.setFeed({ name: 'offers', state: 'absent', address: undefined, why: 'the master is not ours' });
    const drawn = text('frameworks', view);
    expect(drawn).toContain('The order of fairness is not known: the master is not ours.');
    expect(drawn).toContain('marathon');
  });
});

describe('offers', () => {
  it('are a stream with what became of them, the newest first', () => {
    expect(text('offers', smallCluster())).toBe(
      `
offers: stream, 1 outstanding, 0.1/s
outstanding 1 . cpus 2 . mem 1G
last 30s    offered 3 (0.1/s) . accepted 1 . declined 1

framework           offered  per s  accepted  declined rescinded accepted of ans
marathon                  2   0.07         1                     ########## 100%
batch                     1   0.03                   1           ..........   0%

    ago^ offer     framework  agent        role  resources        outcome
>     5s offered   marathon   two.example  web   cpus 2 . mem 1G
     19s declined  batch      two.example  jobs  cpus 2 . mem 1G  refused for 2~
     20s offered   batch      two.example  jobs  cpus 2 . mem 1G
     29s accepted  marathon   one.example  web   cpus 2 . mem 1G  LAUNCH 1 task~
     30s offered   marathon   one.example  web   cpus 2 . mem 1G`.trim(),
    );
  });

  it('can be looked at as what is outstanding, by framework and by agent', () => {
    const view = smallCluster();
    const look = (column: string) => drawAt(screen('offers'), view, { sort: { column, isDescending: false } });
    const { open } = screen('offers').actions;
    expect(look('outstanding').rowIds.map((id) => open?.(id))).toEqual([{ screen: 'agent', subject: 'A2' }]);
    expect(look('frameworks').rowIds.map((id) => open?.(id)?.subject)).toEqual(['F1', 'F2']);
    expect(look('agents').rowIds.map((id) => open?.(id)?.subject)).toEqual(['A2', 'A1']);
  });
});

describe('pages', () => {
  it('of a task tell what was seen of it, newest first, and what its agent tells', () => {
    const view = smallCluster();
    view.changeTask(WEB_TASK, { healthy: false, changedMs: NOW - 20_000 });
    view.changeTask(WEB_TASK, { healthy: true, changedMs: NOW - 10_000, message: 'answers again' });
    const sections = [{ title: 'sandbox', lines: ['-rw-r--r-- stdout'] }];
    const details: Details = { version: 1, of: () => ({ state: 'there', facts: [], sections }) };
    const drawn = text('task', view, { subject: WEB_TASK }, { details });
    expect(drawn).toContain(
      `
  -- states seen
        10s ago  + running, healthy: answers again
        20s ago  ! running, unhealthy
  -- sandbox
     -rw-r--r-- stdout`,
    );
  });

  it('of a task lead to its agent and framework, and keys act on the task wherever the cursor is', () => {
    const view = smallCluster();
    const { rowIds } = drawAt(screen('task'), view, { subject: WEB_TASK });
    const { open, logs, kill } = screen('task').actions;
    expect(rowIds.flatMap((id) => open?.(id) ?? [])).toEqual([
      { screen: 'agent', subject: 'A1' },
      { screen: 'framework', subject: 'F1' },
    ]);
    expect(new Set(rowIds.map((id) => logs?.(id, view)))).toEqual(new Set([WEB_TASK]));
    expect(kill?.(rowIds.slice(0, 2), view)).toMatchObject({ effect: { keys: [WEB_TASK] } });
    expect(kill?.([WEB_TASK], view)).toMatchObject({ effect: { keys: [WEB_TASK] } });
  });

  it('of an agent have its tasks, the worst first, and actions on them; the agent is what is drained', () => {
    const view = smallCluster();
    const drawing = drawAt(screen('agent'), view, { subject: 'A1' });
    expect(drawing.rowIds[0]).toContain('db_main');
    expect(textOf(drawing)).toContain('cpus ##################......   75%  6 of 8');
    const { kill, drain } = screen('agent').actions;
    expect(kill?.([WEB_TASK], view)).toEqual({
      question: 'Kill web.0b1d3a40?',
      effect: { kind: 'kill-tasks', keys: [WEB_TASK] },
    });
    expect(drain?.([WEB_TASK], view)).toMatchObject({ effect: { kind: 'drain-agents', agentIds: ['A1'] } });
  });

  it('say so when the thing is gone', () => {
    const view = smallCluster();
    for (const name of ['agent', 'framework', 'task'] as const) {
      expect(text(name, view, { subject: 'gone' })).toContain('is not there any more');
    }
  });

  it('kill only what goes on', () => {
    const view = smallCluster();
    const { kill } = screen('tasks').actions;
    expect(kill?.(['F2/job-6'], view)).toBe('That task has ended already.');
    expect(kill?.(['F2/job-6', 'F2/job-7', WEB_TASK], view)).toMatchObject({ question: 'Kill 2 tasks?' });
  });
});

describe('the tasks of an agent', () => {
  it('begin with those that need somebody, and end with those that are over', () => {
    const view = createViewStore(() => NOW);
    view.putAgent(agent('a1'));
    for (const state of ['FAILED', 'RUNNING', 'FINISHED', 'UNREACHABLE', 'STAGING']) {
      view.putTask(task('f1', `a ${state}`, 'a1', { state: `TASK_${state}` }));
    }
    const { rowIds } = drawAt(screen('agent'), view, { subject: 'a1' });
    expect(rowIds.map((id) => id.split(' ')[1])).toEqual(['UNREACHABLE', 'STAGING', 'RUNNING', 'FAILED', 'FINISHED']);
  });
});

describe('a log', () => {
  const lines = Array.from({ length: 50 }, (_, at) => `line ${at}`);
  const details = (stdout: readonly string[], stderr: readonly string[] = []): Details => ({
    version: 1,
    of: () => ({
      state: 'there',
      facts: [],
      sections: [
        { title: 'stdout', lines: stdout },
        { title: 'stderr', lines: stderr },
      ],
    }),
  });

  it('follows its end until the cursor is moved, and then stays where it is', () => {
    const view = smallCluster();
    const scene = (log: readonly string[]) => ({ details: details(log), size: { columns: 20, rows: 3 } });
    const first = drawAt(screen('logs'), view, { subject: WEB_TASK }, scene(lines));
    expect(textOf(first)).toBe('log of web.0b1d3a40: stdout (following)\nline 47\nline 48\nline 49');
    const more = [...lines, 'line 50'];
    const at = { subject: WEB_TASK, cursorId: first.rowIds[48] ?? '', cursorIndex: 48, top: 47 };
    expect(textOf(drawAt(screen('logs'), view, at, scene(more)))).toContain('line 47\nline 48\nline 49');
    expect(textOf(drawAt(screen('logs'), view, { subject: WEB_TASK }, scene(more)))).toContain(
      'line 48\nline 49\nline 50',
    );
  });

  it('stands still while the oldest lines are forgotten, filtered too, until the line itself is', () => {
    const view = smallCluster();
    const scene = (forgotten: number) => ({
      details: {
        version: 1,
        of: () => ({
          state: 'there' as const,
          facts: [],
          sections: [{ title: 'stdout', lines: lines.slice(forgotten), forgotten }],
        }),
      },
      size: { columns: 20, rows: 3 },
    });
    for (const filter of ['', 'line']) {
      const before = drawAt(screen('logs'), view, { subject: WEB_TASK, filter }, scene(0));
      const at = { subject: WEB_TASK, filter, cursorId: before.rowIds[21] ?? '', cursorIndex: 21, top: 20 };
      for (const forgotten of [0, 1, 15, 20])
        expect(textOf(drawAt(screen('logs'), view, at, scene(forgotten)))).toContain('line 20\nline 21\nline 22');
      expect(textOf(drawAt(screen('logs'), view, at, scene(30)))).toContain('line 30\nline 31\nline 32');
    }
  });

  it('shows long lines whole, and stderr where only that says something', () => {
    const view = smallCluster();
    const scene = { details: details([], ['a line that is long']), size: { columns: 10, rows: 5 } };
    expect(textOf(drawAt(screen('logs'), view, { subject: WEB_TASK }, scene))).toBe(
      'log of web.0b1d3a40: stderr (following)\na line tha\nt is long',
    );
  });
});

describe('events', () => {
  it('are there newest first with a sign of how bad they are', () => {
    expect(text('events', smallCluster())).toBe(
      `
events 2
    ago^   from     event
>    10s ! top      leader                    10.0.0.1:5050 leads now
     40s + master   AGENT_ADDED               two.example`.trim(),
    );
  });
});

describe('every screen', () => {
  it('fits its frame, shows the cursor and has no control characters, whatever the data and the size', () => {
    const long = fc.constant('x'.repeat(10_000));
    const name = fc.oneof(anyText, anyText, long);
    const cluster = fc.array(fc.record({ one: name, two: name, n: fc.double() }), { maxLength: 8 });
    const place = fc.record({
      top: fc.nat(30),
      cursorIndex: fc.nat(30),
      filter: fc.constantFrom('', '', 'a', '!a', '~ab', '('),
      onlyFaults: fc.boolean(),
    });
    const size = fc.record({ columns: fc.integer({ min: 1, max: 130 }), rows: fc.integer({ min: 1, max: 40 }) });
    const of = fc.constantFrom(...MINE);
    fc.assert(
      fc.property(cluster, place, size, fc.boolean(), fc.nat(8), of, (rows, at, size, hasMarks, sortBy, name) => {
        const view = clusterOf(rows);
        const about = screen(name);
        const column = about.sortColumns[sortBy % Math.max(1, about.sortColumns.length)];
        const subject = name === 'agent' ? 'A0' : name === 'framework' ? 'F0' : [...view.tasks.keys()][0];
        const drawing = about.draw({
          view,
          place: {
            ...placeAt(name, at),
            ...(OF_ONE[name] !== undefined && subject !== undefined && { subject }),
            ...(column !== undefined && { sort: { column, isDescending: false } }),
          },
          size,
          nowMs: NOW,
          details: detailsOf(rows.map(({ one }) => one)),
          hasMarks,
        });
        expect(drawing.lines.length).toBeLessThanOrEqual(size.rows);
        for (const line of drawing.lines) {
          expect(lineWidth(line)).toBeLessThanOrEqual(size.columns);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
          for (const part of line) expect(part.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        }
        if (drawing.rowIds.length > 0) {
          expect(drawing.cursorIndex).toBeGreaterThanOrEqual(0);
          expect(drawing.cursorIndex).toBeLessThan(drawing.rowIds.length);
        }
        expect(new Set(drawing.rowIds).size).toBe(drawing.rowIds.length);
        expect(() =>
          JSON.stringify(about.data({ view, place: placeAt(name), nowMs: NOW, details: detailsOf([]) })),
        ).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });

  it('has its cursor to be seen on lists, at any size with room for a row', () => {
    const view = smallCluster();
    for (const name of [
      'agents',
      'frameworks',
      'offers',
      'tasks',
      'events',
      'overview',
      'agent',
      'framework',
    ] as const) {
      for (const rows of [2, 3, 5, 8, 12, 20]) {
        const all = drawAt(screen(name), view, { subject: OF_ONE[name] ?? '' }, { size: { columns: 80, rows } });
        for (const [index, id] of all.rowIds.entries()) {
          const at = { subject: OF_ONE[name] ?? '', cursorId: id, cursorIndex: index };
          const drawn = drawAt(screen(name), view, at, { size: { columns: 80, rows } });
          expect(drawn.cursorIndex, `${name} ${rows}`).toBe(index);
          expect(
            drawn.lines.filter((line) => line.some(({ tone }) => tone === 'cursor')),
            `${name} ${rows}`,
          ).toHaveLength(1);
        }
      }
    }
  });

  it('is drawn from what it says it is drawn from', () => {
    for (const about of SCREENS.values()) expect(about.topics.length, about.name).toBeGreaterThan(0);
    const digits = [...SCREENS.values()].flatMap(({ digit }) => digit ?? []);
    expect(new Set(digits).size).toBe(digits.length);
  });
});

interface AnyRow {
  readonly one: string;
  readonly two: string;
  readonly n: number;
}

/** Everything that comes from outside is one of the texts. */
function clusterOf(rows: readonly AnyRow[]): ViewStore {
  const view = createViewStore(() => NOW);
  view.setLeader({ address: rows[0]?.one, version: rows[0]?.two, clusterName: rows[0]?.one });
  view.setFeed({ name: 'master', state: 'broken', address: rows[0]?.one, why: rows[0]?.two });
  const jobs: JobRow[] = [];
  for (const [at, { one, two, n }] of rows.entries()) {
    const state = at % 3 === 0 ? 'unreachable' : 'active';
    view.putAgent(agent(`A${at}`, { hostname: one, attributes: [two], zone: two, state, allocated: amounts(n, n) }));
    view.putFramework(framework(`F${at}`, { name: two, user: one, principal: two, webuiUrl: one }));
    view.putTask(
      task(`F${at}`, `${at}${one}`, 'A0', { name: two, role: two, message: one, state: two, amounts: amounts(n) }),
    );
    view.putOffer(offer(`O${at}`, `F${at}`, 'A0', { role: one, ports: two }));
    view.addOfferEvent(
      offerEvent('accepted', `O${at}`, `F${at}`, 'A0', { operations: one, role: two, refuseSeconds: n }),
    );
    jobs.push(
      job(`${at}${one}`, { state: two, schedule: one, unplaceable: at % 2 === 0 ? two : undefined, nextRunMs: n }),
      job(`after ${at}`, { parents: [one, two], isDisabled: true, status: 'failure' }),
    );
    view.addEvent({ source: 'master', kind: one, text: two, tone: 'bad' });
  }
  view.replaceJobs(jobs);
  const [first] = rows;
  if (first !== undefined) {
    const { one, two, n } = first;
    const shares = [
      share(one, undefined, { dominantShare: n, weight: n, reason: two, position: 1 }),
      share(one, 'F0', { dominantShare: n, dominantResource: two, reason: one, position: 1, filterCount: 3 }),
    ];
    view.replaceShares(shares, 5);
  }
  return view;
}

function detailsOf(texts: readonly string[]): Details {
  const facts = texts.map((text) => ({ name: text, text }));
  return {
    version: 1,
    of: () => ({ state: 'there', facts, sections: [{ title: texts[0] ?? '', lines: texts }] }),
  };
}
