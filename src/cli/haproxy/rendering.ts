// What Marathon says, rendered, without anything being applied: for `render` and `diff`.
import { MarathonSource } from '../../haproxy/discovery/marathon-source.ts';
import { buildModel } from '../../haproxy/model/build-model.ts';
import type { BalancerModel, Problem } from '../../haproxy/model/model.ts';
import { render } from '../../haproxy/render/render.ts';
import type { Rendered } from '../../haproxy/render/rendered.ts';
import { loadTemplates } from '../../haproxy/render/templates/load-templates.ts';
import type { MarathonPlaces } from '../../haproxy/watch/stream-keeper.ts';
import type { World } from '../../world/world.ts';
import type { BalancerSettings } from './settings/settings.ts';

/** One look. */
export interface Look {
  readonly source: string;
  readonly model: BalancerModel;
  readonly rendered: Rendered;
  readonly problems: readonly Problem[];
}

/** Throws DiscoveryError, TemplateError. */
export async function look(
  world: World,
  places: MarathonPlaces,
  settings: BalancerSettings,
  env: NodeJS.ProcessEnv,
  deadlineMs: number | undefined,
): Promise<Look> {
  const { options, templatesDirectory } = settings;
  const [{ discovery, addresses, definitions }, templates] = await Promise.all([
    new MarathonSource(world, { ...places, ...(deadlineMs !== undefined && { deadlineMs }) }).discover(),
    loadTemplates(world.disk, { ...(templatesDirectory && { directory: templatesDirectory }), environment: env }),
  ]);
  const model = buildModel(discovery, options, { addresses, definitions, nowMs: world.clock.nowMs() });
  const { rendered, problems } = render(model, options, templates);
  return { source: discovery.source, model, rendered, problems: [...model.problems, ...problems] };
}
