// Whose fault it is that HAProxy does not take a file: its alerts, by the lines and names in them (haproxy.md 10.5). Pure.
import type { Rendered } from '../../render/rendered.ts';
import { maskSecrets } from '../../render/secrets.ts';

/** Alerts by service; those that are nobody's, as text. */
export interface Complaints {
  readonly byService: ReadonlyMap<string, string>;
  readonly others: readonly string[];
}

/** Closing words, which say nothing about a line. */
const SUMMARY = /Error\(s\) found in configuration file|Fatal errors found in configuration/;

/** @param file the path that HAProxy was given */
export function readComplaints(stderr: string, file: string, ranges: Rendered['ranges']): Complaints {
  const byService = new Map<string, string>();
  const others: string[] = [];
  const names = new Set(ranges.map(({ service }) => service));
  for (const alert of alertsOf(stderr)) {
    const service = serviceAt(lineIn(alert, file), ranges) ?? serviceNamed(alert, names);
    const text = maskSecrets(alert.replaceAll(file, 'config')).slice(0, 500);
    if (service === undefined) others.push(text);
    else if (!byService.has(service)) byService.set(service, text);
  }
  return { byService, others };
}

/** Alerts may go on over several lines, those indented or without a level. */
function alertsOf(stderr: string): string[] {
  const alerts: string[] = [];
  let isAlert = false;
  for (const line of stderr.split('\n')) {
    const head = /^\[(ALERT|WARNING|NOTICE|DIAG)\]\s+\(\d+\) : (.*)$/.exec(line);
    if (head !== null) {
      isAlert = head[1] === 'ALERT' && !SUMMARY.test(line);
      if (isAlert) alerts.push((head[2] ?? '').replace(/^config : /, ''));
    } else if (isAlert && line.trim() !== '') {
      alerts.push(`${alerts.pop() ?? ''} ${line.trim()}`);
    }
  }
  return alerts;
}

function lineIn(alert: string, file: string): number | undefined {
  const at = alert.indexOf(`[${file}:`);
  if (at === -1) return undefined;
  const line = Number.parseInt(alert.slice(at + file.length + 2), 10);
  return line > 0 ? line : undefined;
}

/** Ranges ascend and do not overlap. */
function serviceAt(line: number | undefined, ranges: Rendered['ranges']): string | undefined {
  if (line === undefined) return undefined;
  return ranges.find(({ from, to }) => from <= line && line <= to)?.service;
}

function serviceNamed(alert: string, names: ReadonlySet<string>): string | undefined {
  for (const [, name = ''] of alert.matchAll(/(?:backend|frontend|proxy|listen|userlist|server) '([^'/]+)/gi)) {
    const service = names.has(name) ? name : name.replace(/^user_/, '');
    if (names.has(service)) return service;
  }
  return undefined;
}
