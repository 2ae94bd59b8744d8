// Rules of resources, instances, roles and strategies (marathon.md 3.6, rules 16, 20, 21, 24, 25, 30–32).
import type { App } from '../../model/app.ts';
import { decimal } from '../../model/decimal.ts';
import { isSingleInstance } from '../assemble.ts';
import type { Report } from '../input/report.ts';
import type { ValidationContext } from '../update.ts';

/** Rules 16 and 25. */
export function resourceRules(app: App, { features }: ValidationContext, report: Report): void {
  if (app.gpus > 0) {
    if (app.container?.type === 'DOCKER') report([], 'GPU resources only work with the Mesos containerizer');
    if (!features.has('gpu_resources'))
      report([], 'Feature gpu_resources is not enabled. Enable with --enable_features gpu_resources)');
  }
  for (const name of ['cpus', 'mem'] as const) {
    const limit = app.resourceLimits?.[name];
    if (typeof limit === 'number' && limit < app[name])
      report(
        ['resourceLimits', name],
        `resource limit must be greater than or equal to requested resource (${decimal(app[name])})`,
      );
  }
}

/** So many that somebody must have slipped are refused: the original takes them, and drowns. */
export function instancesRule({ instances }: App, { maxInstances }: ValidationContext, report: Report): void {
  if (maxInstances !== undefined && instances > maxInstances)
    report(['instances'], `got ${instances}, expected at most ${maxInstances} (--max_instances_per_app)`);
}

/** Rules 20, 21 and 24. */
export function strategyRules(app: App, report: Report): void {
  const isSingle = isSingleInstance(app.labels);
  if (isSingle && app.instances > 1) report(['instances'], 'Single instance app may only have one instance');
  for (const name of ['minimumHealthCapacity', 'maximumOverCapacity'] as const) {
    const value = app.upgradeStrategy[name];
    if (value < 0 || value > 1)
      report(['upgradeStrategy', name], `got ${decimal(value)}, expected between 0.0 and 1.0`);
    else if (isSingle && value !== 0) report(['upgradeStrategy', name], `got ${decimal(value)}, expected 0.0`);
  }
  unreachableRules(app, report);
}

function unreachableRules({ unreachableStrategy: strategy }: App, report: Report): void {
  if (strategy === 'disabled') return;
  for (const name of ['inactiveAfterSeconds', 'expungeAfterSeconds'] as const)
    if (strategy[name] < 0)
      report(['unreachableStrategy', name], `${name} (${strategy[name]}) must be greater than or equal to 0`);
  const { inactiveAfterSeconds: inactive, expungeAfterSeconds: expunge } = strategy;
  if (inactive > expunge)
    report(
      ['unreachableStrategy', 'inactiveAfterSeconds'],
      `inactiveAfterSeconds (${inactive}) must be less or equal to expungeAfterSeconds, which is ${expunge}`,
    );
}

/** Rules 30 to 32; which roles are allowed is the tree's to say. */
export function roleRules(app: App, { allowedRoles }: ValidationContext, report: Report): void {
  const { role, acceptedResourceRoles = [] } = app;
  const error = roleError(role);
  if (error !== undefined) report(['role'], error);
  else if (allowedRoles !== undefined && !allowedRoles.includes(role))
    report(['role'], `got ${role}, expected one of: [${allowedRoles.join(', ')}]`);
  if (acceptedResourceRoles.some((accepted) => accepted !== '*' && accepted !== role))
    report(['acceptedResourceRoles'], `acceptedResourceRoles can only contain * and ${role}`);
}

/** What is wrong with the spelling of a role (rule 32). */
function roleError(role: string): string | undefined {
  if (role === '') return 'must not be empty';
  if (role === '.' || role === '..') return 'can not be one of (.,..)';
  if (role.startsWith('-')) return 'must not start with a dash';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a role must not hold.
  if (/[\s/\\\u0000-\u001f\u007f]/.test(role))
    return 'must not hold white space, slashes, backslashes or control characters';
  return undefined;
}
