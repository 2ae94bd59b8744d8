// Probes over HTTP and TCP of tasks in a network of their own: the loopback address that is asked is theirs
// (mesos-semantics.md 9.3), and only another process can be in there. So curl asks, as the original's, and bash connects.
import { ProcessError, type ToolResult } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';
import type { Outcome } from './outcome.ts';
import { MAX_REDIRECTS } from './probe-http.ts';

const ADMIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** Of what a tool says. */
const MAX_OUTPUT_BYTES = 4_096;
const REFUSED = 1;

/** `namespace`: path of the network namespace. */
export async function getInside(
  world: Pick<World, 'processes'>,
  namespace: string,
  url: string,
  timeoutMs: number,
): Promise<Outcome> {
  const limitMs = Math.min(timeoutMs, LONGEST_WAIT_MS);
  // Nothing of the machine's own settings, and no other scheme, also where a task redirects us to.
  const safely = ['--disable', '--globoff', '--noproxy', '*', '--proto', '=http,https', '--insecure', '--silent'];
  const following = ['--location', '--max-redirs', String(MAX_REDIRECTS)];
  const telling = ['--show-error', '--output', '/dev/null', '--write-out', '%{http_code}', '--header', 'Accept: */*'];
  const argv = ['curl', ...safely, ...following, ...telling, '--url', url] as const;
  return inside(world, namespace, argv, limitMs, ({ exitCode, stdout }) =>
    exitCode === 0 && /^[1-9]\d\d$/.test(stdout)
      ? { kind: 'result', status: { type: 'HTTP', http: { status_code: Number(stdout) } } }
      : undefined,
  );
}

/** As `getInside`. */
export async function connectInside(
  world: Pick<World, 'processes'>,
  namespace: string,
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<Outcome> {
  const limitMs = Math.min(timeoutMs, LONGEST_WAIT_MS);
  const argv = ['bash', '--norc', '-c', 'exec 3<>"/dev/tcp/$0/$1"', host, String(port)] as const;
  return inside(world, namespace, argv, limitMs, ({ exitCode }) =>
    exitCode === 0 || exitCode === REFUSED
      ? { kind: 'result', status: { type: 'TCP', tcp: { succeeded: exitCode === 0 } } }
      : undefined,
  );
}

async function inside(
  { processes }: Pick<World, 'processes'>,
  namespace: string,
  argv: readonly string[],
  limitMs: number,
  read: (result: ToolResult) => Outcome | undefined,
): Promise<Outcome> {
  let result: ToolResult;
  try {
    result = await processes.run({
      argv: ['nsenter', `--net=${namespace}`, '--', ...argv],
      env: { PATH: ADMIN_PATH },
      timeoutMs: limitMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    });
  } catch (cause) {
    if (!(cause instanceof ProcessError)) throw cause;
    return { kind: 'not-run', why: cause.message };
  }
  if (result.timedOut) return { kind: 'error', why: `no answer within ${limitMs} ms` };
  const seen = read(result);
  if (seen !== undefined) return seen;
  return { kind: 'error', why: result.stderr.trim() || `${argv[0]} ended with ${result.exitCode ?? result.signal}` };
}
