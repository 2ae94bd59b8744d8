// One GET for a check, as curl does it: redirects are followed, certificates not looked at, the body is read to its end and
// thrown away, all within one time limit (mesos-semantics.md 9.3).
import { type ClientStream, type Net, NetError } from '../../../../world/net.ts';
import type { Clock } from '../../../../world/world.ts';

/** As many as curl follows. */
export const MAX_REDIRECTS = 50;
/** What Net takes for "no limit". */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The status of the last answer. Throws NetError when there was no complete one in time. */
export async function getStatus(world: { net: Net; clock: Clock }, url: string, timeoutMs: number): Promise<number> {
  const deadlineMs = world.clock.monotonicMs() + Math.min(timeoutMs, LONGEST_WAIT_MS);
  const leftMs = (): number => {
    const left = deadlineMs - world.clock.monotonicMs();
    if (left <= 0) throw new NetError('timeout', `GET ${url}: no answer within ${timeoutMs} ms`);
    return left;
  };
  let target = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    // A connection of its own each time: one kept from before would tell nothing of whether there can be a new one.
    const stream = await world.net.openStream({
      method: 'GET',
      url: target,
      headers: { accept: '*/*' },
      insecureTls: true,
      timeoutMs: leftMs(),
    });
    const { location } = stream.headers;
    if (!REDIRECTS.has(stream.status) || location === undefined) {
      await readToEnd(world.clock, stream, leftMs());
      return stream.status;
    }
    stream.close();
    target = redirected(target, location);
  }
  throw new NetError('broken', `GET ${url}: more than ${MAX_REDIRECTS} redirects`);
}

function redirected(from: string, location: string): string {
  const target = URL.parse(location, from);
  if (target?.protocol === 'http:' || target?.protocol === 'https:') return target.href;
  throw new NetError('broken', `GET ${from}: redirects to '${location}'`);
}

function readToEnd(clock: Clock, stream: ClientStream, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(timeoutMs, () => {
      stream.close();
      reject(new NetError('timeout', 'the answer did not end in time'));
    });
    // Without a reader nothing would come, not even the end.
    stream.onChunk(() => undefined);
    stream.onEnd((error) => {
      timer.cancel();
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}
