// Records `mctl top` for docs/top.md: starts a local cluster with ports and state of its own, puts a few apps there, drives the
// built program through a window of tmux, and writes what it shows. `npm run build` first.
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ClusterReport } from '../src/cli/cluster/report.ts';
import { eventually, MctlHome } from '../test/integration/mctl-process.ts';
import { TopWindow } from '../test/terminal/top-rig.ts';

const OUT = fileURLToPath(new URL('../docs/top.md', import.meta.url));
const SIZE = { columns: 100, rows: 30 };
const PORT_BASE = 27_300;
const READY_MS = 60_000;
/** What is on its way, such as offers, sandboxes and logs, has come by then. */
const SETTLED_MS = 2_500;

interface Step {
  /** One sentence about what is seen. */
  readonly says: string;
  /** By the names of tmux; a text of several letters is typed. */
  readonly keys: readonly string[];
  readonly shows: RegExp;
  /** An app that is scaled before, so that there is something to be seen. */
  readonly scaled?: { readonly id: string; readonly instances: number };
}

const STEPS: readonly Step[] = [
  {
    says: 'The overview: who leads, what is used, what is deployed, and what wants to be looked at.',
    keys: [],
    shows: /^1 overview[\s\S]*^cpus/m,
  },
  { says: '`2`: the agents, with what each has allocated and offered.', keys: ['2'], shows: /^2 agents 2/m },
  {
    says: '`:sort tasks` and `enter`: one of them, with its tasks and how it isolates them.',
    keys: [':', 'sort', 'Space', 'tasks', 'Enter', 'Enter'],
    shows: /^agent [\s\S]*^▸/m,
  },
  {
    says: '`3`: frameworks and roles in the order in which the next allocation would visit them, and why there.',
    keys: ['3'],
    shows: /^3 frameworks/m,
  },
  { says: '`4`: offers as they come and go.', keys: ['4'], shows: /^4 offers/m },
  {
    says: '`5` and `/web`: tasks, narrowed while a filter is typed.',
    keys: ['5', '/', 'web'],
    shows: /^5 tasks \d+\/\d+ +\/web/m,
  },
  {
    says: '`enter` twice: the task, its states as they came, and its sandbox.',
    keys: ['Enter', 'Enter'],
    shows: /^task [\s\S]*stdout/m,
  },
  { says: '`l`: its log, live.', keys: ['l'], shows: /at your service/ },
  {
    says: '`6`: apps of Marathon as a tree, with a mark for each instance.',
    keys: ['6'],
    shows: /^6 apps[\s\S]*shop/m,
  },
  {
    says: '`/big` and `enter`: one app, and why it waits.',
    keys: ['/', 'big', 'Enter', 'Enter'],
    shows: /^app \/shop\/big/m,
  },
  {
    says: '`7`: deployments, with the step each is at and what it waits for.',
    keys: ['7'],
    shows: /^7 deployments 1/m,
  },
  {
    says: '`8`: jobs of Chronos, those that have failed and when each runs next.',
    keys: ['8'],
    shows: /^8 jobs 3[\s\S]*failure/m,
  },
  {
    says: '`down` and `enter`: one of them, how its runs went and why it does not run; `enter` on a run is its log.',
    keys: ['Down', 'Enter'],
    shows: /^job import[\s\S]*last runs/m,
  },
  {
    says: '`0`: what happened, newest first; here somebody has scaled an app.',
    keys: ['0'],
    shows: /^0 events [1-9]/m,
    scaled: { id: '/search', instances: 2 },
  },
  { says: '`?`: the keys of the screen that one is on, here of the apps.', keys: ['6', '?'], shows: /^Keys/m },
];

const APPS = [
  { id: '/shop/web', cmd: 'while true; do echo at your service; sleep 1; done', instances: 3, cpus: 0.1, mem: 32 },
  { id: '/shop/cart', cmd: 'sleep 3600', instances: 2, cpus: 0.2, mem: 64 },
  { id: '/search', cmd: 'sleep 3600', instances: 1, cpus: 0.5, mem: 128 },
  { id: '/shop/big', cmd: 'true', instances: 1, cpus: 1000, mem: 32 },
];

