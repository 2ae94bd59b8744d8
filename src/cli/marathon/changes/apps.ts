// Creating, applying and changing apps: what is sent, and what a person is told of it.
import { type MarathonClient, MarathonError } from '../../../client/marathon.ts';
import { EXIT } from '../../exit-codes.ts';
import type { View } from '../../output/view.ts';
import { Problem } from '../../problem.ts';
import { planApps } from '../diff/plan.ts';
import { wouldChange } from '../diff/plan-text.ts';
import { type InputApp, placeInApps } from '../input/apps.ts';
import { withPlaces } from '../input/invalid.ts';
import { type ChangeContext, carryOut, changeView } from './carry-out.ts';

/** New apps; one by itself, several in one deployment. Throws Problem `conflict` when one of them is there. */
export async function createApps(context: ChangeContext, apps: readonly InputApp[]): Promise<View> {
  const { marathon, force } = context;
  const subjects = apps.map(({ id }) => id);
  const [only, ...others] = apps;
  if (only === undefined) throw new Problem(EXIT.usage, { what: 'There is no app in that.' });
  const next = others.length === 0 ? `mctl app show ${only.id}` : 'mctl app list';
  if (others.length === 0) {
    const send = () =>
      withPlaces(() => marathon.createApp(only.definition, { force }), only.id, placeInApps(apps, false));
    return carryOut(context, { subjects, done: 'Created', next, send: () => send().catch(namingApply) });
  }
  // Marathon takes several only where they may be there already.
  const present = new Set((await marathon.apps()).map(({ id }) => id));
  const taken = subjects.filter((id) => present.has(id));
  if (taken.length > 0) throw existing(`There ${taken.length === 1 ? 'is' : 'are'} ${taken.join(', ')} already.`);
  return carryOut(context, { subjects, done: 'Created', next, send: () => putApps(context, apps) });
}

function namingApply(error: unknown): never {
  if (error instanceof MarathonError && error.code === 'exists') throw existing(error.message, error);
  throw error;
}

function existing(what: string, cause?: unknown): Problem {
  return new Problem(
    EXIT.conflict,
    {
      what: /\.$/.test(what) ? what : `${what}.`,
      next: ['mctl app apply -f <file>      (creates or updates)', 'mctl app update <app> key=value'],
    },
    { cause },
  );
}

/** Makes apps as they are in the files; what is as it should be is left alone. */
export async function applyApps(context: ChangeContext, given: readonly InputApp[]): Promise<View> {
  const { marathon } = context;
  const apps = await withPresentInstances(marathon, given);
  const subjects = apps.map(({ id }) => id);
  const { plan, isComplete } = await withPlaces(
    () => planApps(marathon, apps, false),
    named(apps),
    placeInApps(apps, true),
  );
  const change = { subjects, done: 'Applied', send: () => putApps(context, apps) };
  if (isComplete && !wouldChange(plan)) {
    return changeView(change, { state: 'unchanged', result: { deploymentId: undefined, version: undefined } });
  }
  return carryOut(context, {
    ...change,
    next: subjects.length === 1 ? `mctl app show ${subjects[0]}` : 'mctl app list',
  });
}

function putApps({ marathon, force }: ChangeContext, apps: readonly InputApp[]) {
  const definitions = apps.map(({ definition }) => definition);
  return withPlaces(
    () => marathon.changeApps(definitions, { force, partial: false }),
    named(apps),
    placeInApps(apps, true),
  );
}

/** A file that does not say how many there are to be leaves it to whoever scales the app. */
export async function withPresentInstances(
  marathon: MarathonClient,
  apps: readonly InputApp[],
): Promise<readonly InputApp[]> {
  return Promise.all(
    apps.map(async (app) => {
      if (app.definition.instances !== undefined) return app;
      const present = await marathon.app(app.id).catch((error: unknown) => {
        if (error instanceof MarathonError && error.code === 'not-found') return undefined;
        throw error;
      });
      if (present === undefined) return app;
      return { ...app, definition: { ...app.definition, instances: present.instances } };
    }),
  );
}

function named(apps: readonly InputApp[]): string {
  return apps.length === 1 ? (apps[0]?.id ?? '') : `One of the ${apps.length} apps`;
}

/** Only the given members change. */
export async function updateApp(
  context: ChangeContext,
  id: string,
  definition: Readonly<Record<string, unknown>>,
  place: (path: string) => string | undefined = () => undefined,
): Promise<View> {
  const { marathon, force } = context;
  return carryOut(context, {
    subjects: [id],
    done: 'Updated',
    next: `mctl app show ${id}`,
    send: () => withPlaces(() => marathon.changeApp(id, definition, { force }), id, place),
  });
}
