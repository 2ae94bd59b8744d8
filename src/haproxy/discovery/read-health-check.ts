// One health check of an app. Its numbers end up in HAProxy's file, so they are numbers within what HAProxy takes
// (haproxy.md 17.3); where they are not, Marathon's default is taken and said. The path is the model's to judge.
import type { Problem } from '../model/model.ts';
import type { DiscoveredHealthCheck } from './discovered.ts';
import { FieldError, isObject, kindOf, portOf, textAt } from './json-fields.ts';

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
  const check = value;
  const path = textAt(check, 'path', `${where}.path`);
  const port = portOf(check.port);
  const portIndex = check.portIndex;
  return {
    protocol: textAt(check, 'protocol', `${where}.protocol`) ?? 'HTTP',
    ...(path === undefined ? {} : { path }),
    ...(port === undefined ? {} : { port }),
    ...(typeof portIndex === 'number' && Number.isInteger(portIndex) && portIndex >= 0 ? { portIndex } : {}),
    timeoutSeconds: number('timeoutSeconds', 20, 1, MOST_SECONDS),
    intervalSeconds: number('intervalSeconds', 60, 1, MOST_SECONDS),
    gracePeriodSeconds: number('gracePeriodSeconds', 300, 0, Number.MAX_SAFE_INTEGER),
    maxConsecutiveFailures: number('maxConsecutiveFailures', 3, 0, 1_000_000),
  };

  function number(name: string, otherwise: number, least: number, most: number): number {
    const given = check[name];
    if (given === undefined || given === null) return otherwise;
    if (typeof given === 'number' && Number.isInteger(given)) {
      if (given >= least && given <= most) return given;
      tell(`${given} is not within ${least} to ${most}; the nearest is taken`);
      return Math.min(most, Math.max(least, given));
    }
    tell(`is ${kindOf(given)}, not a whole number; ${otherwise} is taken`);
    return otherwise;

    function tell(message: string): void {
      problems.push({ appId, where: `${where}.${name}`, effect: 'changed', message });
    }
  }
}
