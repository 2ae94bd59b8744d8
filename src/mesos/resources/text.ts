// Text forms of resources (mesos-api.md 13): the `--resources` flag, its JSON variant, and how the original prints them.
import type { Labels, Resource, Resource_DiskInfo } from '../generated/v1.ts';
import { validateResource } from '../validation/resource-form.ts';
import { ResourcesError } from './errors.ts';
import type { Reservation } from './identity.ts';
import type { Item } from './item.ts';
import { formatRanges, toPairs } from './ranges.ts';
import { formatMillis } from './scalar.ts';
import { parseValue } from './value-text.ts';

const fail = (message: string): never => {
  throw new ResourcesError('RESOURCES_TEXT', message);
};

/** `name(role):value;name:value` or a JSON array → valid messages, in either format. Throws ResourcesError. */
export function parseResourceMessages(text: string, defaultRole: string): Resource[] {
  const messages = /^\s*\[/.test(text) ? parseJson(text) : parseSimple(text, defaultRole);
  for (const message of messages) {
    const problem = validateResource(message);
    if (problem !== undefined) throw new ResourcesError('RESOURCES_INVALID', problem);
  }
  return messages;
}

function parseSimple(text: string, defaultRole: string): Resource[] {
  const tokens = text.split(/[;\n]/).filter((token) => token.trim() !== '');
  return tokens.map((token) => {
    const parts = token.split(':').filter((part) => part !== '');
    const [head, value] = parts;
    if (parts.length !== 2 || head === undefined || value === undefined) {
      return fail(`Bad value for resources, missing or extra ':' in ${token}`);
    }
    const { name, role } = parseHead(head, token, defaultRole);
    return toMessage(name, role, value);
  });
}

function parseHead(head: string, token: string, defaultRole: string): { name: string; role: string } {
  const open = head.indexOf('(');
  if (open < 0) {
    if (head.includes(')')) fail(`Bad value for resources, mismatched parentheses in ${token}`);
    return { name: head.trim(), role: defaultRole };
  }
  const close = head.indexOf(')');
  if (close < open) fail(`Bad value for resources, mismatched parentheses in ${token}`);
  return { name: head.slice(0, open).trim(), role: head.slice(open + 1, close).trim() };
}

function toMessage(name: string, role: string, text: string): Resource {
  const value = parseValue(text);
  const reserved: Pick<Resource, 'reservations'> = role === '*' ? {} : { reservations: [{ type: 'STATIC', role }] };
  switch (value.type) {
    case 'SCALAR':
      return { name, type: 'SCALAR', scalar: { value: value.value }, ...reserved };
    case 'RANGES':
      return {
        name,
        type: 'RANGES',
        ranges: { range: toPairs(value.ranges).map(([begin, end]) => ({ begin, end })) },
        ...reserved,
      };
    case 'SET':
      return { name, type: 'SET', set: { item: [...value.items] }, ...reserved };
    case 'TEXT':
      return fail(`Bad type for resource ${name} value ${text} type TEXT`);
  }
}

/** Only what an agent may be given by hand: not revocable, not shared, no persistent volumes. */
function parseJson(text: string): Resource[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return fail(`Failed to parse resources as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(parsed)) return fail('Expecting a JSON array of resources');
  return parsed.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('name' in entry) || typeof entry.name !== 'string') {
      return fail('Expecting resources to be objects with a name');
    }
    if (!('type' in entry) || typeof entry.type !== 'string') return fail(`Missing type of resource ${entry.name}`);
    const message = entry as Resource;
    if (message.revocable !== undefined) fail(`Resource ${message.name} must not be revocable`);
    if (message.shared !== undefined) fail(`Resource ${message.name} must not be shared`);
    if (message.disk?.persistence !== undefined) fail(`Resource ${message.name} must not be a persistent volume`);
    return message;
  });
}

/** `mem(allocated: web)(reservations: [(STATIC,eng)]):512`. */
export function formatItem(item: Item): string {
  const { identity } = item;
  const allocated = identity.allocationRole === undefined ? '' : `(allocated: ${identity.allocationRole})`;
  const reservations =
    identity.reservations.length === 0
      ? ''
      : `(reservations: [${identity.reservations.map(formatReservation).join(',')}])`;
  const disk = item.disk === undefined ? '' : `[${formatDisk(item.disk)}]`;
  const flags = `${identity.isRevocable ? '{REV}' : ''}${identity.isShared ? '<SHARED>' : ''}`;
  return `${identity.name}${allocated}${reservations}${disk}${flags}:${formatItemValue(item)}`;
}

function formatItemValue(item: Item): string {
  switch (item.identity.kind) {
    case 'SCALAR':
      return formatMillis(item.millis);
    case 'RANGES':
      return formatRanges(item.ranges);
    case 'SET':
      return `{${item.set.join(', ')}}`;
  }
}

function formatReservation(reservation: Reservation): string {
  const { type, role, principal, labels } = reservation;
  return `(${[type, role, principal, labels && formatLabels(labels)].filter((part) => part !== undefined).join(',')})`;
}

const formatLabels = (labels: Labels): string =>
  `{${(labels.labels ?? []).map(({ key, value }) => (value === undefined ? key : `${key}: ${value}`)).join(', ')}}`;

function formatDisk(disk: Resource_DiskInfo): string {
  const { source, persistence, volume } = disk;
  const parts: string[] = [];
  if (source !== undefined) {
    const root = source.path?.root ?? source.mount?.root;
    const vendorIdProfile = [source.vendor, source.id, source.profile].map((part) => part ?? '').join(',');
    parts.push(
      `${source.type}${vendorIdProfile === ',,' ? '' : `(${vendorIdProfile})`}${root === undefined ? '' : `:${root}`}`,
    );
  }
  if (persistence !== undefined) {
    const mount = [volume?.host_path, volume?.container_path].filter((path) => path !== undefined);
    parts.push([persistence.id, ...mount].join(':'));
  }
  return parts.join(',');
}
