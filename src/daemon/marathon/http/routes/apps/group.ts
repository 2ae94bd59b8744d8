// /v2/apps/<group>/*: the apps of a group and of all groups below it (marathon.md 3.8).
import type { HttpResponse } from '../../../../../world/net.ts';
import type { PathId } from '../../../model/path-id.ts';
import { appsWithin } from '../../../model/root-group.ts';
import { unknownGroup } from '../../../refusals.ts';
import { byMethod, jsonText } from '../../answers.ts';
import type { ApiRequest } from '../../request.ts';
import { type AppViewCore, appInfoText } from '../../views/app-info.ts';
import { appDetails } from '../../views/embeds.ts';

/** Under the key `"*"`, as ever. */
export function groupApps(
  core: AppViewCore,
  request: ApiRequest,
  groupId: PathId,
): HttpResponse | Promise<HttpResponse> {
  return byMethod(request.method, {
    GET: () => {
      const { root } = core.groups;
      if (!root.groups.has(groupId)) throw unknownGroup(groupId);
      const details = appDetails(request, ['counts', 'deployments', 'tasks', 'lastTaskFailure']);
      const texts = appsWithin(root, groupId).flatMap((id) => {
        const app = root.apps.get(id);
        return app === undefined ? [] : [appInfoText(core, app, details)];
      });
      return jsonText(`{"*":[${texts.join(',')}]}`);
    },
  });
}
