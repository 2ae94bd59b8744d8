// Frameworks that a master learns of from their agents, after a failover (mesos-semantics.md 2, state RECOVERED).
import type { FrameworkInfo } from '../../../mesos/generated/v1.ts';
import { trackRoles } from '../books/roles.ts';
import type { MasterCore } from '../core.ts';
import { allocatorOptions, newFramework } from './new-framework.ts';

/** Known and completed frameworks stay what they are. */
export function recoverFrameworks(core: MasterCore, infos: readonly FrameworkInfo[]): void {
  for (const info of infos) {
    const frameworkId = info.id?.value;
    if (frameworkId === undefined || core.state.frameworks.has(frameworkId)) continue;
    if (core.state.completedFrameworks.has(frameworkId)) continue;
    const framework = newFramework(core, info, {
      frameworkId,
      state: 'RECOVERED',
      suppressedRoles: [],
      offerConstraints: undefined,
    });
    core.state.frameworks.set(frameworkId, framework);
    trackRoles(core, framework);
    core.allocator.addFramework(frameworkId, { ...allocatorOptions(core, framework), active: false });
    core.log.info('framework recovered from an agent', { framework: info.name, frameworkId });
    core.events.frameworkAdded(framework);
  }
}
