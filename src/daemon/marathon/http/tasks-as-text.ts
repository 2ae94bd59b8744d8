// When tasks are listed as text, and that answer (marathon.md 6.2).
import type { HttpResponse } from '../../../world/net.ts';
import type { MarathonCore } from '../core.ts';
import type { App } from '../model/app.ts';
import type { ApiRequest } from './request.ts';
import { tasksText } from './views/task-text.ts';

/** Text only for those who name it and would not rather have JSON. */
export function wantsText({ headers: { accept = '' } }: ApiRequest): boolean {
  const types = accept.split(',').map((range) => range.split(';', 1)[0]?.trim().toLowerCase());
  return types.includes('text/plain') && !types.includes('*/*') && !types.includes('application/json');
}

/** The running tasks of these apps. */
export function tasksAsText(
  core: Pick<MarathonCore, 'instances'>,
  { query }: ApiRequest,
  apps: readonly App[],
): HttpResponse {
  const networks = query.all('containerNetworks').flatMap((names) => names.split(','));
  const body = tasksText(apps, core.instances, new Set(networks.map((name) => name.trim())));
  return { status: 200, headers: { 'content-type': 'text/plain' }, body };
}
