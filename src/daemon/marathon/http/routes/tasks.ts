// /v2/tasks and /v2/tasks/delete (marathon.md 6, 3.7).
import { z } from 'zod';
import type { HttpResponse } from '../../../../world/net.ts';
import type { MarathonCore } from '../../core.ts';
import { type Instance, parseTaskId } from '../../model/instance.ts';
import type { PathId } from '../../model/path-id.ts';
import { invalidShape, Refusal } from '../../refusals.ts';
import { byMethod, json } from '../answers.ts';
import { type KillCore, killTasks } from '../kill-tasks.ts';
import { type ApiRequest, jsonBody } from '../request.ts';
import type { Resource } from '../service.ts';
import { tasksAsText, wantsText } from '../tasks-as-text.ts';
import { isListed, taskJson } from '../views/task.ts';

type Core = KillCore & Pick<MarathonCore, 'health'>;

/** GET as JSON or, when asked for, as text; POST to `delete` kills. */
export function tasksRoute(core: Core): Resource {
  return (request, rest) => {
    if (rest.length === 0) return byMethod(request.method, { GET: () => list(core, request) });
    if (rest.length === 1 && rest[0] === 'delete') return byMethod(request.method, { POST: () => kill(core, request) });
    throw new Refusal(404, 'URI not found');
  };
}

function list(core: Core, request: ApiRequest): HttpResponse {
  if (wantsText(request)) {
    const apps = [...core.groups.root.apps.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return tasksAsText(core, request, apps);
  }
  const wanted = conditionFilter(request);
  const tasks = [];
  for (const instance of core.instances.all()) {
    if (isListed(instance) && wanted(instance)) tasks.push(taskJson(core, instance, { withServicePorts: true }));
  }
  return json({ tasks });
}

function conditionFilter(request: ApiRequest): (instance: Instance) => boolean {
  const names = request.query.all('status', 'status[]').map((name) => name.toLowerCase());
  const running = names.includes('running');
  const staging = names.includes('staging');
  if (!running && !staging) return () => true;
  return ({ condition }) =>
    (running && condition === 'Running') || (staging && (condition === 'Staging' || condition === 'Provisioned'));
}

const BODY = z.object({ ids: z.array(z.string()) });

async function kill(core: Core, request: ApiRequest): Promise<HttpResponse> {
  const parsed = BODY.safeParse(jsonBody(request));
  if (!parsed.success) throw invalidShape([{ path: '/ids', error: 'error.expected.jsarray' }]);
  const found = new Map<PathId, Instance[]>();
  for (const id of new Set(parsed.data.ids)) {
    const ids = parseTaskId(id);
    if (ids === undefined) throw new Refusal(400, `Invalid task id '${id}'. [not the id of a task of this Marathon]`);
    // Ids of unknown apps, and of tasks that have ended meanwhile, mean nothing (marathon.md 3.7).
    const instance = core.instances.byTaskId(id) ?? core.instances.get(ids.instanceId);
    if (instance === undefined) continue;
    const ofApp = found.get(instance.app.id);
    if (ofApp === undefined) found.set(instance.app.id, [instance]);
    else ofApp.push(instance);
  }
  return killTasks(core, request, found, (tasks) => ({ tasks }));
}
