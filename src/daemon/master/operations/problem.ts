// What is wrong with an operation, before anybody looks whether its resources are there (mesos-api.md 14.5).
import type { FrameworkInfo, Offer_Operation } from '../../../mesos/generated/v1.ts';
import {
  type Requester,
  validateCreate,
  validateDestroy,
  validateReserve,
  validateUnreserve,
} from '../../../mesos/validation/operations.ts';
import type { Problem } from '../../../mesos/validation/problem.ts';
import { validateGrowVolume, validateShrinkVolume } from '../../../mesos/validation/resize.ts';
import { capabilityNames } from '../agents/registration/admission.ts';
import type { MasterAgent } from '../state/agent.ts';

/** The framework, or undefined for an operator. */
export function requesterOf(framework: FrameworkInfo | undefined): Requester {
  if (framework === undefined) return {};
  const { principal } = framework;
  return { framework, ...(principal !== undefined && { principal }) };
}

/** Of a normalised operation whose member is there; launches are none of its business. */
export function operationProblem(operation: Offer_Operation, requester: Requester, agent: MasterAgent): Problem {
  const capabilities = capabilityNames(agent);
  const { reserve, unreserve, create, destroy, grow_volume, shrink_volume } = operation;
  if (reserve) return validateReserve(reserve, requester, capabilities);
  if (unreserve) return validateUnreserve(unreserve);
  if (create) return validateCreate(create, agent.totalResources.persistentVolumes(), requester, capabilities);
  if (destroy) {
    return validateDestroy(destroy, agent.totalResources.persistentVolumes(), [...agent.usedResources.values()]);
  }
  if (grow_volume) return validateGrowVolume(grow_volume, capabilities);
  if (shrink_volume) return validateShrinkVolume(shrink_volume, capabilities);
  return `Operation ${operation.type} is not supported: it needs a resource provider, and agents of this cluster have none`;
}
