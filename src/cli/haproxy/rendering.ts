// What Marathon says, rendered, without anything being applied: for `render` and `diff`.
import type { Discovery } from '../../haproxy/discovery/discovered.ts';
import { readApps } from '../../haproxy/discovery/read-apps.ts';
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
): Promise<Look> {
  const { options, templatesDirectory } = settings;
  const [discovery, templates] = await Promise.all([
    discover(world, places),
    loadTemplates(world.disk, { ...(templatesDirectory && { directory: templatesDirectory }), environment: env }),
  ]);
  const addresses = await lookUp(world, discovery);
  const model = buildModel(discovery, options, { addresses });
  const { rendered, problems } = render(model, options, templates);
  return { source: discovery.source, model, rendered, problems: [...model.problems, ...problems] };
}

async function discover(world: World, { marathons, headers }: MarathonPlaces): Promise<Discovery> {
  const [marathon = ''] = marathons;
  const { body } = await world.net.request({
    method: 'GET',
    url: `${marathon}/v2/apps?embed=apps.tasks`,
    headers: { accept: 'application/json', ...headers },
  });
  return readApps(JSON.parse(new TextDecoder().decode(body)), marathon);
}

async function lookUp(world: World, { apps }: Discovery): Promise<ReadonlyMap<string, string>> {
  const hosts = new Set(apps.flatMap(({ tasks }) => tasks.map(({ host }) => host)));
  return new Map(
    await Promise.all([...hosts].map(async (host): Promise<[string, string]> => [host, await world.host.lookup(host)])),
  );
}
