// Grouped HTTPS (haproxy.md 6.11): port 443 looks at the name in the TLS hello and passes the connection by abstract socket to
// a frontend of that host alone, with its own certificate and bind options. A request for another host finds no rule there.
import { hash } from 'node:crypto';
import type { Service } from '../model/model.ts';
import type { BalancerOptions } from '../model/options.ts';
import { certificateWords } from './certificates.ts';
import type { ConfigWriter } from './config-writer.ts';
import type { OrderedRule } from './rule-order.ts';
import { ServiceTemplates } from './service/service-templates.ts';
import type { ServiceSetting, ServiceText } from './service/service-text.ts';
import { groupedRules } from './service/virtual-host-rules.ts';
import { hostPattern, isWildcard } from './words.ts';

/** Names of abstract sockets end at 107 characters, and HAProxy adds to them. */
const MAX_NAME = 90;

/** Sections sorted by host; nothing without hosts. */
export function writeGroupedHttps(
  writer: ConfigWriter,
  texts: readonly ServiceText[],
  rules: readonly OrderedRule[],
  options: BalancerOptions,
  { templates, rawText }: Pick<ServiceSetting, 'templates' | 'rawText'>,
): void {
  const hosts = servicesByHost(texts, rules);
  const head = templates.get('HTTPS_GROUPED_FRONTEND_HEAD');
  if (hosts.size === 0 && head.source === 'built-in') return;
  const sorted = [...hosts.keys()].sort(
    (a, b) => Number(isWildcard(a)) - Number(isWildcard(b)) || specificity(b) - specificity(a) || (a < b ? -1 : 1),
  );
  const wildcards = sorted.filter(isWildcard);
  const names = uniqueNames(sorted, new Set(texts.map(({ service }) => service.name)));
  writer.section(head.fill({}));
  const acl = templates.get('HTTPS_GROUPED_VHOST_FRONTEND_ACL');
  for (const host of sorted) {
    writer.lines(acl.fill({ backend: names.get(host) ?? '', host: hostPattern(host) }));
  }
  for (const host of sorted) {
    const name = names.get(host) ?? '';
    // Whoever serves all sub-domains serves what nobody else takes of this one, as on port 80.
    const wider = wildcards.filter((wildcard) => wildcard !== host && host.endsWith(wildcard.slice(1)));
    const own = hosts.get(host) ?? [];
    const services = [...new Set([...own, ...wider.flatMap((one) => hosts.get(one) ?? [])])];
    // Of this very host only: with what another app wrote for its sub-domains it could keep clients from this one.
    const certificate = own.find((service) => service.certificate !== undefined)?.certificate;
    const certificates = certificate === undefined ? options.certificates : [certificate];
    const bindOptions = own.find((service) => service.bindOptions !== undefined)?.bindOptions;
    writer.section(templates.get('HTTPS_GROUPED_VHOST_BACKEND_HEAD').fill({ name }));
    writer.section(
      templates.get('HTTPS_GROUPED_VHOST_FRONTEND_HEAD').fill({
        name,
        sslCerts: certificateWords(options, certificates),
        bindOpts: bindOptions === undefined ? '' : ` ${bindOptions.trim()}`,
      }),
    );
    for (const service of services) {
      writer.linesOf(service.name, groupedRules(service, new ServiceTemplates(service, templates, rawText), host));
    }
  }
}

/** Longer wildcards say more; exact names are all alike. */
function specificity(host: string): number {
  return isWildcard(host) ? host.length : 0;
}

/** In the order of the rules; those that the map serves on port 80 come behind, as there. */
function servicesByHost(texts: readonly ServiceText[], rules: readonly OrderedRule[]): Map<string, Service[]> {
  const hosts = new Map<string, Service[]>();
  const add = (host: string, service: Service) => {
    const services = hosts.get(host);
    if (services === undefined) hosts.set(host, [service]);
    else services.push(service);
  };
  for (const { service, rule } of rules) for (const host of rule.hosts) add(host, service);
  for (const { service, isMapped } of texts) if (isMapped) for (const host of service.virtualHosts) add(host, service);
  return hosts;
}

/** A host with `_` for its dots; no other frontend, backend or host has the same. */
function uniqueNames(hosts: readonly string[], taken: Set<string>): Map<string, string> {
  const names = new Map<string, string>();
  for (const host of hosts) {
    let name = host.replace(/[^A-Za-z0-9-]/g, '_');
    if (name.length > MAX_NAME) name = `${name.slice(0, MAX_NAME - 7)}_${hash('sha1', host, 'hex').slice(0, 6)}`;
    // No other name holds a colon.
    for (let number = 2, plain = name; taken.has(name); number += 1) name = `${plain}:${number}`;
    taken.add(name);
    names.set(host, name);
  }
  return names;
}
