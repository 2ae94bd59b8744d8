// The HAPROXY_ labels of an app, sorted by the port they speak of (haproxy.md 3). Case counts, and so do leading zeros: only
// `HAPROXY_0_VHOST` is of port 0 (3.6).
import { adviseOnUnknown, readLabelName } from './label-names.ts';

/** Names without `HAPROXY_` and without the index. */
export interface AppLabels {
  readonly app: ReadonlyMap<string, string>;
  readonly ports: ReadonlyMap<number, ReadonlyMap<string, string>>;
  /** Whole names of HAPROXY_ labels that there are not, sorted. */
  readonly unknown: readonly string[];
}

const NO_LABELS: ReadonlyMap<string, string> = new Map();
/** Of each kind and app; the rest is counted. */
const MOST_TOLD = 10;

export function readAppLabels(labels: Readonly<Record<string, string>>): AppLabels {
  const app = new Map<string, string>();
  const ports = new Map<number, Map<string, string>>();
  const unknown: string[] = [];
  for (const label in labels) {
    if (!label.startsWith('HAPROXY_')) continue;
    const value = labels[label];
    if (typeof value !== 'string') continue;
    const known = readLabelName(label);
    if (known === undefined) unknown.push(label);
    else if (known.portIndex === undefined) app.set(known.name, value);
    else setOfPort(ports, known.portIndex, known.name, value);
  }
  return { app, ports, unknown: unknown.length > 1 ? unknown.sort() : unknown };
}

function setOfPort(ports: Map<number, Map<string, string>>, portIndex: number, name: string, value: string): void {
  const ofPort = ports.get(portIndex);
  if (ofPort === undefined) ports.set(portIndex, new Map([[name, value]]));
  else ofPort.set(name, value);
}

export function labelsOfPort(labels: AppLabels, portIndex: number): ReadonlyMap<string, string> {
  return labels.ports.get(portIndex) ?? NO_LABELS;
}

/** Warnings, `label` and text, about labels that nobody reads: unknown ones, and those of ports the app does not have. */
export function unreadLabels(labels: AppLabels, servicePorts: number): { label: string; message: string }[] {
  if (labels.unknown.length === 0 && !hasPortBeyond(labels, servicePorts)) return [];
  const found = labels.unknown.slice(0, MOST_TOLD).map((label) => ({
    label: /^[\w.-]{1,100}$/.test(label) ? label : JSON.stringify(label.slice(0, 60)),
    message: adviseOnUnknown(label),
  }));
  if (labels.unknown.length > MOST_TOLD) {
    found.push({ label: 'labels', message: `${labels.unknown.length - MOST_TOLD} more HAPROXY_ labels are not known` });
  }
  const tooHigh = [...labels.ports.keys()].filter((index) => index >= servicePorts).sort((a, b) => a - b);
  for (const index of tooHigh.slice(0, MOST_TOLD)) {
    const has = servicePorts === 1 ? '1 service port' : `${servicePorts} service ports`;
    found.push({
      label: `HAPROXY_${index}_${[...labelsOfPort(labels, index).keys()].sort()[0]}`,
      message: `speaks of port ${index}, but the app has ${has} (counted from 0); it is ignored`,
    });
  }
  return found;
}

function hasPortBeyond(labels: AppLabels, servicePorts: number): boolean {
  for (const index of labels.ports.keys()) if (index >= servicePorts) return true;
  return false;
}
