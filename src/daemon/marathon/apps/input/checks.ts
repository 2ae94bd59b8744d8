// Health checks, generic checks and readiness checks: from their JSON to the model, with their defaults (marathon.md 17).
import type { Check, HealthCheck, ReadinessCheck } from '../../model/app.ts';
import type { CheckShape, HealthCheckShape, ReadinessCheckShape } from './check-shapes.ts';
import type { Report } from './report.ts';

/** Those that can be read; what contradicts itself is reported at `/healthChecks(i)` (marathon.md 3.6, rule 7). */
export function healthChecksOf(shapes: readonly HealthCheckShape[], report: Report): HealthCheck[] {
  return shapes.flatMap((shape, i) => {
    const read = healthCheckOf(shape);
    if (typeof read !== 'string') return [read];
    report(['healthChecks', i], read);
    return [];
  });
}

/** What is wrong with it, if anything. */
function healthCheckOf(shape: HealthCheckShape): HealthCheck | string {
  const { protocol = 'HTTP', path, port, portIndex, command, ipProtocol = 'IPv4', ignoreHttp1xx } = shape;
  const times = {
    gracePeriodSeconds: shape.gracePeriodSeconds ?? 300,
    intervalSeconds: shape.intervalSeconds ?? 60,
    timeoutSeconds: shape.timeoutSeconds ?? 20,
    maxConsecutiveFailures: shape.maxConsecutiveFailures ?? 3,
    delaySeconds: shape.delaySeconds ?? 15,
  };
  const target = { ...(portIndex !== undefined && { portIndex }), ...(port !== undefined && { port }) };
  if (protocol === 'COMMAND') {
    if (command === undefined) return 'COMMAND health checks must have a command';
    if (path !== undefined || port !== undefined) return 'COMMAND health checks must not have a path or a port';
    return { protocol, command, ...target, ...times };
  }
  if (command !== undefined) return `${protocol} health checks must not have a command`;
  if (protocol === 'TCP' || protocol === 'MESOS_TCP') return { protocol, ipProtocol, ...target, ...times };
  return {
    protocol,
    ipProtocol,
    ...target,
    ...times,
    ...(path !== undefined && { path: path.startsWith('/') ? path : `/${path}` }),
    ...(ignoreHttp1xx !== undefined && { ignoreHttp1xx }),
  };
}

/** Undefined when it does not say what to do, which is reported. */
export function checkOf(shape: CheckShape, report: Report): Check | undefined {
  const { http, tcp, exec, intervalSeconds = 60, timeoutSeconds = 20, delaySeconds = 15 } = shape;
  const times = { intervalSeconds, timeoutSeconds, delaySeconds };
  const kinds = [http, tcp, exec].filter((kind) => kind !== undefined);
  if (kinds.length === 1) {
    if (http) return { http, ...times };
    if (tcp) return { tcp, ...times };
    if (exec) return { exec, ...times };
  }
  report(['check'], 'exactly one of http, tcp and exec must be given');
  return undefined;
}

/** With the defaults of marathon.md 17.6. */
export function readinessCheckOf(shape: ReadinessCheckShape): ReadinessCheck {
  const { httpStatusCodesForReady = [200] } = shape;
  return {
    name: shape.name ?? 'readinessCheck',
    protocol: shape.protocol ?? 'HTTP',
    path: shape.path ?? '/',
    portName: shape.portName ?? 'http-api',
    intervalSeconds: shape.intervalSeconds ?? 30,
    timeoutSeconds: shape.timeoutSeconds ?? 10,
    httpStatusCodesForReady: [...new Set(httpStatusCodesForReady)],
    preserveLastResponse: shape.preserveLastResponse ?? false,
  };
}
