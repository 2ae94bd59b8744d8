// What a turn would come to, without it being made: for `render`, `diff` and --dry-run.
import type { ApplyError } from '../../../haproxy/apply/apply-error.ts';
import type { Problem } from '../../../haproxy/model/model.ts';
import type { Files, Plan } from '../../../haproxy/plan/plan-change.ts';
import type { Rendered } from '../../../haproxy/render/rendered.ts';
import type { MarathonPlaces } from '../../../haproxy/watch/stream-keeper.ts';
import type { World } from '../../../world/world.ts';
import { makeApplier } from '../running/make-applier.ts';
import type { Given } from '../settings/given.ts';
import type { BalancerSettings } from '../settings/settings.ts';

/** One look. */
export interface Look {
  /** The Marathon that answered. */
  readonly source: string | undefined;
  readonly services: number;
  readonly rendered: Rendered;
  /** undefined: there is no config yet. */
  readonly disk: Files | undefined;
  readonly plan: Plan;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** Why `sync` would fail now; not known unless that was asked. */
  readonly obstacle?: ApplyError;
}

/** How closely to look. */
export interface LookOptions {
  /** For one fetch. */
  readonly deadlineMs: number | undefined;
  /** Whether HAProxy is asked about the files, and the guard about the services, as `sync` would. */
  readonly isChecking?: boolean;
  readonly force?: boolean;
}

/** Throws ApplyError `source`, TemplateError, DiskError, Problem `usage`. */
export async function look(
  world: World,
  given: Given,
  settings: BalancerSettings,
  places: MarathonPlaces,
  env: NodeJS.ProcessEnv,
  { deadlineMs, isChecking = false, force = false }: LookOptions,
): Promise<Look> {
  const { applier, notes } = await makeApplier(world, given, settings, places, env, {
    force,
    whenTooEarly: 'defer',
    deadlineMs,
  });
  const { disk, next, plan, source, warnings, obstacle } = await applier.foresee(isChecking);
  const { model, rendered, problems } = next;
  return {
    source,
    services: model.services.length,
    rendered,
    disk,
    plan,
    problems,
    warnings: [...notes, ...warnings],
    ...(obstacle && { obstacle }),
  };
}
