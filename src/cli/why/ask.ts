// Which framework is meant, and what the master says of it.

import { askFrameworkWhy, type FrameworkWhy } from '../../client/operator/why.ts';
import { ApiError, type MasterClient } from '../../client/operator.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { findFramework } from '../tasks/find.ts';
import { clusterPicture } from '../views/cluster-picture.ts';

/** Throws Problem: `notFound` for a framework or role that is not there, `notAllowed` for masters that cannot say. */
export async function askWhy(master: MasterClient, given: string, role: string | undefined): Promise<FrameworkWhy> {
  const framework = findFramework(await clusterPicture(master), given);
  if (framework.state === 'completed') {
    throw new Problem(EXIT.conflict, {
      what: `Framework '${framework.name}' has ended.`,
      why: 'Nothing is offered to it any more.',
      next: 'mctl framework list',
    });
  }
  if (role !== undefined && !framework.roles.includes(role)) {
    throw new Problem(EXIT.notFound, {
      what: `Framework '${framework.name}' is not in role '${role}'.`,
      why: `Its roles: ${framework.roles.join(', ')}.`,
    });
  }
  try {
    return await askFrameworkWhy(master, framework.id, role);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not-found' || /framework/i.test(error.said)) throw error;
    throw new Problem(
      EXIT.notAllowed,
      { what: 'This master does not say why.', why: 'Explaining offers is an extension of mctl masters.' },
      { cause: error },
    );
  }
}
