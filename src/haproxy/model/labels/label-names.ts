// Which labels there are (haproxy.md 3), and what somebody may have meant who wrote another (3.1).
import { OPERATOR_TEMPLATES, OVERRIDABLE_TEMPLATES } from '../template-names.ts';

/** HAPROXY_<name> */
const APP_LABELS: ReadonlySet<string> = new Set([
  'GROUP',
  'APP_ID',
  'DEPLOYMENT_GROUP',
  'DEPLOYMENT_ALT_PORT',
  'DEPLOYMENT_COLOUR',
  'DEPLOYMENT_STARTED_AT',
  'DEPLOYMENT_TARGET_INSTANCES',
  'DEPLOYMENT_NEW_INSTANCES',
]);

/** HAPROXY_{n}_<name> */
const PORT_LABELS: ReadonlySet<string> = new Set([
  'GROUP',
  'ENABLED',
  'VHOST',
  'PATH',
  'BACKEND_WEIGHT',
  'PORT',
  'BIND_ADDR',
  'BIND_OPTIONS',
  'SSL_CERT',
  'MODE',
  'BALANCE',
  'STICKY',
  'REDIRECT_TO_HTTPS',
  'USE_HSTS',
  'AUTH',
  'HTTP_BACKEND_PROXYPASS_PATH',
  'HTTP_BACKEND_REVPROXY_PATH',
  'HTTP_BACKEND_REDIR',
  'BACKEND_NETWORK_ALLOWED_ACL',
  'BACKEND_HEALTHCHECK_PORT_INDEX',
  'EXPOSE_PORT',
  'TRAFFIC_WEIGHT',
  ...OVERRIDABLE_TEMPLATES,
]);

const FOR_OPERATORS: ReadonlySet<string> = new Set(OPERATOR_TEMPLATES);

/** What a label speaks of: `HAPROXY_{portIndex}_<name>`, or `HAPROXY_<name>` for the whole app. */
export interface LabelName {
  readonly portIndex?: number;
  readonly name: string;
}

const OF_PORT = /^HAPROXY_(0|[1-9]\d{0,3})_(\w+)$/;
/** Apps by the thousand have labels of the same names, so each name is looked at once. */
const read = new Map<string, LabelName>();
const MOST_READ = 10_000;

/** Undefined for a HAPROXY_ label that there is not. */
export function readLabelName(label: string): LabelName | undefined {
  const before = read.get(label);
  if (before !== undefined) return before;
  const [, index, portName = ''] = OF_PORT.exec(label) ?? [];
  const appName = label.slice('HAPROXY_'.length);
  const known = PORT_LABELS.has(portName)
    ? { portIndex: Number(index), name: portName }
    : APP_LABELS.has(appName)
      ? { name: appName }
      : undefined;
  if (known === undefined) return undefined;
  if (read.size >= MOST_READ) read.clear();
  read.set(label, known);
  return known;
}

/** What to tell about a label (its whole name) that is none of ours. */
export function adviseOnUnknown(label: string): string {
  const [, index, portName] = /^HAPROXY_(\d+)_(.*)$/.exec(label) ?? [];
  if (portName !== undefined && FOR_OPERATORS.has(portName)) {
    return 'is a template of the whole balancer, which its operator replaces by a file; the label is ignored';
  }
  const candidates = [
    ...[...APP_LABELS].map((name) => `HAPROXY_${name}`),
    ...[...PORT_LABELS].map((name) => `HAPROXY_${Number(index ?? 0)}_${name}`),
  ];
  const nearest = nearestOf(label, candidates);
  return nearest === undefined ? 'is not known and ignored' : `is not known and ignored; did you mean ${nearest}?`;
}

/** The candidate that fewest edits make, when these are few. */
function nearestOf(text: string, candidates: readonly string[]): string | undefined {
  if (text.length > 100) return undefined;
  let nearest: string | undefined;
  let fewest = 1 + Math.max(2, Math.floor(text.length / 5));
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= fewest) continue;
    const edits = editsBetween(text.toUpperCase(), candidate);
    if (edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Levenshtein's distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
