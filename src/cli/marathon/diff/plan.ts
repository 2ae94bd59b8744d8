// Asks what a change would do. Another Marathon does not tell: there the definition that is stored and the one that is
// given are compared here, and steps and places stay unknown.
import { type AppInfo, type MarathonClient, MarathonError, type PlanPreview } from '../../../client/marathon.ts';
import type { InputApp } from '../input/apps.ts';

/** `partial` as of PUT. Throws MarathonError. */
export async function planApps(
  marathon: MarathonClient,
  definitions: readonly Pick<InputApp, 'id' | 'definition'>[],
  partial: boolean,
): Promise<{ readonly plan: PlanPreview; readonly isComplete: boolean }> {
  const own = await marathon.plan(
    definitions.map(({ definition }) => definition),
    { kind: 'app', partial },
  );
  if (own !== undefined) return { plan: own, isComplete: true };
  const changes = await Promise.all(
    definitions.map(async ({ id, definition }) => {
      const before = await definitionIfThere(marathon, id);
      // Defaults of what is left out are that Marathon's business: they are taken to be as they are.
      return { id, before, after: before === null ? definition : { ...before, ...definition } };
    }),
  );
  return { plan: { steps: [], changes, placement: [] }, isComplete: false };
}

const COUNTS =
  /^(tasks(Staged|Running|Healthy|Unhealthy)?|deployments|lastTaskFailure|readinessCheckResults|tasks?Stats)$/;

/** The definition alone, without what is known of the instances. */
export function definitionOf(app: AppInfo): Record<string, unknown> {
  return Object.fromEntries(Object.entries(app).filter(([name]) => !COUNTS.test(name)));
}

/** As `definitionOf`; null when there is no such app. */
export async function definitionIfThere(marathon: MarathonClient, id: string): Promise<Record<string, unknown> | null> {
  try {
    return definitionOf(await marathon.app(id));
  } catch (error) {
    if (error instanceof MarathonError && error.code === 'not-found') return null;
    throw error;
  }
}
