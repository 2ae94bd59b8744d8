// From what the balancer is to do to what HAProxy reads: the order of the file (haproxy.md 5.1). Pure and deterministic.
import { dirname } from 'node:path';
import { rawTextRules } from '../model/labels/service-overrides.ts';
import type { BalancerModel, Problem, Service } from '../model/model.ts';
import type { BalancerOptions } from '../model/options.ts';
import { renderBridge } from './bridge.ts';
import { certificateWords } from './certificates.ts';
import { ConfigWriter } from './config-writer.ts';
import { writeGroupedHttps } from './grouped-https.ts';
import { headText } from './head.ts';
import { mapContents } from './maps.ts';
import { missingCertificate } from './no-certificate.ts';
import type { Rendered } from './rendered.ts';
import { type OrderedRule, orderedRules } from './rule-order.ts';
import { isRenderedAlike } from './service/same-service.ts';
import { type ServiceSetting, type ServiceText, serviceText } from './service/service-text.ts';
import type { TemplateName } from './templates/catalog.ts';
import type { Templates } from './templates/templates.ts';
import { configWord } from './words.ts';

/** What came out, and the services that are not in it or not as their labels say. */
export interface Rendering {
  readonly rendered: Rendered;
  readonly problems: readonly Problem[];
}

/**
 * Renders. A service whose own templates are wrong is left out and named, the others are not touched by it (haproxy.md 4.1).
 * What the services of the last model came to is kept for these `options` and `templates` values, so an equal service
 * costs next to nothing the next time.
 */
export function render(model: BalancerModel, options: BalancerOptions, templates: Templates): Rendering {
  if (options.style === 'bridge') return renderBridge(model.services, options, templates);
  const memory = memoryOf(options, templates);
  const texts: ServiceText[] = [];
  const problems: Problem[] = [];
  const known = memory.texts;
  memory.texts = new Map();
  for (const service of model.services) {
    const before = known.get(service.name);
    const isKnown = before !== undefined && isRenderedAlike(before.service, service);
    const kept = isKnown ? before : { service, text: serviceText(service, memory.setting) };
    memory.texts.set(service.name, kept);
    const { text } = kept;
    if ('effect' in text) {
      problems.push(text);
      continue;
    }
    texts.push(text);
    for (const warning of text.warnings) problems.push(warning);
  }
  const missing = missingCertificate(texts, options, memory.setting.bindsHttps);
  if (missing !== undefined) problems.push(missing);
  return { rendered: new Assembly(texts, options, memory.setting).rendered(), problems };
}

/** What the services of the last model came to under one set of options and templates; by name. */
interface Memory {
  readonly setting: ServiceSetting;
  texts: Map<string, Kept>;
}

interface Kept {
  readonly service: Service;
  readonly text: ServiceText | Problem;
}

const memories = new WeakMap<Templates, WeakMap<BalancerOptions, Memory>>();

function memoryOf(options: BalancerOptions, templates: Templates): Memory {
  const byOptions = memories.get(templates) ?? new WeakMap<BalancerOptions, Memory>();
  memories.set(templates, byOptions);
  const memory = byOptions.get(options) ?? { setting: settingOf(options, templates), texts: new Map() };
  byOptions.set(options, memory);
  return memory;
}

function settingOf(options: BalancerOptions, templates: Templates): ServiceSetting {
  const head = templates.get(options.groupsHttpsByVirtualHost ? 'HTTPS_GROUPED_FRONTEND_HEAD' : 'HTTPS_FRONTEND_HEAD');
  return {
    templates,
    bindsHttp: options.bindsHttp,
    bindsHttps: options.bindsHttp && (options.certificates.length > 0 || head.source !== 'built-in'),
    usesMaps: options.usesMaps,
    retriesRequests: options.retriesRequests,
    rawText: rawTextRules(options),
  };
}

/** The file, section by section. */
class Assembly {
  readonly #texts: readonly ServiceText[];
  readonly #options: BalancerOptions;
  readonly #setting: ServiceSetting;
  readonly #templates: Templates;
  readonly #rules: readonly OrderedRule[];
  readonly #writer = new ConfigWriter();

