// What was given, as the stages take it.
import { existsSync } from 'node:fs';
import { type BalancerOptions, DEFAULT_OPTIONS } from '../../../haproxy/model/options.ts';
import type { Given } from './given.ts';
import { readPolicy } from './policy.ts';
import { rawLabelsOf } from './raw-labels.ts';
import { isOpenToAll, readCredentials } from './read-file.ts';
import type { SettingName } from './table.ts';

export const DEFAULT_STATE_DIRECTORY = '/var/lib/mctl-haproxy';
const SYSTEM_LOG = '/dev/log';

/** What every stage but the fetch needs. */
export interface BalancerSettings {
  readonly options: BalancerOptions;
  readonly templatesDirectory: string | undefined;
  readonly stateDirectory: string;
  /** Things an operator may not expect, one line each. */
  readonly notes: readonly string[];
}

/** Throws Problem `usage`. */
export function balancerSettings(given: Given): BalancerSettings {
  const options: BalancerOptions = {
    ...DEFAULT_OPTIONS,
    ...servicesOf(given),
    ...configOf(given),
    ...certificatesOf(given),
  };
  refuseSharedPort(given, options);
  const notes = [...openSecrets(given)];
  if (options.groups.length === 0) {
    notes.push(
      'No --group was given: nothing is served. --group "*" serves every app, --group external those of that group.',
    );
  }
  return {
    options,
    templatesDirectory: given.word('templates-dir'),
    stateDirectory: given.word('state-dir') ?? DEFAULT_STATE_DIRECTORY,
    notes,
  };
}

function servicesOf(given: Given): Partial<BalancerOptions> {
  const isCompat = given.isOn('strict-compat');
  const health =
    given.choice('health', ['all', 'any']) ?? (given.isOn('health-check') ? (isCompat ? 'any' : 'all') : undefined);
  const policyFile = given.word('policy');
  const ownAppId = given.text('framework-name')?.replace(/^\/+/, '');
  const rawDirectories = given.list('raw-label-dir');
  const style = given.choice('style', ['marathon-lb', 'bridge'] as const);
  return {
    // The older bridge knows no labels: it serves everything.
    groups: given.list('group') ?? (style === 'bridge' ? ['*'] : []),
    strictMode: given.isOn('strict-mode'),
    strictCompat: isCompat,
    ...(health !== undefined && { health }),
    omitsEmpty: given.isOn('omit-empty', isCompat),
    usesMaps: given.isOn('haproxy-map'),
    // The bridge's style has service ports only, and so 80 is one like any other.
    bindsHttp: style !== 'bridge' && !given.isOn('dont-bind-http-https'),
    appIdPort: style === 'bridge' ? 'none' : (numberOrNone(given, 'app-id-port', 65_535) ?? DEFAULT_OPTIONS.appIdPort),
    alpn: alpnOf(given),
    groupsHttpsByVirtualHost: given.isOn('group-https-by-vhost'),
    certificatesDirectory: given.word('certs-dir') ?? DEFAULT_OPTIONS.certificatesDirectory,
    rawLabels: rawLabelsOf(given),
    ...(rawDirectories !== undefined && { rawLabelDirectories: rawDirectories }),
    ...(policyFile !== undefined && { policy: readPolicy(policyFile, given.sourceOf('policy')) }),
    commandChecks: given.choice('command-checks', ['none', 'tcp']) ?? DEFAULT_OPTIONS.commandChecks,
    ...(ownAppId !== undefined && { ownAppId }),
    ipPerTaskPorts: portsOf(given),
  };
}

function configOf(given: Given): Partial<BalancerOptions> {
  const statsAuth = given.word('stats-auth-file');
  const logsTo = given.word('haproxy-log') ?? (existsSync(SYSTEM_LOG) ? SYSTEM_LOG : 'none');
  const stateFile = given.word('server-state-file');
  return {
    style: given.choice('style', ['marathon-lb', 'bridge']) ?? DEFAULT_OPTIONS.style,
    statsBind: addressOf(given, 'stats-bind') ?? DEFAULT_OPTIONS.statsBind,
    ...(statsAuth !== undefined && { statsAuth: readCredentials(statsAuth, given.sourceOf('stats-auth-file')) }),
    hardStopAfter: hardStopOf(given),
    maxReloads: numberOrNone(given, 'mworker-max-reloads', 10_000) ?? DEFAULT_OPTIONS.maxReloads,
    ...(stateFile !== undefined && stateFile !== 'none' && { serverStateFile: stateFile }),
    retriesRequests: given.isOn('retry-requests', DEFAULT_OPTIONS.retriesRequests),
    defaultOptions: defaultOptionsOf(given),
    configPath: given.word('haproxy-config') ?? DEFAULT_OPTIONS.configPath,
    runtimeSocket: given.word('runtime-socket') ?? DEFAULT_OPTIONS.runtimeSocket,
    maxConnections: given.integer('maxconn', 1, 10_000_000) ?? DEFAULT_OPTIONS.maxConnections,
    ...(logsTo !== 'none' && { logsTo }),
  };
}

