// The app, group or deployment that an argument means. Ids of apps are paths: `/shop/web` may be typed whole, without the
// first slash, or as an end of it that only one app has.
import { type AppInfo, type Deployment, type MarathonClient, MarathonError } from '../../client/marathon.ts';
import { pick } from '../ids.ts';

/** Every end of the path, so that `web` and `shop/web` mean `/shop/web`. */
export function endsOf(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  return segments.map((_, index) => segments.slice(index).join('/'));
}

/** An app that is there. Throws Problem `notFound`, `usage` when several fit. */
export async function findApp(marathon: MarathonClient, given: string): Promise<AppInfo> {
  return marathon.app(await findAppId(marathon, given)).catch(async (error: unknown) => {
    if (!(error instanceof MarathonError) || error.code !== 'not-found') throw error;
    // Told with what is near it.
    return pickApp(await marathon.apps(), given);
  });
}

/** As `findApp`, its id alone. An absolute path is taken as it is: whoever uses it hears that it is not there. */
export async function findAppId(marathon: MarathonClient, given: string): Promise<string> {
  if (isWhole(given)) return given.replace(/\/+$/, '');
  // Only those are asked for whose id has these letters; all, when a near miss is to be told.
  const near = given === '' ? [] : await marathon.apps({ id: given });
  return pickApp(near.length > 0 ? near : await marathon.apps(), given).id;
}

function isWhole(given: string): boolean {
  return given.startsWith('/') && given.length > 1;
}

function pickApp(apps: readonly AppInfo[], given: string): AppInfo {
  return pick(
    'app',
    apps.map((app) => ({ ...app, names: endsOf(app.id) })),
    given,
  );
}

/** A group's absolute id; whether it is there is for Marathon to say. */
export function groupId(given: string): string {
  const path = given.replace(/^\/+|\/+$/g, '');
  return `/${path}`;
}

/** Running ones by a unique beginning; a whole id also when it has ended. Throws Problem. */
export async function findDeploymentId(marathon: MarathonClient, given: string): Promise<string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(given)) return given;
  return (await findDeployment(marathon, given)).id;
}

/** A running one. Throws Problem. */
export async function findDeployment(marathon: MarathonClient, given: string): Promise<Deployment> {
  const running = await marathon.deployments();
  // By the app it changes, too: that is what people know of it.
  return pick(
    'deployment',
    running.map((one) => ({ ...one, names: one.affectedApps.flatMap((id) => [id, ...endsOf(id)]) })),
    given,
  );
}
