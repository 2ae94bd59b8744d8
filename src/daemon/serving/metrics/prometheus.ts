// The same metrics as Prometheus reads them, at /metrics/prometheus: `master/tasks_running` → `mesos_master_tasks_running`.
// What the original puts into names (framework, role, resource) becomes labels where the name would otherwise grow with
// the cluster.
import type { MetricRegistry, MetricSample } from './metric-registry.ts';
import type { TimerMetric } from './timer-metric.ts';

/** The text format, version 0.0.4. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metric families whose names carry ids. The named groups become labels; `name` and `rest` make the metric's name. */
const LABELLED: readonly RegExp[] = [
  /^(?<name>master\/frameworks)\/(?<framework_name>[^/]*)\/(?<framework_id>[^/]+)\/roles\/(?<role>.+)\/(?<rest>suppressed)$/,
  /^(?<name>master\/frameworks)\/(?<framework_name>[^/]*)\/(?<framework_id>[^/]+)\/(?<rest>.+)$/,
  /^(?<name>frameworks)\/(?<principal>.+)\/(?<rest>messages_(?:received|processed))$/,
  /^(?<name>allocator\/mesos\/roles)\/(?<role>.+)\/(?<rest>shares\/dominant)$/,
  /^(?<name>allocator\/mesos\/offer_filters\/roles)\/(?<role>.+)\/(?<rest>active)$/,
  /^(?<name>allocator\/mesos\/quota\/roles)\/(?<role>.+)\/resources\/(?<resource>[^/]+)\/(?<rest>[^/]+)$/,
  /^(?<name>allocator\/mesos\/resources)\/(?<resource>[^/]+)\/(?<rest>[^/]+)$/,
  /^(?<name>master\/task)_(?<state>[a-z_]+)\/source_(?<source>[^/]+)\/reason_(?<reason>[^/]+)$/,
];

interface Family {
  readonly type: 'counter' | 'gauge' | 'summary';
  readonly lines: string[];
}

/** The exposition text. */
export function prometheusText(registry: MetricRegistry): string {
  const families = new Map<string, Family>();
  for (const sample of registry.samples()) addSample(families, sample);
  for (const timer of registry.timers) addTimer(families, timer);
  let text = '';
  for (const [name, family] of [...families].sort(([a], [b]) => (a < b ? -1 : 1))) {
    text += `# TYPE ${name} ${family.type}\n${family.lines.join('\n')}\n`;
  }
  return text;
}

function addSample(families: Map<string, Family>, sample: MetricSample): void {
  const { path, labels } = splitLabels(sample.name);
  const base = metricName(path);
  const name = sample.kind === 'counter' && !base.endsWith('_total') ? `${base}_total` : base;
  line(families, name, sample.kind, `${name}${labelText(labels)} ${numberText(sample.value)}`);
}

/** A summary in seconds, the unit Prometheus wants. */
function addTimer(families: Map<string, Family>, timer: TimerMetric): void {
  const name = `${metricName(timer.name.replace(/_ms$/, ''))}_seconds`;
  for (const [path, value] of timer.values()) {
    const rank = /\/p(\d+)$/.exec(path)?.[1];
    if (rank !== undefined) {
      const quantile = Number(`0.${rank}`);
      line(families, name, 'summary', `${name}{quantile="${quantile}"} ${numberText(value / 1000)}`);
    }
  }
  line(families, name, 'summary', `${name}_sum ${numberText(timer.sumMs / 1000)}`);
  line(families, name, 'summary', `${name}_count ${timer.count}`);
}

function line(families: Map<string, Family>, name: string, type: Family['type'], text: string): void {
  const family = families.get(name);
  if (family === undefined) families.set(name, { type, lines: [text] });
  else family.lines.push(text);
}

function splitLabels(name: string): { path: string; labels: Readonly<Record<string, string>> } {
  for (const pattern of LABELLED) {
    const groups = pattern.exec(name)?.groups;
    if (groups === undefined) continue;
    const { name: first = '', rest, ...labels } = groups;
    return { path: rest === undefined ? first : `${first}/${rest}`, labels };
  }
  return { path: name, labels: {} };
}

function metricName(path: string): string {
  return `mesos_${path.replace(/[^A-Za-z0-9_]+/g, '_')}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
