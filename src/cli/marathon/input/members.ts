// Members that an app may have. Marathon leaves out what it does not know, so a slip such as `instnces: 3` would change
// nothing and say nothing; here it is told.
import { nearest } from '../../ids.ts';
import { type InputApp, isObject } from './apps.ts';
import type { PathStep } from './violation-path.ts';

/** What people set, old spellings too (marathon.md 3.2, 3.4). */
export const APP_MEMBERS: readonly string[] = [
  'acceptedResourceRoles',
  'args',
  'backoffFactor',
  'backoffSeconds',
  'check',
  'cmd',
  'constraints',
  'container',
  'cpus',
  'dependencies',
  'disk',
  'env',
  'executor',
  'executorResources',
  'fetch',
  'gpus',
  'healthChecks',
  'id',
  'instances',
  'ipAddress',
  'killSelection',
  'labels',
  'maxLaunchDelaySeconds',
  'mem',
  'networks',
  'portDefinitions',
  'ports',
  'readinessChecks',
  'requirePorts',
  'resourceLimits',
  'role',
  'secrets',
  'taskKillGracePeriodSeconds',
  'tty',
  'unreachableStrategy',
  'upgradeStrategy',
  'uris',
  'user',
  'version',
];

/** What GET shows besides (marathon.md 2.4), what older Marathons knew, and what people use to say more in a file. */
const PASSED_OVER =
  /^(tasks\w*|taskStats|deployments|lastTaskFailure|readinessCheckResults|versionInfo|status|residency|storeUrls|\$\w+|x-.*)$/;

const KNOWN = new Set(APP_MEMBERS);

/** No member of an app, and the one that may be meant. */
export interface UnknownMember {
  readonly name: string;
  readonly near: string | undefined;
}

/** Those of one definition, or of a part of one. Members of members are not looked at. */
export function unknownMembers(definition: Readonly<Record<string, unknown>>): UnknownMember[] {
  return Object.keys(definition)
    .filter((name) => !KNOWN.has(name) && !PASSED_OVER.test(name))
    .map((name) => ({ name, near: nearest(name, APP_MEMBERS) }));
}

/** A line for each: `web.yaml:5  instnces is no member of an app, and is left out; is it instances?` */
export function unknownMemberLines(
  definition: Readonly<Record<string, unknown>>,
  place: (path: readonly PathStep[]) => string | undefined,
): string[] {
  return unknownMembers(definition).map(({ name, near }) => {
    const words = `${name} is no member of an app, and is left out`;
    return [place([name]), near === undefined ? `${words}.` : `${words}; is it ${near}?`].filter(Boolean).join('  ');
  });
}

/** What is likely to be a slip, a line each. */
export function warningsOf(apps: readonly InputApp[]): string[] {
  return apps.flatMap(({ definition, place }) => unknownMemberLines(definition, place));
}

/** As `unknownMemberLines`, of all apps in a group and below it. */
export function unknownMembersWithin(
  group: Readonly<Record<string, unknown>>,
  place: (path: readonly PathStep[]) => string | undefined,
): string[] {
  return ['apps', 'groups'].flatMap((kind) => {
    const list: unknown = group[kind];
    if (!Array.isArray(list)) return [];
    return list.flatMap((item: unknown, index) => {
      if (!isObject(item)) return [];
      const look = kind === 'apps' ? unknownMemberLines : unknownMembersWithin;
      return look(item, (path) => place([kind, index, ...path]));
    });
  });
}
