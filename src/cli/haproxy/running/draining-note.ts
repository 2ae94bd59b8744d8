// Servers drain before their tasks end only where Marathon tells that they are about to (haproxy.md 2.4.5), which it does not
// unless it was started for it. Said where a person listens: by cron's runs it is not even asked.
import type { MarathonPlaces } from '../../../haproxy/watch/stream-keeper.ts';
import { NetError } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import type { Terminal } from '../../output/terminal.ts';
import type { BalancerSettings } from '../settings/settings.ts';

const TIMEOUT_MS = 2_000;
const FEATURE = 'task_killing';

/** Says it if it is so. Never throws: that it cannot be known is no trouble of the balancer. */
export async function tellOfDraining(
  { net }: Pick<World, 'net'>,
  { options }: Pick<BalancerSettings, 'options'>,
  { marathons, headers, insecureTls }: MarathonPlaces,
  terminal: Pick<Terminal, 'say'>,
): Promise<void> {
  if (options.style === 'bridge') return;
  for (const marathon of marathons) {
    const features = await featuresOf(net, { url: `${marathon}/v2/info`, headers, insecureTls });
    if (features === undefined) continue;
    if (!features.includes(FEATURE)) terminal.say(noteOn(marathon));
    return;
  }
}

function noteOn(marathon: string): string {
  return (
    `${marathon} does not tell of tasks that are about to end: no server drains before its task ends. ` +
    `Start Marathon with --enable_features=${FEATURE}.`
  );
}

async function featuresOf(
  net: World['net'],
  request: Pick<Parameters<World['net']['request']>[0], 'url' | 'headers' | 'insecureTls'>,
): Promise<readonly unknown[] | undefined> {
  try {
    const { status, body } = await net.request({ ...request, method: 'GET', timeoutMs: TIMEOUT_MS });
    if (status !== 200) return undefined;
    const info: unknown = JSON.parse(new TextDecoder().decode(body));
    const features = memberOf(memberOf(info, 'marathon_config'), 'features');
    return Array.isArray(features) ? features : undefined;
  } catch (error) {
    if (error instanceof NetError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
