// The health check of a service, from those of its app (haproxy.md 7.1 to 7.7).
import type { DiscoveredDefinition, DiscoveredHealthCheck } from '../../discovery/discovered.ts';
import { parseCheckPath } from '../../grammar/web.ts';
import type { Service, ServiceHealthCheck } from '../model.ts';
import type { BalancerOptions } from '../options.ts';

type CheckRules = Pick<BalancerOptions, 'strictCompat' | 'commandChecks'>;

/** Those of HTTP make HAProxy ask; those of TCP connect only. */
const KINDS: Readonly<Record<string, ServiceHealthCheck['kind']>> = {
  TCP: 'tcp',
  MESOS_TCP: 'tcp',
  HTTP: 'http',
  MESOS_HTTP: 'http',
  HTTPS: 'https',
  MESOS_HTTPS: 'https',
};

/** The check of service port n: the first with a port of its own or that portIndex (haproxy.md 7.1, 7.6). */
export function findCheck(
  definition: DiscoveredDefinition,
  portIndex: number,
  rules: CheckRules,
): DiscoveredHealthCheck | undefined {
  return definition.healthChecks.find((check) => {
    if (check.port === undefined && check.portIndex !== portIndex) return false;
    return check.protocol !== 'COMMAND' || rules.commandChecks === 'tcp' || rules.strictCompat;
  });
}

/** The check as HAProxy does it in that mode. `tell` hears what could not be taken as it was. */
export function asServiceCheck(
  check: DiscoveredHealthCheck,
  mode: Service['mode'],
  rules: CheckRules,
  tell: (message: string) => void,
): ServiceHealthCheck {
  const path = parseCheckPath(check.path ?? '/');
  const kind = kindOf(check, mode, rules, tell);
  if (kind !== 'tcp' && !path.ok) tell(`the path ${path.why}; the check only connects`);
  const made: { -readonly [K in keyof ServiceHealthCheck]: ServiceHealthCheck[K] } = {
    kind: path.ok ? kind : 'tcp',
    path: path.ok ? path.value : '/',
    intervalSeconds: check.intervalSeconds,
    timeoutSeconds: check.timeoutSeconds,
    gracePeriodSeconds: check.gracePeriodSeconds,
    maxConsecutiveFailures: check.maxConsecutiveFailures,
    protocol: isProtocol(check.protocol) ? check.protocol : 'TCP',
  };
  if (check.portIndex !== undefined) made.portIndex = check.portIndex;
  if (check.port !== undefined) made.port = check.port;
  return made;
}

function kindOf(
  check: DiscoveredHealthCheck,
  mode: Service['mode'],
  rules: CheckRules,
  tell: (message: string) => void,
): ServiceHealthCheck['kind'] {
  if (mode === 'tcp') return 'tcp';
  if (check.protocol === 'COMMAND') return rules.strictCompat ? 'http' : 'tcp';
  if (!isProtocol(check.protocol)) {
    tell('the protocol is none of Marathon’s; the check only connects');
    return 'tcp';
  }
  const kind = KINDS[check.protocol] ?? 'tcp';
  // The original asks TLS ports without TLS, and finds all of them down (haproxy.md 7.7).
  return kind === 'https' && rules.strictCompat ? 'http' : kind;
}

function isProtocol(text: string): boolean {
  return text === 'COMMAND' || Object.hasOwn(KINDS, text);
}

/** Whether servers checked for one would pass for the other; times and ports do not matter. */
export function asksTheSame(a: ServiceHealthCheck, b: ServiceHealthCheck): boolean {
  return a.kind === b.kind && (a.kind === 'tcp' || a.path === b.path);
}
