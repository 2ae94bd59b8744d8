// One service as its labels have it, before it is known what other services want (haproxy.md 2.5, 3, 17.2).
import { parseAuth, parsePath, parsePathWord, parseVirtualHosts } from '../grammar/web.ts';
import { parseBindAddress, parseNetworks } from '../grammar/words.ts';
import type { BalancedApp } from './balanced-app.ts';
import type { ModelContext } from './context.ts';
import { labelsOfPort } from './labels/app-labels.ts';
import { LabelReader } from './labels/label-reader.ts';
import { checkTogether } from './labels/labels-together.ts';
import { readModeAndCheck } from './labels/mode-and-check.ts';
import { readRawLabels } from './labels/service-overrides.ts';
import {
  checkTrafficWeight,
  parseCertificate,
  parsePort,
  readBalance,
  readSticky,
  readWeight,
} from './labels/service-values.ts';
import type { Problem, Service } from './model.ts';
import type { BalancerOptions } from './options.ts';

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

/** Whether one of our groups wants the port (haproxy.md 2.5.1). */
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
