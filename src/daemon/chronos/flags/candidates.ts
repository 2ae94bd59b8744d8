// Flags of a Chronos that is one of several; beside those of all schedulers the original's forms of --zk.
import * as kind from '../../serving/flag-kinds.ts';
import { candidateFlags, milliseconds } from '../../serving/leadership/candidate-flags.ts';

/** A part of CHRONOS_FLAGS. */
export const CANDIDATE_FLAGS = {
  ...candidateFlags('Chronos'),
  zkHosts: kind.text('zk_hosts', {
    help: "The original's form of --zk: host:port,host:port, together with --zk_path.",
  }),
  zkPath: kind.text('zk_path', { default: '/chronos/state', help: 'Path for --zk_hosts.' }),
  zkAuth: kind.secret('zk_auth', { help: 'user:password for --zk_hosts, in a file (its path) or in CHRONOS_ZK_AUTH.' }),
  onElectedPrepareTimeoutMs: milliseconds('on_elected_prepare_timeout', '180000', 'ms to load the state when elected.'),
};
