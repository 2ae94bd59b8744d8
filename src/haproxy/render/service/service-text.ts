// Everything that one service adds to the file. Depends on nothing but the service, the options and the templates, and is
// kept for them: what did not change is not rendered again.
import type { Problem, Service } from '../../model/model.ts';
import type { RawTextRules } from '../../model/raw-labels.ts';
import { TemplateError } from '../templates/template.ts';
import type { Templates } from '../templates/templates.ts';
import { addressWord, configWord } from '../words.ts';
import { backendLines } from './backend.ts';
import { type Lines, LineWriter, NO_LINES, ServiceTemplates, UnrenderableError } from './service-templates.ts';
import { RULE_TEMPLATES, type VirtualHostRule, virtualHostRules } from './virtual-host-rules.ts';

/** Parts by where in the file they go. */
export interface ServiceText {
  readonly service: Service;
  readonly userlist: Lines;
  /** Empty without virtual hosts, and where the map serves them. */
  readonly rules: readonly VirtualHostRule[];
  readonly isMapped: boolean;
  readonly redirects: boolean;
  /** For the frontend that goes by app id; empty unless http. */
  readonly appIdRule: Lines;
  readonly frontend: Lines;
  readonly backend: Lines;
  readonly warnings: readonly Problem[];
}

/** What of the options matters to a service. */
export interface ServiceSetting {
  readonly templates: Templates;
  readonly bindsHttp: boolean;
  readonly bindsHttps: boolean;
  readonly usesMaps: boolean;
  readonly retriesRequests: boolean;
  /** What labels that replace templates may say, filled. */
  readonly rawText: RawTextRules;
}

/** The problem instead, when the service cannot be rendered. */
export function serviceText(service: Service, setting: ServiceSetting): ServiceText | Problem {
  if (service.auth !== undefined && service.mode === 'tcp') {
    // Left open it would be what its owner wanted to prevent.
    return leftOut(service, 'AUTH', 'a password can be asked for in http mode only; set MODE to http or remove AUTH');
  }
  const templates = new ServiceTemplates(service, setting.templates, setting.rawText);
  try {
    const isMapped = isServedByMap(service, setting);
    const redirects = service.redirectsToHttps && setting.bindsHttps;
    return {
      service,
      userlist: userlist(service, templates),
      rules: setting.bindsHttp && !isMapped ? virtualHostRules(service, templates, redirects) : [],
      isMapped,
      redirects: redirects && service.virtualHosts.length > 0 && setting.bindsHttp,
      appIdRule: appIdRule(service, templates),
      frontend: frontend(service, templates),
      backend: backendLines(service, templates, setting.retriesRequests),
      warnings: sharedOverrides(service),
    };
  } catch (error) {
    if (error instanceof TemplateError) return leftOut(service, error.template, error.message);
    if (error instanceof UnrenderableError) return leftOut(service, undefined, error.message);
    throw error;
  }
}

/** One lookup serves all hosts that need nothing but their name (haproxy.md 6.9). */
function isServedByMap(service: Service, setting: ServiceSetting): boolean {
  return (
    setting.usesMaps &&
    setting.bindsHttp &&
    service.virtualHosts.length > 0 &&
    service.path === undefined &&
    service.auth === undefined &&
    !service.redirectsToHttps &&
    !service.virtualHosts.some((host) => host.startsWith('*')) &&
    !RULE_TEMPLATES.some((name) => service.overrides.has(name))
  );
}

function userlist(service: Service, templates: ServiceTemplates): Lines {
  if (service.auth === undefined) return NO_LINES;
  const lines = new LineWriter();
  const [first, ...others] = service.auth.users;
  if (first === undefined) throw new UnrenderableError('AUTH names no user');
  const values = { backend: service.name, user: first.name, passwd: configWord(first.hash) };
  lines.fill(templates.get('USERLIST_HEAD'), values);
  for (const { name, hash } of others) lines.line(`  user ${name} password ${configWord(hash)}`);
  return lines.done();
}

function appIdRule(service: Service, templates: ServiceTemplates): Lines {
  if (service.mode !== 'http') return NO_LINES;
  const lines = new LineWriter();
  lines.fill(templates.get('HTTP_FRONTEND_APPID_ACL'), {
    cleanedUpAppId: service.appAcl.replace(/^app_/, ''),
    appId: service.appId,
    backend: service.name,
    hostname: service.virtualHosts[0] ?? '',
  });
  return lines.done();
}

function frontend(service: Service, templates: ServiceTemplates): Lines {
  if (!service.hasFrontend) return NO_LINES;
  const lines = new LineWriter();
  lines.fill(templates.get('FRONTEND_HEAD'), {
    backend: service.name,
    bindAddr: addressWord(service.bindAddress),
    servicePort: String(service.port),
    sslCert: service.certificate === undefined ? '' : ` ssl crt ${configWord(service.certificate)}`,
    bindOptions: service.bindOptions === undefined ? '' : ` ${service.bindOptions.trim()}`,
    mode: service.mode,
  });
  // Otherwise a reload cuts idle keep-alive connections under the hands of their clients.
  if (service.mode === 'http') lines.line('  option idle-close-on-response');
  lines.fill(templates.get('FRONTEND_BACKEND_GLUE'), { backend: service.name });
  return lines.done();
}

/** One line serves all hosts of a map, so no single service may replace it. */
function sharedOverrides(service: Service): Problem[] {
  return [...service.overrides.keys()]
    .filter((name) => name.startsWith('MAP_'))
    .map((name) => ({
      appId: service.appId,
      portIndex: service.portIndex,
      where: labelName(service, name),
      effect: 'changed',
      message: 'not used: one line looks all hosts up, and no app may replace it for the others; the operator can',
    }));
}

function leftOut(service: Service, label: string | undefined, message: string): Problem {
  return {
    appId: service.appId,
    portIndex: service.portIndex,
    ...(label === undefined ? {} : { where: labelName(service, label) }),
    effect: 'left-out',
    message,
  };
}

function labelName(service: Service, name: string): string {
  return `HAPROXY_${service.portIndex}_${name}`;
}