/** Only the failing one runs while this is recorded. */
const LATER = new Date(Date.now() + 5 * 3_600_000).toISOString();
const JOBS = [
  { path: 'iso8601', body: { name: 'backup', command: 'sleep 60', schedule: `R/${LATER}/P1D` } },
  { path: 'dependency', body: { name: 'report', command: 'true', parents: ['backup'] } },
  { path: 'iso8601', body: { name: 'import', command: 'exit 1', schedule: 'R//P1D', retries: 0 } },
];

const home = new MctlHome();
try {
  // Not what this machine has.
  const resources = '--agent-flag=resources=cpus:4;mem:8192;disk:50000;ports:[31000-31999]';
  await home.json('cluster', 'up', '--agents', '2', '--port-base', String(PORT_BASE), resources);
  const { marathon, chronos } = await home.json<ClusterReport>('cluster', 'status');
  const url = marathon[0]?.url ?? '';
  for (const app of APPS) await send(url, 'POST', '/v2/apps', app);
  for (const { path, body } of JOBS) await send(chronos[0]?.url ?? '', 'POST', `/v1/scheduler/${path}`, body);
  await eventually(async () => (await runningTasks(url)) >= 6, READY_MS);
  const frames = await record(url);
  writeFileSync(OUT, page(frames));
  process.stdout.write(`${OUT}: ${frames.length} frames\n`);
} finally {
  await home.run('cluster', 'down', '--purge', '--yes');
  home.remove();
}

async function record(url: string): Promise<readonly string[]> {
  const window = await TopWindow.open(home, SIZE);
  const frames: string[] = [];
  try {
    await window.start('');
    for (const { keys, shows, scaled } of STEPS) {
      if (scaled !== undefined) await send(url, 'PUT', `/v2/apps${scaled.id}`, { instances: scaled.instances });
      for (const key of keys) {
        if (/^[a-z]{2,}$/.test(key)) for (const letter of key) window.press(letter);
        else window.press(key);
      }
      await window.sees(shows);
      await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
      frames.push(readable(window.lines()));
    }
    window.press('q');
  } finally {
    window.close();
  }
  return frames;
}

/** Without what is of this machine, ids cut to their beginning, and empty rows between text and key bar left out. */
function readable(lines: readonly string[]): string {
  const own = [home.directory, hostname()];
  return lines
    .map((line) => {
      let text = line;
      for (const word of own) text = replaced(text, word, word === home.directory ? '~' : 'here');
      // Whole ones, and those that did not fit.
      text = text.replace(/([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f-]*(\S*)( *)/g, (all, id, rest, blanks) =>
        `${id}${rest}`.padEnd(blanks === '' ? 0 : all.length),
      );
      return text.trimEnd();
    })
    .join('\n')
    .replace(/\n{4,}/g, '\n\n')
    .trimEnd();
}

/** What follows stays in its column. */
function replaced(text: string, word: string, other: string): string {
  return text.replaceAll(word, other.padEnd(text.includes(`${word} `) ? word.length : 0));
}

function page(frames: readonly string[]): string {
  const parts = STEPS.map(({ says }, index) => `${says}\n\n\`\`\`text\n${frames[index] ?? ''}\n\`\`\`\n`);
  return [
    '# `mctl top`, frame by frame',
    '',
    `A session in a window of ${SIZE.columns}×${SIZE.rows}, as text: colours are not shown, ids are cut to their beginning, and empty`,
    'rows above the key bar are left out. Made by `npm run docs:top`.',
    '',
    ...parts,
  ].join('\n');
}

async function send(url: string, method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

async function runningTasks(url: string): Promise<number> {
  const { tasks } = (await (await fetch(`${url}/v2/tasks`)).json()) as { tasks: { state?: string }[] };
  return tasks.filter(({ state }) => state === 'TASK_RUNNING').length;
}