/** `address:port`. Throws Problem `usage`. */
export function addressOf(given: Given, name: SettingName): string | undefined {
  const text = given.text(name);
  if (text === undefined) return undefined;
  const port = Number(/:(\d{1,5})$/.exec(text)?.[1]);
  if (!/^(\*|[\w.-]*|\[[0-9A-Fa-f:.]+\]):\d+$/.test(text) || !(port >= 1 && port <= 65_535)) {
    throw given.wrong(name, 'Write address:port, such as 127.0.0.1:9090.');
  }
  return text;
}

function certificatesOf(given: Given): Pick<BalancerOptions, 'certificates' | 'missingCertificates'> {
  const said = given.list('ssl-certs');
  if (said !== undefined) return { certificates: said.length === 1 && said[0] === 'none' ? [] : said };
  const { certificates } = DEFAULT_OPTIONS;
  return certificates.every((path) => existsSync(path))
    ? { certificates }
    : { certificates: [], missingCertificates: certificates };
}

/** Of what the balancer itself listens on. */
function refuseSharedPort(given: Given, { appIdPort, bindsHttp, statsBind }: BalancerOptions): void {
  if (appIdPort === 'none') return;
  const others = [...(bindsHttp ? ['80', '443'] : []), /\d+$/.exec(statsBind)?.[0]];
  if (!others.includes(String(appIdPort))) return;
  const [name, value] = given.has('app-id-port')
    ? (['app-id-port', 'none'] as const)
    : (['stats-bind', '--app-id-port none'] as const);
  throw given.wrong(name, `The balancer listens on port ${appIdPort} for something else. Choose another, or ${value}.`);
}

function numberOrNone(given: Given, name: SettingName, most: number): number | 'none' | undefined {
  return given.text(name) === 'none' ? 'none' : given.integer(name, 1, most);
}

function alpnOf(given: Given): readonly string[] {
  const names = given.list('alpn') ?? DEFAULT_OPTIONS.alpn;
  if (!names.every((name) => /^[a-z0-9][a-z0-9./-]{0,20}$/.test(name))) {
    throw given.wrong('alpn', 'These are names of protocols: h2, http/1.1.');
  }
  return names;
}

const SECRETS = ['marathon-auth-credential-file', 'token-file', 'stats-auth-file', 'signal-token-file'] as const;

/** Files are asked for because command lines are seen by everyone; so must they not be. */
function openSecrets(given: Given): string[] {
  return SECRETS.flatMap((name) => {
    const path = given.word(name);
    if (path === undefined || !isOpenToAll(path)) return [];
    return [`${given.sourceOf(name)}: everyone on the machine can read ${path}. Try: chmod o-rwx ${path}`];
  });
}

function portsOf(given: Given): readonly [number, number] {
  const [first, last] = DEFAULT_OPTIONS.ipPerTaskPorts;
  const from = given.integer('min-serv-port-ip-per-task', 1, 65_535) ?? first;
  const to = given.integer('max-serv-port-ip-per-task', 1, 65_535) ?? Math.max(from, last);
  if (from > to) throw given.wrong('max-serv-port-ip-per-task', `It is below the first port, ${from}.`);
  return [from, to];
}

function hardStopOf(given: Given): string {
  const text = given.text('hard-stop-after') ?? DEFAULT_OPTIONS.hardStopAfter;
  if (!/^\d{1,9}(us|ms|s|m|h|d)$/.test(text)) throw given.wrong('hard-stop-after', 'Write 30s, 10m or 1h.');
  return text;
}

function defaultOptionsOf(given: Given): readonly string[] {
  const names = given.list('global-default-options') ?? DEFAULT_OPTIONS.defaultOptions;
  if (!names.every((name) => /^[a-z][a-z0-9-]*$/.test(name))) {
    throw given.wrong('global-default-options', 'These are names of HAProxy options: redispatch, http-server-close, …');
  }
  return names;
}
