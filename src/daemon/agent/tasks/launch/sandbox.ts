// The sandbox directory of a run: made for it, shown under /files while it lives, given to the garbage collector when it
// is over (mesos-semantics.md 8.3, 8.5; mesos-api.md 10).
import type { Disk } from '../../../../world/disk.ts';
import type { AttachedFiles } from '../../../serving/files/attached-files.ts';
import type { WorkLayout } from '../../checkpoint/layout.ts';
import type { Collector } from '../../gc/collector.ts';

const SANDBOX_MODE = 0o750;

export interface SandboxesOptions {
  readonly disk: Disk;
  readonly layout: WorkLayout;
  readonly files: AttachedFiles;
  readonly collector: Collector;
}

/** Whose sandbox it is: a command task or an executor. */
export interface SandboxOwner {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
  readonly containerId: string;
  readonly directory: string;
}

/** Makes and shows them; deleting is the Collector's. */
export class Sandboxes {
  readonly #options: SandboxesOptions;

  constructor(options: SandboxesOptions) {
    this.#options = options;
  }

  /** Every sandbox of this agent id, also those whose run is forgotten, under both kinds of path. */
  showAll(agentId: string): void {
    const { files, layout } = this.#options;
    const root = layout.frameworksDirectory(agentId);
    files.attach(root, root);
    files.attach('/frameworks', root);
  }

  /** Makes the directory, and `runs/latest` point to it. Throws DiskError. */
  async create(run: SandboxOwner): Promise<void> {
    const { disk, layout, collector } = this.#options;
    const { executorId } = run;
    await collector.claim(layout.executorDirectory(run.agentId, run.frameworkId, executorId));
    await collector.claim(layout.frameworkDirectory(run.agentId, run.frameworkId));
    const runs = layout.runsDirectory(run.agentId, run.frameworkId, executorId);
    await disk.makeDirectory(runs);
    await disk.makeDirectory(run.directory, { mode: SANDBOX_MODE });
    await disk.symlink(run.containerId, `${runs}/latest`);
  }

  /**
   * Makes the sandbox of a task of a group within that of its executor, and `tasks/<task id>` there point to it
   * (mesos-semantics.md 9.2). Throws DiskError.
   */
  async createNested(executor: SandboxOwner, directory: string, taskId: string): Promise<void> {
    const { disk } = this.#options;
    for (const name of ['containers', 'tasks']) await disk.makeDirectory(`${executor.directory}/${name}`);
    await disk.makeDirectory(directory, { mode: SANDBOX_MODE });
    await disk.symlink(`..${directory.slice(executor.directory.length)}`, `${executor.directory}/tasks/${taskId}`);
  }

  attach(run: SandboxOwner): void {
    for (const path of this.#virtualPaths(run)) this.#options.files.attach(path, run.directory);
  }

  /** The run is over; its sandbox stays to be looked at until it is collected. */
  release(run: SandboxOwner, isFrameworkGone: boolean): void {
    const { files, layout, collector } = this.#options;
    for (const path of this.#virtualPaths(run)) files.detach(path);
    const { executorId } = run;
    // For itself too: a task id that is launched again and again keeps its executor's directory in use for ever.
    collector.schedule(run.directory);
    collector.schedule(layout.executorDirectory(run.agentId, run.frameworkId, executorId));
    if (isFrameworkGone) collector.schedule(layout.frameworkDirectory(run.agentId, run.frameworkId));
  }

  #virtualPaths(run: SandboxOwner): string[] {
    const { executorId } = run;
    const latest = `${this.#options.layout.runsDirectory(run.agentId, run.frameworkId, executorId)}/latest`;
    return [run.directory, latest, `/frameworks/${run.frameworkId}/executors/${executorId}/runs/latest`];
  }
}
