// POST /mctl/v1/tasks/kill {"framework_id": "…", "task_id": "…"}: an operator kills a task in its framework's stead. The
// original has nothing like it; the framework sees its task end as if it had sent KILL itself.
import type { HttpResponse } from '../../../world/net.ts';
import { bodyJson } from '../../serving/http/body.ts';
import { accepted, badRequest, notFound, unsupportedMediaType } from '../../serving/http/responses.ts';
import type { Route, RoutedRequest } from '../../serving/http/router.ts';
import type { MasterCore } from '../core.ts';
import { kill } from './task-calls.ts';

/** 202 when the agent is told (or will be when it is back), 404 for a framework or a live task that is not there. */
export function killRoute(core: MasterCore, guard: Route['guard']): Route {
  return {
    path: '/mctl/v1/tasks/kill',
    methods: ['POST'],
    ...(guard !== undefined && { guard }),
    handle: (request) => answerKill(core, request),
  };
}

function answerKill(core: MasterCore, request: RoutedRequest): HttpResponse {
  // JSON only: what a web page elsewhere can send without being asked about it (a form) must not kill tasks.
  if (request.headers['content-type'] !== 'application/json') {
    return unsupportedMediaType("Expecting 'Content-Type' of application/json");
  }
  let body: unknown;
  try {
    body = bodyJson(request);
  } catch (error) {
    return badRequest(`Failed to parse body into JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const frameworkId = textMember(body, 'framework_id');
  if (frameworkId === undefined) return badRequest("Expecting 'framework_id' to be present");
  const taskId = textMember(body, 'task_id');
  if (taskId === undefined) return badRequest("Expecting 'task_id' to be present");
  const framework = core.state.frameworks.get(frameworkId);
  if (framework === undefined) return notFound(`There is no framework '${frameworkId}'`);
  if (!framework.tasks.has(taskId))
    return notFound(`Framework '${frameworkId}' has no task '${taskId}' that could be killed`);
  kill(core, framework, { task_id: { value: taskId } });
  return accepted();
}

function textMember(body: unknown, name: string): string | undefined {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
