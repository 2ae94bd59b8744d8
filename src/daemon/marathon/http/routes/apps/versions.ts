// /v2/apps/<id>/versions (marathon.md 4).
import type { HttpResponse } from '../../../../../world/net.ts';
import type { MarathonCore } from '../../../core.ts';
import type { PathId } from '../../../model/path-id.ts';
import { parseTimestamp, type Timestamp } from '../../../model/time.ts';
import { invalidTimestamp, unknownApp } from '../../../refusals.ts';
import { byMethod, json, jsonText } from '../../answers.ts';
import type { ApiRequest } from '../../request.ts';
import { appText } from '../../views/app-info.ts';

/** `version` undefined: the list, newest first. */
export function appVersions(
  core: Pick<MarathonCore, 'groups'>,
  request: ApiRequest,
  id: PathId,
  version: string | undefined,
): HttpResponse | Promise<HttpResponse> {
  return byMethod(request.method, {
    GET: async () => {
      if (version === undefined) {
        const versions = await core.groups.appVersions(id);
        if (versions.length === 0) throw unknownApp(id);
        return json({ versions });
      }
      const wanted = requireTimestamp(version);
      const app = await core.groups.appVersion(id, wanted);
      if (app === undefined) throw unknownApp(id, wanted);
      return jsonText(appText(app));
    },
  });
}

/** Throws Refusal 422. */
export function requireTimestamp(text: string): Timestamp {
  const time = parseTimestamp(text);
  if (time === undefined) throw invalidTimestamp(text);
  return time;
}
