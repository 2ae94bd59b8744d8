// One health check of an app. Its numbers end up in HAProxy's file, so they are numbers within what HAProxy takes
// (haproxy.md 17.3); where they are not, Marathon's default is taken and said. The path is the model's to judge.
import type { Problem } from '../model/model.ts';
import type { DiscoveredHealthCheck } from './discovered.ts';
import { FieldError, isObject, type JsonObject, kindOf, portOf, textAt } from './json-fields.ts';

/** A day: longer times overflow HAProxy's timers before long, and mean nothing for a check. */
const MOST_SECONDS = 86_400;

/** Throws FieldError. */
export function readHealthCheck(
  value: unknown,
  where: string,
  appId: string,
  problems: Problem[],
): DiscoveredHealthCheck {
  if (!isObject(value)) throw new FieldError(where, `is ${kindOf(value)}, not a health check`);
  const { portIndex } = value;
  const tell = (name: string, message: string) =>
    problems.push({ appId, where: `${where}.${name}`, effect: 'changed', message });
  const check: { -readonly [K in keyof DiscoveredHealthCheck]: DiscoveredHealthCheck[K] } = {
    protocol: textAt(value, 'protocol', `${where}.protocol`) ?? 'HTTP',
    timeoutSeconds: number(value, 'timeoutSeconds', 20, 1, MOST_SECONDS, tell),
    intervalSeconds: number(value, 'intervalSeconds', 60, 1, MOST_SECONDS, tell),
    gracePeriodSeconds: number(value, 'gracePeriodSeconds', 300, 0, Number.MAX_SAFE_INTEGER, tell),
    maxConsecutiveFailures: number(value, 'maxConsecutiveFailures', 3, 0, 1_000_000, tell),
  };
  const path = textAt(value, 'path', `${where}.path`);
  if (path !== undefined) check.path = path;
  const port = portOf(value.port);
  if (port !== undefined) check.port = port;
  if (typeof portIndex === 'number' && Number.isInteger(portIndex) && portIndex >= 0) check.portIndex = portIndex;
  return check;
}

function number(
  check: JsonObject,
  name: string,
  otherwise: number,
  least: number,
  most: number,
  tell: (name: string, message: string) => void,
): number {
  const given = check[name];
  if (given === undefined || given === null) return otherwise;
  if (typeof given === 'number' && Number.isInteger(given)) {
    if (given >= least && given <= most) return given;
    tell(name, `${given} is not within ${least} to ${most}; the nearest is taken`);
    return Math.min(most, Math.max(least, given));
  }
  tell(name, `is ${kindOf(given)}, not a whole number; ${otherwise} is taken`);
  return otherwise;
}
