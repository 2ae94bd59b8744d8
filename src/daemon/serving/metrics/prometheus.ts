// The same metrics as Prometheus reads them, at /metrics/prometheus: `master/tasks_running` → `mesos_master_tasks_running`.
// What the original puts into names (framework, role, resource) becomes labels where the name would otherwise grow with
// the cluster.
import type { MetricRegistry } from './metric-registry.ts';
import type { TimerMetric } from './timer-metric.ts';

/** The text format, version 0.0.4. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What begins the metrics of a framework: `master/frameworks/<name>/<id>/`. Most metrics there are. */
const FRAMEWORK = /^master\/frameworks\/([^/]*)\/([^/]+)\//;
const SUPPRESSED = /^roles\/(.+)\/suppressed$/;

/** Other families whose names carry ids. The named groups become labels; `name` and `rest` make the metric's name. */
const LABELLED: readonly RegExp[] = [
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
  const paths = new Paths();
  for (const { name, kind, value } of registry.samples()) {
    const { path, labels } = paths.split(name);
    const base = paths.metricName(path);
    const metric = kind === 'counter' && !base.endsWith('_total') ? `${base}_total` : base;
    line(families, metric, kind, `${metric}${labels === '' ? '' : `{${labels}}`} ${numberText(value)}`);
  }
  for (const timer of registry.timers) addTimer(families, timer);
  let text = '';
  for (const [name, family] of [...families].sort(([a], [b]) => (a < b ? -1 : 1))) {
    text += `# TYPE ${name} ${family.type}\n${family.lines.join('\n')}\n`;
  }
  return text;
}

/** Names of one exposition: what many of them have in common is looked at once. */
class Paths {
  readonly #metricNames = new Map<string, string>();
  #framework = '';
  #frameworkLabels = '';

  /** The part of a name that says what it is, and the rest as labels without the braces. */
  split(name: string): { readonly path: string; readonly labels: string } {
    // Those of one framework come one after the other.
    if (this.#framework !== '' && name.startsWith(this.#framework)) return this.#ofFramework(name);
    const [start, framework_name = '', framework_id = ''] = FRAMEWORK.exec(name) ?? [];
    if (start === undefined) return otherLabels(name);
    this.#framework = start;
    this.#frameworkLabels = labelText({ framework_name, framework_id });
    return this.#ofFramework(name);
  }

  #ofFramework(name: string): { readonly path: string; readonly labels: string } {
    const rest = name.slice(this.#framework.length);
    const role = SUPPRESSED.exec(rest)?.[1];
    return role === undefined
      ? { path: `master/frameworks/${rest}`, labels: this.#frameworkLabels }
      : { path: 'master/frameworks/suppressed', labels: `${this.#frameworkLabels},${labelText({ role })}` };
  }

  metricName(path: string): string {
    const known = this.#metricNames.get(path);
    if (known !== undefined) return known;
    const name = metricName(path);
    this.#metricNames.set(path, name);
    return name;
  }
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

function otherLabels(name: string): { readonly path: string; readonly labels: string } {
  for (const pattern of LABELLED) {
    const groups = pattern.exec(name)?.groups;
    if (groups === undefined) continue;
    const { name: first = '', rest, ...labels } = groups;
    return { path: rest === undefined ? first : `${first}/${rest}`, labels: labelText(labels) };
  }
  return { path: name, labels: '' };
}

function metricName(path: string): string {
  return `mesos_${path.replace(/[^A-Za-z0-9_]+/g, '_')}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
