// Labels of a service that are more than their grammar: those that depend on its mode, on the operator's wishes, on files or on
// the other colour (haproxy.md 3, 8.4, 8.5, 17.2).
import { fine, type Verdict, wrong } from '../../grammar/verdict.ts';
import { parseBalance, parseFileIn, parseInteger, readsHttp } from '../../grammar/words.ts';
import type { BalancedApp } from '../balanced-app.ts';
import type { ModelContext } from '../context.ts';
import type { Service } from '../model.ts';
import type { BalancerOptions } from '../options.ts';
import { ownPorts } from '../whole/claims.ts';
import { labelsOfPort } from './app-labels.ts';
import type { LabelReader } from './label-reader.ts';

const MOST_WEIGHT = 1_000_000;

/** A port that is none of the balancer's own (haproxy.md 17.2). */
export function parsePort(text: string, options: BalancerOptions): Verdict<number> {
  const port = parseInteger(text, 1, 65_535);
  if (!port.ok || !ownPorts(options).has(port.value)) return port;
  return wrong('is a port of the balancer itself; choose another');
}

/** Inside the certificate directory as it is written, and after links were resolved where that is known. */
export function parseCertificate(text: string, options: BalancerOptions, context: ModelContext): Verdict<string> {
  const directory = options.certificatesDirectory;
  const path = parseFileIn(directory, text);
  if (!path.ok || context.realPaths === undefined) return path;
  const real = context.realPaths.get(path.value);
  if (real === undefined) return wrong('does not exist');
  const inside = parseFileIn(context.realPaths.get(directory) ?? directory, real);
  return inside.ok ? fine(path.value) : wrong(`leads out of ${directory}`);
}

/** With PATH an explicit 0 is 1 too (haproxy.md 3). */
export function readWeight(labels: LabelReader, hasPath: boolean): number {
  const weight = labels.typed('BACKEND_WEIGHT', (text) => parseInteger(text, 0, MOST_WEIGHT)) ?? 0;
  return weight === 0 && hasPath ? 1 : weight;
}

/** The algorithm; what looks into requests is told and replaced in tcp mode (haproxy.md 8.6). */
export function readBalance(labels: LabelReader, mode: Service['mode']): string {
  const balance = labels.typed('BALANCE', parseBalance) ?? 'roundrobin';
  if (mode === 'http' || !readsHttp(balance)) return balance;
  labels.change('BALANCE', 'looks into requests, which tcp mode does not have; roundrobin is taken (or set MODE http)');
  return 'roundrobin';
}

/** Told and off in tcp mode (haproxy.md 8.5). */
export function readSticky(labels: LabelReader, mode: Service['mode']): boolean {
  const isSticky = labels.truth('STICKY', false);
  if (!isSticky || mode === 'http') return isSticky;
  labels.change('STICKY', 'needs cookies, which tcp mode does not have; use BALANCE source instead');
  return false;
}

/** Of every colour's own; which of them a server gets is found with the server. */
export function checkTrafficWeight(app: BalancedApp, labels: LabelReader): void {
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
