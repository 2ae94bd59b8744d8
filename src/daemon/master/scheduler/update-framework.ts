// UPDATE_FRAMEWORK: the one call that is answered for what it did (mesos-api.md 4.3).
import type { Call_UpdateFramework } from '../../../mesos/generated/scheduler.ts';
import { validateFrameworkUpdate } from '../../../mesos/validation/framework.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { badRequest, ok } from '../../serving/http/responses.ts';
import type { MasterCore } from '../core.ts';
import { frameworkError, offerConstraintsError } from '../frameworks/subscription-error.ts';
import { tellAgents, updateFramework } from '../frameworks/update.ts';
import type { MasterFramework } from '../state/framework.ts';

/** 200 when applied, 400 with the reason when refused; a refused call changes nothing. */
export function answerUpdateFramework(
  core: MasterCore,
  framework: MasterFramework,
  call: Call_UpdateFramework,
): HttpResponse {
  const invalid = frameworkError(core, call);
  if (invalid !== undefined) return badRequest(`Supplied FrameworkInfo is not valid: ${invalid}`);
  const problem =
    validateFrameworkUpdate(framework.info, call.framework_info) ??
    offerConstraintsError(core, call, "'UpdateFramework.offer_constraints' are not valid: ");
  if (problem !== undefined) return badRequest(problem);
  const { info: before } = framework;
  updateFramework(core, framework, call);
  // Each of them would write it to its disk.
  if (framework.info !== before) tellAgents(framework, core);
  core.events.frameworkUpdated(framework);
  core.requestAllocation();
  return ok();
}
