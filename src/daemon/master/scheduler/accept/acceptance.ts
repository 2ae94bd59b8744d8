// One ACCEPT on its way through its operations.
import type { Resources } from '../../../../mesos/resources.ts';
import type { MasterFramework } from '../../state/framework.ts';

/** One ACCEPT while its operations are applied one after the other. */
export interface Acceptance {
  readonly framework: MasterFramework;
  /** Of all its offers. */
  readonly agentId: string;
  readonly role: string;
  /** What the operations so far left of the offers, allocated to `role`. */
  remaining: Resources;
}
