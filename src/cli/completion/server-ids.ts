// Ids for completion, from the server and from the files of the command line. Errors mean no suggestions: there is nobody to
// tell them to while a line is being typed.
import { request } from 'node:http';
import { baseUrl, redirectedBase } from '../../client/master-addresses.ts';
import { listClusters } from '../cluster/layout.ts';
import { readContexts } from '../context/config-file.ts';
import { findTarget, runningClusters } from '../context/find.ts';
import { clustersDirectory, configFile } from '../directories.ts';
import type { Suggestion } from './complete.ts';

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
        ...[...contexts].map(([word, { masters }]) => ({ word, description: masters.join(',') })),
        ...running.map(({ name, masters }) => ({ word: name, description: masters.join(',') })),
      ];
    }
    case 'cluster':
      return listClusters(clustersDirectory(process.env, stateDir)).map(({ name, directory }) => ({
        word: name,
        description: directory,
      }));
    case 'task':
    case 'agent':
    case 'framework':
      return serverIds(kind, flags);
    default:
      return [];
  }
}

async function serverIds(
  kind: 'task' | 'agent' | 'framework',
  flags: ReadonlyMap<string, string>,
): Promise<Suggestion[]> {
  const { masters } = findTarget(
    { master: flags.get('master'), context: flags.get('context'), 'state-dir': flags.get('state-dir') },
    process.env,
  );
  const base = baseUrl(masters[0] ?? '');
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
  }
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
