// `mctl app versions`, `mctl group versions`: what was before.
import type { MarathonClient } from '../../client/marathon.ts';
import type { View } from '../output/view.ts';
import { pickVersion } from './changes/rollback.ts';
import { versionsView } from './views/apps.ts';

/** Newest first, the present one marked. */
export async function versionsOfApp(marathon: MarathonClient, id: string, nowMs: number): Promise<View> {
  const [versions, app] = await Promise.all([marathon.appVersions(id), marathon.app(id)]);
  return versionsView(versions, app.version ?? undefined, nowMs);
}

/** Of the whole tree: Marathon keeps no others for groups. */
export async function versionsOfGroup(marathon: MarathonClient, id: string, nowMs: number): Promise<View> {
  const [versions, group] = await Promise.all([marathon.groupVersions(id), marathon.group(id)]);
  return versionsView(versions, group.version, nowMs);
}

/** One definition as it was, value by value. */
export async function versionView(marathon: MarathonClient, id: string, wanted: string): Promise<View> {
  const version = pickVersion(id, await marathon.appVersions(id), wanted);
  const definition = await marathon.appVersion(id, version);
  return {
    data: definition,
    names: [version],
    body: {
      kind: 'details',
      items: Object.entries(definition).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    },
  };
}
