// From what was given to what makes turns: the parts of `sync` and `watch`, put together.
import type { ApplySettings } from '../../../haproxy/apply/settings.ts';
import { Applier } from '../../../haproxy/apply/turn.ts';
import { MarathonSource } from '../../../haproxy/discovery/marathon-source.ts';
import type { MarathonPlaces } from '../../../haproxy/watch/stream-keeper.ts';
import type { World } from '../../../world/world.ts';
import { applySettings } from '../settings/apply.ts';
import type { Given } from '../settings/given.ts';
import type { BalancerSettings } from '../settings/settings.ts';
import { readTemplates } from '../settings/templates.ts';

/** What a command adds to what was given. */
export interface ApplierOptions {
  readonly force: boolean;
  readonly whenTooEarly: ApplySettings['whenTooEarly'];
  /** For one fetch. */
  readonly deadlineMs?: number | undefined;
}

/** `notes`: what is odd about the operator's templates. Throws Problem `usage`, TemplateError. */
export async function makeApplier(
  world: World,
  given: Given,
  settings: BalancerSettings,
  places: MarathonPlaces,
  env: NodeJS.ProcessEnv,
  { force, whenTooEarly, deadlineMs }: ApplierOptions,
): Promise<{ readonly applier: Applier; readonly applies: ApplySettings; readonly notes: readonly string[] }> {
  const applies = applySettings(given, settings, { force, whenTooEarly });
  const source = new MarathonSource(world, { ...places, ...(deadlineMs !== undefined && { deadlineMs }) });
  const templates = await readTemplates(world, settings.templatesDirectory, env);
  const applier = new Applier(world, applies, {
    options: settings.options,
    templates,
    discover: () => source.discover(),
  });
  return { applier, applies, notes: templates.warnings };
}
