// The event that a request about a single app leaves behind (marathon.md 9.2).
import type { MarathonCore } from '../core.ts';
import type { PathId } from '../model/path-id.ts';
import type { ApiRequest } from './request.ts';

/** Load balancers wait for this to read everything again (marathon.md 26.37). */
export function publishPost(core: Pick<MarathonCore, 'groups' | 'events'>, request: ApiRequest, id: PathId): void {
  const app = core.groups.app(id);
  if (app === undefined) return;
  core.events.publish({ type: 'api_post_event', clientIp: request.remoteAddress, uri: request.path, app });
}
