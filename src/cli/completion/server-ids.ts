// Ids for completion, from the server and from the files of the command line. Errors mean no suggestions: there is nobody to
// tell them to while a line is being typed.
import { request } from 'node:http';
import { baseUrl, redirectedBase } from '../../client/master-addresses.ts';
import { clusterPaths, listClusters } from '../cluster/layout.ts';
import { plannedMembers, readPlan } from '../cluster/plan.ts';
import { readContexts } from '../context/config-file.ts';
import { findTarget, runningClusters } from '../context/find.ts';
import { CHRONOS, type FrameworkPlace, frameworkAmong } from '../context/framework-place.ts';
import { marathonAmong, placeOfMarathon } from '../context/marathon.ts';
import type { Target } from '../context/resolve.ts';
import { clustersDirectory, configFile } from '../directories.ts';
import { isElection, readMasters, shownMaster } from '../masters/texts.ts';
import type { Suggestion } from './suggestion.ts';

const PATIENCE_MS = 800;
const MAX_BYTES = 16 * 1024 * 1024;

/** `kind`: what the word stands for; `flags`: those typed so far, which may name another cluster. Never throws. */
export async function resolvedIds(kind: string, flags: ReadonlyMap<string, string>): Promise<readonly Suggestion[]> {
  try {
    return await idsOf(kind, flags);
  } catch {
    return []; // no cluster, no answer, no such file: nothing to suggest
  }
}

async function idsOf(kind: string, flags: ReadonlyMap<string, string>): Promise<readonly Suggestion[]> {
  const stateDir = flags.get('state-dir');
  switch (kind) {
    case 'context': {
      const { contexts } = readContexts(configFile(process.env));
      const running = runningClusters(process.env, stateDir);
      return [
        ...[...contexts].map(([word, { masters }]) => ({ word, description: masters.map(shownMaster).join(',') })),
        ...running.map(({ name, masters }) => ({ word: name, description: masters.join(',') })),
      ];
    }
    case 'cluster':
      return listClusters(clustersDirectory(process.env, stateDir)).map(({ name, directory }) => ({
        word: name,
        description: directory,
      }));
    case 'member':
      return members(flags.get('name') ?? 'local', stateDir);
    case 'task':
    case 'agent':
    case 'framework':
    case 'role':
    case 'volume':
      return serverIds(kind, flags);
    case 'app':
    case 'deployment':
    case 'group':
      return marathonIds(kind, await marathonBase(flags));
    case 'job':
      return jobNames(await chronosBase(flags));
    default:
      return [];
  }
}

/** Of `mctl cluster chaos`. */
function members(cluster: string, stateDir: string | undefined): Suggestion[] {
  const plan = readPlan(clusterPaths(clustersDirectory(process.env, stateDir), cluster).plan);
  if (plan === undefined) return [];
  return plannedMembers(plan).map(({ name, endpoint: { ip, port } }) => ({ word: name, description: `${ip}:${port}` }));
}

async function serverIds(
  kind: 'task' | 'agent' | 'framework' | 'role' | 'volume',
  flags: ReadonlyMap<string, string>,
): Promise<Suggestion[]> {
  const target = findTarget(
    { master: flags.get('master'), context: flags.get('context'), 'state-dir': flags.get('state-dir') },
    process.env,
  );
  const base = await masterBase(target);
  switch (kind) {
    case 'task':
      return entries(await getJson(base, '/tasks?limit=1000'), 'tasks').map((task) => ({
        word: text(task.id),
        description: `${text(task.name)} ${text(task.state)}`,
      }));
    case 'agent':
      return entries(await getJson(base, '/slaves'), 'slaves').map((agent) => ({
        word: text(agent.id),
        description: text(agent.hostname),
      }));
    case 'framework':
      return entries(await getJson(base, '/frameworks'), 'frameworks').map((framework) => ({
        word: text(framework.id),
        description: text(framework.name),
      }));
    case 'role':
      return entries(await getJson(base, '/roles'), 'roles').map((role) => ({
        word: text(role.name),
        description: `weight ${String(role.weight)}`,
      }));
    case 'volume':
      return entries(await getJson(base, '/slaves'), 'slaves').flatMap((agent) => volumesOn(agent));
  }
}

/** By role and persistence id. */
function volumesOn(agent: Readonly<Record<string, unknown>>): Suggestion[] {
  const reserved = Object.entries(agent.reserved_resources_full ?? {});
  return reserved.flatMap(([role, resources]) =>
    entries({ resources }, 'resources').flatMap(({ disk }) => {
      const { persistence } = (disk ?? {}) as { persistence?: { id?: unknown } };
      return persistence === undefined
        ? []
        : [{ word: `${role}/${text(persistence.id)}`, description: text(agent.hostname) }];
    }),
  );
}

