// The offers of an ACCEPT (mesos-api.md 14.1). What is wrong makes every task of it TASK_LOST or TASK_DROPPED with
// "Task launched with invalid offers: " before the text.
import { firstProblem, type Problem } from '../problem.ts';

/** What the master knows of an outstanding offer. */
export interface OfferFacts {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
}

/** `offers` looks up an offer that is still valid. */
export function validateOffers(
  offerIds: readonly string[],
  frameworkId: string,
  offers: { get(offerId: string): OfferFacts | undefined },
): Problem {
  const first = offers.get(offerIds[0] ?? '');
  return (
    validateUnique(offerIds) ??
    firstProblem(offerIds, (id) => (offers.get(id) === undefined ? `Offer ${id} is no longer valid` : undefined)) ??
    firstProblem(offerIds, (id) => {
      const owner = offers.get(id)?.frameworkId;
      return owner === frameworkId
        ? undefined
        : `Offer ${id} has invalid framework ${owner} while framework ${frameworkId} is expected`;
    }) ??
    firstProblem(offerIds, (id) => {
      const role = offers.get(id)?.role;
      return role === first?.role
        ? undefined
        : `Aggregated offers must be allocated to the same role. Offer ${id} uses role '${role} but another is using role '${first?.role}`;
    }) ??
    firstProblem(offerIds, (id) => {
      const agentId = offers.get(id)?.agentId;
      return agentId === first?.agentId
        ? undefined
        : `Aggregated offers must belong to one single agent. Offer ${id} uses agent ${agentId} and agent ${first?.agentId}`;
    })
  );
}

function validateUnique(offerIds: readonly string[]): Problem {
  const duplicate = offerIds.find((id, index) => offerIds.indexOf(id) !== index);
  return duplicate === undefined ? undefined : `Duplicate offer ${duplicate} in offer list`;
}
