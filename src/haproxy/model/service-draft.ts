// One service as its labels have it, before it is known what other services want (haproxy.md 2.5, 3, 17.2).

import { fine, type Verdict, wrong } from '../grammar/verdict.ts';
import { parseAuth, parsePath, parsePathWord, parseVirtualHosts } from '../grammar/web.ts';
import {
  parseBalance,
  parseBindAddress,
  parseFileIn,
  parseInteger,
  parseMode,
  parseNetworks,
  readsHttp,
} from '../grammar/words.ts';
import type { BalancedApp } from './balanced-app.ts';
import type { ModelContext } from './context.ts';
import { labelsOfPort } from './labels/app-labels.ts';
import { LabelReader } from './labels/label-reader.ts';
import { readRawLabels } from './labels/service-overrides.ts';
import type { Problem, Service } from './model.ts';
import type { BalancerOptions } from './options.ts';
import { asServiceCheck, findCheck } from './servers/service-check.ts';
import { ownPorts } from './whole/claims.ts';

/** Filled stage by stage: labels, claims, names, servers. */
export interface Draft {
  readonly app: BalancedApp;
  readonly service: { -readonly [K in keyof Service]: Service[K] };
  /** HEALTHCHECK_PORT_INDEX, where the check comes from there. */
  readonly checkIndex?: number;
}

const NO_OVERRIDES: ReadonlyMap<string, string> = new Map();
const NO_HOSTS: readonly string[] = [];
const NO_SERVERS: Service['servers'] = [];
const MOST_WEIGHT = 1_000_000;

/** Whether one of our groups wants the port, and it is not switched off (haproxy.md 2.5). */
export function isWanted(app: BalancedApp, portIndex: number, options: BalancerOptions): boolean {
  if (options.groups.includes('*')) return true;
  const text = labelsOfPort(app.labels, portIndex).get('GROUP') ?? app.labels.app.get('GROUP');
  if (text === undefined) return false;
  return options.groups.includes(text) || text.split(',').some((group) => options.groups.includes(group.trim()));
}

/** The draft, or undefined when the port is switched off or a label does not fit, which is told. */
export function draftService(
  app: BalancedApp,
  portIndex: number,
  servicePort: number,
  options: BalancerOptions,
  context: ModelContext,
  problems: Problem[],
): Draft | undefined {
  const labels = new LabelReader(app.id, portIndex, labelsOfPort(app.labels, portIndex), problems);
  if (!labels.truth('ENABLED', !options.strictMode)) return undefined;
  const virtualHosts = labels.typed('VHOST', parseVirtualHosts) ?? NO_HOSTS;
  const path = labels.typed('PATH', parsePath);
  const { mode, check, checkIndex } = readModeAndCheck(app, labels, portIndex, virtualHosts.length > 0, options);
  const auth = labels.typed('AUTH', parseAuth);
  const certificate = labels.typed('SSL_CERT', (text) => parseCertificate(text, options, context));
  const allowedNetworks = labels.typed('BACKEND_NETWORK_ALLOWED_ACL', parseNetworks);
  const proxyPassPath = labels.typed('HTTP_BACKEND_PROXYPASS_PATH', parsePathWord);
  const reverseProxyPath = labels.typed('HTTP_BACKEND_REVPROXY_PATH', parsePathWord);
  const redirectPath = labels.typed('HTTP_BACKEND_REDIR', parsePathWord);
  const redirectsToHttps = labels.truth('REDIRECT_TO_HTTPS', false) && options.bindsHttp && virtualHosts.length > 0;
  const service: Draft['service'] = {
    appId: app.id,
    portIndex,
    port: labels.typed('PORT', (text) => parsePort(text, options)) ?? servicePort,
    name: '',
    mode,
    bindAddress: labels.typed('BIND_ADDR', parseBindAddress) ?? '*',
    hasFrontend: labels.truth('EXPOSE_PORT', true),
    balance: readBalance(labels, mode),
    isSticky: readSticky(labels, mode),
    virtualHosts,
    hostAcl: '',
    appAcl: '',
    weight: readWeight(labels, path !== undefined),
    redirectsToHttps,
    usesHsts: labels.truth('USE_HSTS', false),
    servers: NO_SERVERS,
    overrides: NO_OVERRIDES,
  };
  if (path !== undefined && virtualHosts.length > 0) service.path = path;
  if (auth !== undefined) service.auth = auth;
  if (certificate !== undefined) service.certificate = certificate;
  if (allowedNetworks !== undefined) service.allowedNetworks = allowedNetworks;
  if (proxyPassPath !== undefined) service.proxyPassPath = proxyPassPath;
  if (reverseProxyPath !== undefined) service.reverseProxyPath = reverseProxyPath;
  if (redirectPath !== undefined) service.redirectPath = redirectPath;
  if (check !== undefined) service.healthCheck = check;
  checkTrafficWeight(app, labels);
  checkTogether(service, labels, options);
  const raw = readRawLabels(app, service, labels, options);
  service.overrides = raw.overrides;
  if (raw.bindOptions !== undefined) service.bindOptions = raw.bindOptions;
  if (labels.isUnfit) return undefined;
  return checkIndex === undefined ? { app, service } : { app, service, checkIndex };
}

