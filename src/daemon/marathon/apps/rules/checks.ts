// Rules of health checks, generic checks and readiness checks (marathon.md 3.6, rules 5, 6, 8, 9, 33).
import type { App, HealthCheck } from '../../model/app.ts';
import type { Report } from '../input/report.ts';

const NO_SUCH_PORT = 'Health check port indices must address an element of the ports array or container port mappings.';
const NO_PORT = 'HealthCheck must specify either a port or a portIndex';

interface Target {
  readonly port?: number;
  readonly portIndex?: number;
}

/** Indices and names of ports must be there, and each check must go with engine and family. */
export function checkRules(app: App, report: Report): void {
  const ports = app.portDefinitions ?? app.container?.portMappings ?? [];
  for (const [i, check] of app.healthChecks.entries()) {
    if (check.protocol === 'COMMAND') continue;
    const error = targetError(check, ports.length);
    if (error !== undefined) report(['healthChecks', i], error);
    const isMesos = check.protocol.startsWith('MESOS_');
    if (check.ipProtocol === 'IPv6' && !(isMesos && app.container?.type === 'DOCKER'))
      report(
        ['healthChecks', i],
        'IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks',
      );
  }
  if (countOfMesosChecks(app.healthChecks) > 1) report([], 'AppDefinition can contain at most one Mesos health check');
  genericCheckRules(app, ports.length, report);
  readinessRules(app, new Set(ports.map(({ name }) => name)), report);
}

function targetError({ port, portIndex }: Target, portCount: number): string | undefined {
  if ((port === undefined) === (portIndex === undefined)) return NO_PORT;
  return portIndex !== undefined && portIndex >= portCount ? NO_SUCH_PORT : undefined;
}

/** Of several COMMAND checks only the first is used, so they count as one. */
function countOfMesosChecks(checks: readonly HealthCheck[]): number {
  const probes = checks.filter(({ protocol }) => protocol.startsWith('MESOS_')).length;
  return probes + (checks.some(({ protocol }) => protocol === 'COMMAND') ? 1 : 0);
}

function genericCheckRules({ check, container }: App, portCount: number, report: Report): void {
  if (check === undefined) return;
  if (container?.type === 'DOCKER') report([], "AppDefinition must not use 'checks' if using docker");
  const target = 'http' in check ? check.http : 'tcp' in check ? check.tcp : undefined;
  const error = target && targetError(target, portCount);
  if (error !== undefined) report(['check'], error);
}

function readinessRules(app: App, portNames: ReadonlySet<string | undefined>, report: Report): void {
  for (const [i, { portName, timeoutSeconds, intervalSeconds }] of app.readinessChecks.entries()) {
    if (!portNames.has(portName))
      report(['readinessChecks', i], `No port definition reference for portName ${portName}`);
    if (timeoutSeconds >= intervalSeconds)
      report(
        ['readinessChecks', i],
        `timeoutSeconds (${timeoutSeconds}) must be less than intervalSeconds, which is ${intervalSeconds}`,
      );
  }
}
