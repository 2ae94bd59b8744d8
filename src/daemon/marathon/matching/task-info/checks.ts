// Checks that the agent runs: the first health check of its family, and the general check (marathon.md 17.4, 17.5).
import type { CheckInfo, CommandInfo, HealthCheck as HealthCheckInfo } from '../../../../mesos/generated/v1.ts';
import type { App, HealthCheck } from '../../model/app.ts';
import type { TaskPort } from './task-ports.ts';

/** Undefined when Marathon itself probes, or nobody does. */
export function healthCheckOf(app: App, ports: readonly TaskPort[]): HealthCheckInfo | undefined {
  for (const check of app.healthChecks) {
    const what = target(check, ports);
    if (what === undefined) continue;
    return {
      ...what,
      delay_seconds: check.delaySeconds,
      interval_seconds: check.intervalSeconds,
      timeout_seconds: check.timeoutSeconds,
      consecutive_failures: check.maxConsecutiveFailures,
      grace_period_seconds: check.gracePeriodSeconds,
    };
  }
  return undefined;
}

function target(check: HealthCheck, ports: readonly TaskPort[]): HealthCheckInfo | undefined {
  switch (check.protocol) {
    case 'COMMAND':
      return { type: 'COMMAND', command: { shell: true, value: check.command.value } };
    case 'MESOS_TCP':
      return { type: 'TCP', tcp: { port: portOf(check, ports), ...protocolOf(check) } };
    case 'MESOS_HTTP':
    case 'MESOS_HTTPS':
      return {
        type: 'HTTP',
        http: {
          scheme: check.protocol === 'MESOS_HTTP' ? 'http' : 'https',
          port: portOf(check, ports),
          path: pathOf(check.path),
          ...protocolOf(check),
        },
      };
    case 'HTTP':
    case 'HTTPS':
    case 'TCP':
      return undefined;
  }
}

function protocolOf({ ipProtocol }: { readonly ipProtocol?: 'IPv4' | 'IPv6' }) {
  return ipProtocol === 'IPv6' ? { protocol: ipProtocol } : {};
}

/** Undefined when the app has none. */
export function checkOf({ check }: App, ports: readonly TaskPort[]): CheckInfo | undefined {
  if (check === undefined) return undefined;
  const times = {
    delay_seconds: check.delaySeconds,
    interval_seconds: check.intervalSeconds,
    timeout_seconds: check.timeoutSeconds,
  };
  if ('http' in check)
    return { type: 'HTTP', http: { port: portOf(check.http, ports), path: pathOf(check.http.path) }, ...times };
  if ('tcp' in check) return { type: 'TCP', tcp: { port: portOf(check.tcp, ports) }, ...times };
  const { command } = check.exec;
  const info: CommandInfo =
    'shell' in command
      ? { shell: true, value: command.shell }
      : {
          shell: false,
          ...(command.argv[0] !== undefined && { value: command.argv[0] }),
          arguments: [...command.argv],
        };
  return { type: 'COMMAND', command: { command: info }, ...times };
}

/** Where the agent finds it, which looks from inside the container. */
function portOf(target: { readonly port?: number; readonly portIndex?: number }, ports: readonly TaskPort[]): number {
  if (target.port !== undefined) return target.port;
  const port = ports[target.portIndex ?? 0];
  return port?.containerPort ?? port?.hostPort ?? 0;
}

function pathOf(path: string | undefined): string {
  return path === undefined ? '/' : path.startsWith('/') ? path : `/${path}`;
}
