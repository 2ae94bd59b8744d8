// Flags of a Marathon that is one of several; beside those of all schedulers whether it waits.
import * as kind from '../../serving/flag-kinds.ts';
import { candidateFlags } from '../../serving/leadership/candidate-flags.ts';

/** A part of MARATHON_FLAGS. */
export const CANDIDATE_FLAGS = {
  ...candidateFlags('Marathon'),
  ha: kind.boolean('ha', {
    default: 'true',
    help: 'With --zk: wait while another Marathon leads. Without: lead at once, for who is alone on that path.',
  }),
};
