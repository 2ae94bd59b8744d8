// The labels of a deployment, read from a live app or from the JSON of one to be (haproxy.md 3, 16). Whoever may write apps
// writes these texts, so none is believed unread.
import { isAppId } from '../../grammar/app-id.ts';
import { parseInteger, parseTime } from '../../grammar/words.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';

export const GROUP = 'HAPROXY_DEPLOYMENT_GROUP';
export const ALT_PORT = 'HAPROXY_DEPLOYMENT_ALT_PORT';
export const COLOUR = 'HAPROXY_DEPLOYMENT_COLOUR';
export const STARTED_AT = 'HAPROXY_DEPLOYMENT_STARTED_AT';
export const TARGET_INSTANCES = 'HAPROXY_DEPLOYMENT_TARGET_INSTANCES';
export const NEW_INSTANCES = 'HAPROXY_DEPLOYMENT_NEW_INSTANCES';
export const APP_ID = 'HAPROXY_APP_ID';
export const PORT = 'HAPROXY_0_PORT';

export type ColourName = 'blue' | 'green';

export const MOST_INSTANCES = 1_000_000;

/** What the labels say; absent labels are undefined. */
export interface DeploymentLabels {
  readonly group: string | undefined;
  readonly altPort: number | undefined;
  readonly colour: ColourName | undefined;
  readonly startedAtMs: number | undefined;
  readonly targetInstances: number | undefined;
  readonly newInstances: number | undefined;
  /** Of HAPROXY_0_PORT. */
  readonly port: number | undefined;
}

/** Throws Refusal with that code at the first label that does not fit; `whose` begins its text. */
export function readDeploymentLabels(
  labels: Readonly<Record<string, string>>,
  whose: string,
  code: RefusalCode,
): DeploymentLabels {
  return {
    group: read(GROUP, groupId, 'must be a name like an app id'),
    altPort: read(ALT_PORT, port, 'must be a port'),
    colour: read(COLOUR, colourName, 'must be blue or green'),
    startedAtMs: read(STARTED_AT, moment, 'must be a time like 2026-01-10T10:00:00'),
    targetInstances: read(TARGET_INSTANCES, instances, 'must be a number of instances'),
    newInstances: read(NEW_INSTANCES, instances, 'must be a number of instances'),
    port: read(PORT, port, 'must be a port'),
  };

  function read<T>(name: string, parse: (text: string) => T | undefined, rule: string): T | undefined {
    if (!Object.hasOwn(labels, name)) return undefined;
    const text = labels[name] ?? '';
    const value = parse(text);
    if (value === undefined) {
      throw new Refusal(code, `${whose}: the label ${name} ${rule}.`, {
        why: `It is ${JSON.stringify(text.slice(0, 80))}.`,
      });
    }
    return value;
  }
}

/** `cart` and `/cart` are one group; undefined for what cannot be one. */
export function groupId(text: string): string | undefined {
  const name = text.trim();
  const id = name.startsWith('/') ? name : `/${name}`;
  return isAppId(id) ? id : undefined;
}

function port(text: string): number | undefined {
  return accepted(parseInteger(text, 1, 65_535));
}

function instances(text: string): number | undefined {
  return accepted(parseInteger(text, 0, MOST_INSTANCES));
}

function moment(text: string): number | undefined {
  return accepted(parseTime(text));
}

function colourName(text: string): ColourName | undefined {
  const name = text.trim().toLowerCase();
  return name === 'blue' || name === 'green' ? name : undefined;
}

function accepted<T>(verdict: { readonly ok: true; readonly value: T } | { readonly ok: false }): T | undefined {
  return verdict.ok ? verdict.value : undefined;
}