/** Weight of those virtual-host rules that a map holds (haproxy.md 5.2, 6.9). */
const BY_MAP = -1;

/** Map look-ups know nothing of paths, passwords, redirects and sub-domains. Asked when the claims are settled. */
export function weightAmongRules(service: Service, options: BalancerOptions): number {
  const isPlain = service.path === undefined && service.auth === undefined && !service.redirectsToHttps;
  const isMapped = options.usesMaps && isPlain && service.virtualHosts.length > 0;
  return isMapped && !service.virtualHosts.some((host) => host.startsWith('*')) ? BY_MAP : service.weight;
}

/** haproxy.md 3.2 for `strictCompat`, else 3.3; and the check, which the one asks before the mode and the other after. */
function readModeAndCheck(
  app: BalancedApp,
  labels: LabelReader,
  portIndex: number,
  hasHosts: boolean,
  options: BalancerOptions,
): { mode: Service['mode']; check?: Service['healthCheck']; checkIndex?: number } {
  const own = findCheck(app.lead, portIndex, options);
  const label = labels.typed('BACKEND_HEALTHCHECK_PORT_INDEX', (text) => parseInteger(text, 0, 9999));
  const checkIndex = own === undefined ? label : undefined;
  const check = own ?? (checkIndex === undefined ? undefined : findCheck(app.lead, checkIndex, options));
  const wanted = labels.typed('MODE', parseMode);
  let mode = wanted;
  if (options.strictCompat) {
    if (mode === undefined && own?.protocol === 'HTTP') mode = 'http';
    if (own === undefined && /^(?:MESOS_)?HTTPS?$/.test(check?.protocol ?? '')) mode = 'http';
    mode ??= hasHosts ? 'http' : 'tcp';
  }
  mode ??= hasHosts || check?.protocol === 'HTTP' || check?.protocol === 'MESOS_HTTP' ? 'http' : 'tcp';
  if (mode === 'tcp' && hasHosts && options.bindsHttp) {
    labels.leaveOut('MODE', 'tcp does not go with a VHOST, which is served over http; remove one of the two labels');
  }
  if (check === undefined) return { mode };
  const where = `healthChecks[${app.lead.healthChecks.indexOf(check)}]`;
  return {
    mode,
    check: asServiceCheck(check, mode, options, (message) => labels.change(where, message)),
    ...(checkIndex === undefined ? {} : { checkIndex }),
  };
}

function parsePort(text: string, options: BalancerOptions): Verdict<number> {
  const port = parseInteger(text, 1, 65_535);
  if (!port.ok || !ownPorts(options).has(port.value)) return port;
  return wrong('is a port of the balancer itself; choose another');
}