/** Apps may also be typed without their first slash. */
async function marathonIds(kind: 'app' | 'deployment' | 'group', base: string): Promise<Suggestion[]> {
  switch (kind) {
    case 'app':
      return entries(await getJson(base, '/v2/apps'), 'apps').map((app) => ({
        word: text(app.id),
        description: `${String(app.tasksRunning)} of ${String(app.instances)} running`,
      }));
    case 'deployment':
      return entries({ list: await getJson(base, '/v2/deployments') }, 'list').map((deployment) => ({
        word: text(deployment.id),
        description: Array.isArray(deployment.affectedApps) ? deployment.affectedApps.join(', ') : '',
      }));
    case 'group':
      return groupsBelow(await getJson(base, '/v2/groups?embed=group.groups'));
  }
}

/** With how they are, which other Chronoses than ours tell there too. */
async function jobNames(base: string): Promise<Suggestion[]> {
  return entries(await getJson(base, '/v1/scheduler/jobs/summary'), 'jobs').map((job) => ({
    word: text(job.name),
    description: `${text(job.state)}, ${text(job.status)}`,
  }));
}

function groupsBelow(group: unknown): Suggestion[] {
  const id: unknown = typeof group === 'object' && group !== null ? Reflect.get(group, 'id') : undefined;
  return [
    ...(typeof id === 'string' ? [{ word: id, description: '' }] : []),
    ...entries(group, 'groups').flatMap(groupsBelow),
  ];
}

/** As the commands find it, without the clients that they use. */
async function marathonBase(flags: ReadonlyMap<string, string>): Promise<string> {
  const common = { master: flags.get('master'), context: flags.get('context'), 'state-dir': flags.get('state-dir') };
  const place = placeOfMarathon({
    marathonFlag: flags.get('marathon'),
    isClusterGiven: common.master !== undefined || common.context !== undefined,
    env: process.env,
    target: () => findTarget(common, process.env),
  });
  if (place.kind === 'known') return baseUrl(place.marathons[0] ?? '');
  const master = await masterBase(place.target);
  return marathonAmong(await activeFrameworks(master), master);
}

/** As `marathonBase`. Throws when there is none. */
async function chronosBase(flags: ReadonlyMap<string, string>): Promise<string> {
  const common = { master: flags.get('master'), context: flags.get('context'), 'state-dir': flags.get('state-dir') };
  const isClusterGiven = common.master !== undefined || common.context !== undefined;
  const told = flags.get('chronos') ?? (isClusterGiven ? undefined : process.env.MCTL_CHRONOS);
  if (told !== undefined && told !== '') return baseUrl(told.split(',', 1)[0] ?? '');
  const target = findTarget(common, process.env);
  if (target.chronoses[0] !== undefined) return baseUrl(target.chronoses[0]);
  const master = await masterBase(target);
  const found = frameworkAmong(await activeFrameworks(master), CHRONOS, master);
  if (found === undefined) throw new Error('no Chronos');
  return found;
}

async function activeFrameworks(master: string): Promise<FrameworkPlace[]> {
  return entries(await getJson(master, '/frameworks'), 'frameworks')
    .filter(({ active }) => active === true)
    .map((one) => ({ name: text(one.name), webuiUrl: text(one.webui_url) }));
}

/** Of an election its leader. Throws when there is none in time. */
async function masterBase({ masters }: Target): Promise<string> {
  const [first = ''] = readMasters(masters);
  if (!isElection(first)) return baseUrl(first);
  const { leaderOf } = await import('./elected.ts');
  return await leaderOf(first, PATIENCE_MS);
}

function entries(answer: unknown, member: string): Record<string, unknown>[] {
  const list: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, member) : undefined;
  return Array.isArray(list) ? list : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Plain node:http: the real World's client costs more to load than this whole program may take. */
function getJson(base: string, path: string, hops = 2): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${base}${path}`, { timeout: PATIENCE_MS, agent: false }, (response) => {
      const next = response.statusCode === 307 ? redirectedBase(response.headers.location, base, path) : undefined;
      if (next !== undefined && hops > 0) {
        response.destroy();
        getJson(next, path, hops - 1).then(resolve, reject);
        return;
      }
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > MAX_BYTES) outgoing.destroy(new Error('too much'));
      });
      response.on('end', () => {
        try {
          resolve(JSON.parse(body));
        } catch (error) {
          reject(error);
        }
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
