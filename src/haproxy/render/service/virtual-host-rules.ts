// Rules of one service in the frontends of ports 80 and 443 (haproxy.md 6). They only route: redirects, passwords and headers
// are the backends' business, since HAProxy runs such rules of a frontend before any use_backend (6.4).
import type { Service } from '../../model/model.ts';
import type { TemplateName } from '../templates/catalog.ts';
import { configWord, hostPattern, isWildcard, lineFulls } from '../words.ts';
import { type Lines, LineWriter, type ServiceTemplates } from './service-templates.ts';

/** Rules that stand together, with what their order goes by. */
export interface VirtualHostRule {
  readonly isWildcard: boolean;
  /** Characters of the longest wildcard; 0 for exact names. */
  readonly wildcardLength: number;
  readonly weight: number;
  /** Characters of the longest prefix; 0 without. */
  readonly pathLength: number;
  readonly hosts: readonly string[];
  readonly http: Lines;
  readonly https: Lines;
}

/**
 * One rule for the exact names and one for the wildcards, because all wildcards come after all exact names (6.15).
 * `redirects`: port 80 only sends to 443.
 */
export function virtualHostRules(service: Service, templates: ServiceTemplates, redirects: boolean): VirtualHostRule[] {
  const exact = service.virtualHosts.filter((host) => !isWildcard(host));
  const wildcards = service.virtualHosts.filter(isWildcard);
  const name = aclName(service);
  const rules: VirtualHostRule[] = [];
  if (exact.length > 0) rules.push(ruleOf(service, templates, exact, name, redirects));
  // No name of an app or a host holds a colon.
  const acl = exact.length > 0 ? `${name}:wildcard` : name;
  if (wildcards.length > 0) rules.push(ruleOf(service, templates, wildcards, acl, redirects));
  return rules;
}

function ruleOf(
  service: Service,
  templates: ServiceTemplates,
  hosts: readonly string[],
  acl: string,
  redirects: boolean,
): VirtualHostRule {
  const http = httpRules(service, templates, hosts, acl, redirects);
  const wildcardLength = longest(hosts.filter(isWildcard));
  return {
    isWildcard: wildcardLength > 0,
    wildcardLength,
    weight: service.weight,
    pathLength: longest(service.path?.prefixes ?? []),
    hosts,
    http,
    https: !redirects && templates.areAllBuiltIn ? http : httpsRules(service, templates, hosts, acl),
  };
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}

/** Rules for one host in its own frontend of grouped HTTPS (6.11). */
export function groupedRules(service: Service, templates: ServiceTemplates, host: string): Lines {
  return httpsRules(service, templates, [host], aclName(service));
}

function httpRules(
  service: Service,
  templates: ServiceTemplates,
  hosts: readonly string[],
  acl: string,
  redirects: boolean,
): Lines {
  const rules = new RuleWriter(service, templates, acl);
  const { withPath, withAuth } = rules;
  const pathAcl = withAuth ? 'HTTP_FRONTEND_ACL_ONLY_WITH_PATH_AND_AUTH' : 'HTTP_FRONTEND_ACL_ONLY_WITH_PATH';
  if (redirects) {
    rules.hosts('HTTP_FRONTEND_ACL_ONLY', hosts);
    rules.paths(pathAcl, 'all');
    rules.add(withPath ? 'BACKEND_REDIRECT_HTTP_TO_HTTPS_WITH_PATH' : 'BACKEND_REDIRECT_HTTP_TO_HTTPS');
  } else if (hosts.length === 1) {
    rules.paths(pathAcl, 'all-but-first');
    rules.hosts(variant(withAuth, withPath, HTTP), hosts);
  } else {
    rules.hosts('HTTP_FRONTEND_ACL_ONLY', hosts);
    rules.paths(pathAcl, 'all');
    rules.add(variant(withAuth, withPath, ROUTING));
  }
  return rules.done();
}