/** Inside the certificate directory as it is written, and after links were resolved where that is known. */
function parseCertificate(text: string, options: BalancerOptions, context: ModelContext): Verdict<string> {
  const directory = options.certificatesDirectory;
  const path = parseFileIn(directory, text);
  if (!path.ok || context.realPaths === undefined) return path;
  const real = context.realPaths.get(path.value);
  if (real === undefined) return wrong('does not exist');
  const inside = parseFileIn(context.realPaths.get(directory) ?? directory, real);
  return inside.ok ? fine(path.value) : wrong(`leads out of ${directory}`);
}

/** With PATH an explicit 0 is 1 too (haproxy.md 3). */
function readWeight(labels: LabelReader, hasPath: boolean): number {
  const weight = labels.typed('BACKEND_WEIGHT', (text) => parseInteger(text, 0, MOST_WEIGHT)) ?? 0;
  return weight === 0 && hasPath ? 1 : weight;
}

function readBalance(labels: LabelReader, mode: Service['mode']): string {
  const balance = labels.typed('BALANCE', parseBalance) ?? 'roundrobin';
  if (mode === 'http' || !readsHttp(balance)) return balance;
  labels.change('BALANCE', 'looks into requests, which tcp mode does not have; roundrobin is taken (or set MODE http)');
  return 'roundrobin';
}

function readSticky(labels: LabelReader, mode: Service['mode']): boolean {
  const isSticky = labels.truth('STICKY', false);
  if (!isSticky || mode === 'http') return isSticky;
  labels.change('STICKY', 'needs cookies, which tcp mode does not have; use BALANCE source instead');
  return false;
}

/** Of every colour's own; which of them a server gets is found with the server. */
function checkTrafficWeight(app: BalancedApp, labels: LabelReader): void {
  labels.typed('TRAFFIC_WEIGHT', parseTrafficWeight);
  for (const member of app.members) {
    if (member.app === app.lead) continue;
    const text = labelsOfPort(member.labels, labels.portIndex).get('TRAFFIC_WEIGHT');
    const weight = text === undefined ? undefined : parseTrafficWeight(text);
    if (weight?.ok === false) labels.change('TRAFFIC_WEIGHT', `of ${member.app.id} ${weight.why}; it is ignored`);
  }
  if (app.colours === undefined && labels.has('TRAFFIC_WEIGHT')) {
    labels.warn('TRAFFIC_WEIGHT', 'splits traffic between the apps of a deployment group, and this app is alone');
  }
}

function parseTrafficWeight(text: string): Verdict<number> {
  return parseInteger(text, 0, 256);
}

/** Labels that mean nothing without others. A password that would not be asked for is no trifle. */
function checkTogether(service: Draft['service'], labels: LabelReader, options: BalancerOptions): void {
  const hasHosts = service.virtualHosts.length > 0;
  if (service.mode === 'tcp') {
    if (labels.has('AUTH')) {
      labels.leaveOut(
        'AUTH',
        'cannot be asked for in tcp mode; set MODE http, or remove the label to serve without password',
      );
    }
    for (const name of HTTP_ONLY) if (labels.has(name)) labels.warn(name, 'means nothing in tcp mode; set MODE http');
    service.usesHsts = false;
  }
  if (!hasHosts && !labels.isUnfit) {
    if (labels.has('PATH')) labels.warn('PATH', 'needs VHOST beside it, and is ignored');
    if (labels.has('REDIRECT_TO_HTTPS')) labels.warn('REDIRECT_TO_HTTPS', 'needs VHOST beside it, and is ignored');
  }
  if (hasHosts && !service.hasFrontend && !options.bindsHttp) {
    labels.warn('EXPOSE_PORT', 'leaves no way in, because this balancer does not serve 80 and 443');
  }
}

const HTTP_ONLY: readonly string[] = [
  'USE_HSTS',
  'HTTP_BACKEND_PROXYPASS_PATH',
  'HTTP_BACKEND_REVPROXY_PATH',
  'HTTP_BACKEND_REDIR',
];
