// Where watch shows config, maps, pids and metrics (haproxy.md 15).
import { dirname, join } from 'node:path';
import { maskSecrets } from '../../../haproxy/render/secrets.ts';
import { metricsText } from '../../../haproxy/watch/metrics.ts';
import { pages } from '../../../haproxy/watch/pages.ts';
import type { Watch } from '../../../haproxy/watch/watch.ts';
import { workerPids } from '../../../haproxy/watch/worker-pids.ts';
import { type Listener, NetError } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { readState } from '../looking/read-state.ts';
import type { Given } from '../settings/given.ts';
import { readSecret } from '../settings/read-file.ts';
import { addressOf, type BalancerSettings } from '../settings/settings.ts';
import { figuresOf } from './metrics-file.ts';

const DEFAULT_LISTEN = '127.0.0.1:9092';
const MAX_BODY_BYTES = 4096;

/** Undefined for --listen off. Throws Problem when nobody can listen there. */
export async function servePages(
  world: World,
  given: Given,
  settings: BalancerSettings,
  watch: Pick<Watch, 'isConnected' | 'turnNow' | 'reloadNow'>,
): Promise<{ readonly url: string; close(): Promise<void> } | undefined> {
  const address = given.text('listen') === 'off' ? undefined : (addressOf(given, 'listen') ?? DEFAULT_LISTEN);
  if (address === undefined) return undefined;
  const { configPath, runtimeSocket } = settings.options;
  const tokenFile = given.word('signal-token-file');
  const token = tokenFile === undefined ? undefined : readSecret(tokenFile, given.sourceOf('signal-token-file'));
  const read = async (path: string): Promise<string> =>
    (await world.disk.stat(path)) === undefined ? '' : world.disk.readText(path);
  const handler = pages({
    config: async () => maskSecrets(await read(configPath)),
    map: (name) => read(join(dirname(configPath), name)),
    pids: () => workerPids(world.net, { master: given.word('master-socket'), runtime: runtimeSocket }),
    metrics: async () => metricsText(figuresOf(await readState(world, settings), watch.isConnected)),
    turnNow: () => watch.turnNow(),
    reloadNow: () => watch.reloadNow(),
    ...(token !== undefined && { signalToken: token }),
  });
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  try {
    const listener: Listener = await world.net.listen({
      host: host === '*' || host === '' ? '0.0.0.0' : host.replace(/^\[|\]$/g, ''),
      port: Number(port),
      handler,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    return { url: `http://${address}`, close: () => listener.close() };
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw new Problem(
      error.code === 'in-use' ? EXIT.conflict : EXIT.failed,
      { what: 'watch cannot show its pages.', why: error.message, next: '--listen <address:port>, or --listen off' },
      { cause: error },
    );
  }
}
