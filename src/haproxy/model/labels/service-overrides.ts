// Raw labels of one service: whether its app may have any, and whether these pass the sandbox (haproxy.md 17.4). What does
// not is told, and the service goes on without.
import { liesBelow } from '../../grammar/app-id.ts';
import type { BalancedApp } from '../balanced-app.ts';
import type { Service } from '../model.ts';
import type { BalancerOptions } from '../options.ts';
import { normaliseRawText, type RawPlace, type RawTextRules, refuseRawText } from '../raw-labels.ts';
import { OVERRIDABLE_TEMPLATES, VERBATIM_TEMPLATES } from '../template-names.ts';
import type { LabelReader } from './label-reader.ts';

const OVERRIDABLE: ReadonlySet<string> = new Set(OVERRIDABLE_TEMPLATES);
const VERBATIM: ReadonlySet<string> = new Set(VERBATIM_TEMPLATES);
const HEADS: ReadonlyMap<string, RawPlace> = new Map([
  ['FRONTEND_HEAD', { kind: 'head', section: 'frontend' }],
  ['BACKEND_HEAD', { kind: 'head', section: 'backend' }],
  ['USERLIST_HEAD', { kind: 'head', section: 'userlist' }],
]);
/** Under another name nothing would lead there. */
const HEAD_LINES = {
  frontend: /^\s*frontend +\{backend\} *\n?$/,
  backend: /^\s*backend +\{backend\} *\n?$/,
  userlist: /^\s*userlist +user_\{backend\} *\n?$/,
};
const NO_OVERRIDES: ReadonlyMap<string, string> = new Map();
const LINES: RawPlace = { kind: 'lines' };
const BIND: RawPlace = { kind: 'bind' };

/** Texts that may be written, line ends made right. */
export function readRawLabels(
  app: BalancedApp,
  service: Pick<Service, 'virtualHosts' | 'auth' | 'path' | 'proxyPassPath' | 'reverseProxyPath'>,
  labels: LabelReader,
  options: BalancerOptions,
): { readonly overrides: ReadonlyMap<string, string>; readonly bindOptions?: string } {
  let overrides: Map<string, string> | undefined;
  let bindOptions: string | undefined;
  for (const [name, label] of labels.entries()) {
    if (name !== 'BIND_OPTIONS' && !OVERRIDABLE.has(name)) continue;
    if (!mayWriteRaw(app, options)) {
      labels.change(name, 'is raw configuration, which this balancer does not take from this app (--raw-labels)');
      continue;
    }
    const text = normaliseRawText(label);
    const place = name === 'BIND_OPTIONS' ? BIND : rawPlaceOf(name);
    const why = refuse(text, name, place, service, rawTextRules(options));
    if (why !== undefined) labels.change(name, `${why}; the service goes on without it`);
    else if (name === 'BIND_OPTIONS') bindOptions = text.trim();
    else {
      overrides ??= new Map();
      overrides.set(name, text);
    }
  }
  const written = overrides ?? NO_OVERRIDES;
  return bindOptions === undefined ? { overrides: written } : { overrides: written, bindOptions };
}

/** Where the text of a template goes. */
export function rawPlaceOf(template: string): RawPlace {
  return HEADS.get(template) ?? LINES;
}

/** Files that raw text may name under these options. */
export function rawTextRules(options: BalancerOptions): RawTextRules {
  const directory = options.configPath.slice(0, options.configPath.lastIndexOf('/'));
  const own = options.rawLabelDirectories ?? [];
  return {
    fileDirectories: own,
    certificateDirectories: [options.certificatesDirectory, ...own],
    files: [`${directory}/domain2backend.map`, `${directory}/app2backend.map`],
  };
}

/** All apps behind the service must be allowed: a colour can join any deployment group. */
function mayWriteRaw(app: BalancedApp, options: BalancerOptions): boolean {
  const { rawLabels } = options;
  if (rawLabels.kind !== 'allow') return rawLabels.kind === 'allow-all';
  return app.members.every((member) => liesBelow(member.app.id, rawLabels.prefixes));
}

/**
 * Templates with placeholders are looked at as written, and as they become: placeholders without a value (a word cut in two
 * by one is whole again), with some value, and with each value that the app itself chooses.
 */
function refuse(
  text: string,
  name: string,
  place: RawPlace,
  service: Parameters<typeof readRawLabels>[1],
  rules: RawTextRules,
): string | undefined {
  if (name === 'BIND_OPTIONS' || VERBATIM.has(name)) return refuseRawText(text, place, rules);
  const directory = rules.files[0]?.replace(/\/[^/]*$/, '') ?? '';
  const chosen = [
    ...service.virtualHosts,
    ...(service.auth === undefined ? [] : [service.auth.realm, ...service.auth.users.map((user) => user.name)]),
    ...(service.path?.prefixes ?? []),
    ...(service.proxyPassPath === undefined ? [] : [service.proxyPassPath]),
    ...(service.reverseProxyPath === undefined ? [] : [service.reverseProxyPath]),
  ];
  const [head, body] = splitHead(text, place);
  if (place.kind === 'head' && !HEAD_LINES[place.section].test(head)) {
    return `must begin with "${place.section === 'userlist' ? 'userlist user_{backend}' : `${place.section} {backend}`}"`;
  }
  for (const value of ['x', '', ...chosen.map(escaped)]) {
    const why = refuseRawText(fill(head, 'x', directory) + fill(body, value, directory), place, rules);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** The first line that is not blank with those before it, and the rest; only heads have one. */
function splitHead(text: string, place: RawPlace): [head: string, body: string] {
  const head = place.kind === 'head' ? (/^\s*[^\n]*\n?/.exec(text)?.[0] ?? '') : '';
  return [head, text.slice(head.length)];
}

/** As the renderer writes it: of all that grammar lets through the quote alone means something to HAProxy. */
function escaped(value: string): string {
  return value.replaceAll("'", "\\'");
}

function fill(text: string, value: string, directory: string): string {
  return text.replace(/\{\{|\}\}|\{(\w*)\}/g, (match, placeholder: string | undefined) => {
    if (placeholder === undefined) return match.charAt(0);
    return placeholder === 'haproxy_dir' ? directory : value;
  });
}
