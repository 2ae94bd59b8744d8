// Several Marathons or Chronoses of which one leads: each answers for the leader, if it finds it. One that hangs or is cut off must not
// keep a command waiting while another would answer at once.
import { baseUrl } from '../../client/master-addresses.ts';
import { type Net, NetError } from '../../world/net.ts';

const PATIENCE_MS = 1000;

/**
 * The same addresses, the leader's first, then those that answer for it, then the rest. At most a second, and no request
 * where there is nothing to choose. Never rejects.
 */
export async function leadingFirst(
  net: Pick<Net, 'request'>,
  addresses: readonly string[],
  /** Where each tells its leader. */
  path = '/v2/leader',
): Promise<readonly string[]> {
  if (addresses.length < 2) return addresses;
  const answering = new Set<string>();
  const leading = await new Promise<string | undefined>((resolve) => {
    const asked = addresses.map(async (address) => {
      const leader = await leaderBy(net, `${baseUrl(address)}${path}`);
      if (leader === undefined) return;
      answering.add(address);
      if (leader === new URL(baseUrl(address)).host) resolve(address);
    });
    void Promise.all(asked).then(() => resolve(undefined));
  });
  const rank = (address: string): number => (address === leading ? 0 : answering.has(address) ? 1 : 2);
  return addresses.toSorted((a, b) => rank(a) - rank(b));
}

/** `host:port`; undefined when it does not answer, or knows of none. */
async function leaderBy(net: Pick<Net, 'request'>, url: string): Promise<string | undefined> {
  try {
    const { status, body } = await net.request({ method: 'GET', url, timeoutMs: PATIENCE_MS });
    if (status !== 200) return undefined;
    const answer: unknown = JSON.parse(new TextDecoder().decode(body));
    const leader: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'leader') : undefined;
    return typeof leader === 'string' ? leader : undefined;
  } catch (error) {
    if (error instanceof NetError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
