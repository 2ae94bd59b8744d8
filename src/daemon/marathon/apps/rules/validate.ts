// All rules that concern one app by itself (marathon.md 3.6); those of the whole tree are in groups/.
import type { App } from '../../model/app.ts';
import type { Violation } from '../../refusals.ts';
import { appIdError } from '../input/parse.ts';
import { collector } from '../input/report.ts';
import type { ValidationContext } from '../update.ts';
import { checkRules } from './checks.ts';
import { commandRules, secretRules } from './command.ts';
import { portRules } from './ports.ts';
import { instancesRule, resourceRules, roleRules, strategyRules } from './resources.ts';

/** What is wrong with the app; nothing when it is valid. `prefix`: path of the app in the request, as `AppUpdate.at`. */
export function validateApp(app: App, context: ValidationContext, prefix = ''): readonly Violation[] {
  const { violations, report } = collector(prefix);
  const idError = appIdError(app.id);
  if (idError !== undefined) report(['id'], idError);
  commandRules(app, report);
  secretRules(app, context, report);
  portRules(app, report);
  checkRules(app, report);
  resourceRules(app, context, report);
  instancesRule(app, context, report);
  strategyRules(app, report);
  roleRules(app, context, report);
  return violations;
}