  constructor(texts: readonly ServiceText[], options: BalancerOptions, setting: ServiceSetting) {
    this.#texts = texts;
    this.#options = options;
    this.#setting = setting;
    this.#templates = setting.templates;
    this.#rules = orderedRules(texts, options.strictCompat);
  }

  rendered(): Rendered {
    this.#writer.section(headText(this.#templates.get('HEAD'), this.#options));
    for (const { service, userlist } of this.#texts) this.#writer.sectionOf(service.name, userlist);
    if (this.#setting.bindsHttp) this.#virtualHosts('http');
    this.#appIds();
    if (this.#setting.bindsHttps) {
      if (this.#options.groupsHttpsByVirtualHost) {
        writeGroupedHttps(this.#writer, this.#texts, this.#rules, this.#options, this.#setting);
      } else this.#virtualHosts('https');
    }
    for (const { service, frontend } of this.#texts) this.#writer.sectionOf(service.name, frontend);
    if (this.#texts.some(({ redirects }) => redirects)) {
      this.#writer.section(this.#templates.get('HTTPS_REDIRECT_BACKEND').fill({}));
    }
    for (const { service, backend } of this.#texts) this.#writer.sectionOf(service.name, backend);
    return { ...this.#writer.done(), maps: mapContents(this.#texts, this.#options) };
  }

  /**
   * Exact names, then the map, then wildcards. HAProxy looks no further after a use_backend that names nothing, so the map
   * comes last or under a condition.
   */
  #virtualHosts(port: 'http' | 'https'): void {
    const isMapped = this.#texts.some((text) => text.isMapped);
    const hasRules = this.#rules.length > 0 || isMapped;
    const values = { sslCerts: certificateWords(this.#options) };
    if (!this.#head(port === 'http' ? 'HTTP_FRONTEND_HEAD' : 'HTTPS_FRONTEND_HEAD', values, hasRules)) return;
    const map = this.#templates.get(port === 'http' ? 'MAP_HTTP_FRONTEND_ACL' : 'MAP_HTTPS_FRONTEND_ACL');
    const isOwnMap = map.source !== 'built-in';
    const wildcardsFrom = this.#rules.findIndex(({ rule }) => rule.isWildcard);
    const mapAt = !isMapped || wildcardsFrom === -1 || isOwnMap ? this.#rules.length : wildcardsFrom;
    for (const { service, rule } of this.#rules.slice(0, mapAt)) this.#writer.linesOf(service.name, rule[port]);
    if (isMapped) {
      const condition =
        mapAt === this.#rules.length
          ? ''
          : ` if { req.hdr(host),field(1,:),lower,map(${this.#directory()}/domain2backend.map) -m found }`;
      this.#writer.lines(map.fill({ haproxy_dir: this.#directory(), hostname: '' }) + condition);
    }
    for (const { service, rule } of this.#rules.slice(mapAt)) this.#writer.linesOf(service.name, rule[port]);
  }

  /** Only the first http port of each app (haproxy.md 6.10). */
  #appIds(): void {
    const { appIdPort } = this.#options;
    if (appIdPort === 'none') return;
    const first = this.#texts.filter(({ appIdRule, service }, index) => {
      if (appIdRule.count === 0) return false;
      for (let before = index - 1; this.#texts[before]?.service.appId === service.appId; before -= 1) {
        if (this.#texts[before]?.service.mode === 'http') return false;
      }
      return true;
    });
    if (!this.#head('HTTP_FRONTEND_APPID_HEAD', { appIdPort: String(appIdPort) }, first.length > 0)) return;
    if (this.#options.usesMaps) {
      if (first.length > 0) {
        this.#writer.lines(this.#templates.get('MAP_HTTP_FRONTEND_APPID_ACL').fill({ haproxy_dir: this.#directory() }));
      }
    } else for (const { service, appIdRule } of first) this.#writer.linesOf(service.name, appIdRule);
  }

  /**
   * A frontend that could answer nothing but 503 is not opened, and needs no certificate; but an operator's own head may
   * do more than we know of, and always stands.
   */
  #head(name: TemplateName, values: Readonly<Record<string, string>>, hasRules: boolean): boolean {
    const template = this.#templates.get(name);
    if (!hasRules && template.source === 'built-in') return false;
    this.#writer.section(template.fill(values));
    return true;
  }

  #directory(): string {
    return configWord(dirname(this.#options.configPath));
  }
}