function httpsRules(service: Service, templates: ServiceTemplates, hosts: readonly string[], acl: string): Lines {
  const rules = new RuleWriter(service, templates, acl);
  const { withPath, withAuth } = rules;
  const whole = variant(withAuth, withPath, HTTPS);
  if (!templates.isBuiltIn(whole)) {
    // Somebody's own rule, made for the original, which wrote it once for each host with the path before them.
    rules.paths('HTTPS_FRONTEND_ACL_ONLY_WITH_PATH', 'all');
    rules.hosts(whole, hosts);
  } else if (hosts.length === 1) {
    rules.paths('HTTPS_FRONTEND_ACL_ONLY_WITH_PATH', 'all-but-first');
    rules.hosts(whole, hosts);
  } else {
    rules.hosts('HTTP_FRONTEND_ACL_ONLY', hosts);
    rules.paths('HTTPS_FRONTEND_ACL_ONLY_WITH_PATH', 'all');
    rules.add(variant(withAuth, withPath, ROUTING));
  }
  return rules.done();
}

/** Plain, with path, with auth, with both. */
type Variants = readonly [TemplateName, TemplateName, TemplateName, TemplateName];
const HTTP: Variants = [
  'HTTP_FRONTEND_ACL',
  'HTTP_FRONTEND_ACL_WITH_PATH',
  'HTTP_FRONTEND_ACL_WITH_AUTH',
  'HTTP_FRONTEND_ACL_WITH_AUTH_AND_PATH',
];
const HTTPS: Variants = [
  'HTTPS_FRONTEND_ACL',
  'HTTPS_FRONTEND_ACL_WITH_PATH',
  'HTTPS_FRONTEND_ACL_WITH_AUTH',
  'HTTPS_FRONTEND_ACL_WITH_AUTH_AND_PATH',
];
const ROUTING: Variants = [
  'HTTP_FRONTEND_ROUTING_ONLY',
  'HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH',
  'HTTP_FRONTEND_ROUTING_ONLY_WITH_AUTH',
  'HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH_AND_AUTH',
];

function variant(withAuth: boolean, withPath: boolean, [plain, path, auth, both]: Variants): TemplateName {
  if (withAuth) return withPath ? both : auth;
  return withPath ? path : plain;
}

/** What a label may replace here; services that do are never served by map. */
export const RULE_TEMPLATES: readonly TemplateName[] = [...HTTP, ...HTTPS, ...ROUTING, 'HTTP_FRONTEND_ACL_ONLY'];

function aclName(service: Service): string {
  return service.hostAcl.replace(/^host_/, '');
}

class RuleWriter {
  readonly withPath: boolean;
  readonly withAuth: boolean;
  readonly #lines = new LineWriter();
  readonly #templates: ServiceTemplates;
  /** Pieces of the prefixes that fit on a line; repeating an ACL's name means "or". */
  readonly #paths: readonly string[];
  readonly #values: Record<string, string>;

  constructor(service: Service, templates: ServiceTemplates, acl: string) {
    this.#templates = templates;
    this.withPath = service.path !== undefined;
    this.withAuth = service.auth !== undefined;
    const options = service.path?.ignoresCase === true ? '-i ' : '';
    this.#paths = lineFulls((service.path?.prefixes ?? []).map(configWord)).map((words) => options + words.join(' '));
    this.#values = {
      backend: service.name,
      appId: service.appId,
      cleanedUpHostname: acl,
      hostname: '',
      path: this.#paths[0] ?? '',
      realm: service.auth?.realm ?? '',
      bindAddr: service.bindAddress,
    };
  }

  add(name: TemplateName): void {
    this.#lines.fill(this.#templates.get(name), this.#values);
  }

  hosts(name: TemplateName, hosts: readonly string[]): void {
    const template = this.#templates.get(name);
    for (const host of hosts) this.#lines.fill(template, { ...this.#values, hostname: hostPattern(host) });
  }

  paths(name: TemplateName, which: 'all' | 'all-but-first'): void {
    if (this.#paths.length <= (which === 'all' ? 0 : 1)) return;
    const template = this.#templates.get(name);
    for (const path of this.#paths.slice(which === 'all' ? 0 : 1)) {
      this.#lines.fill(template, { ...this.#values, path });
    }
  }

  done(): Lines {
    return this.#lines.done();
  }
}
