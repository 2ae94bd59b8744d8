import { Flags } from '@oclif/core';
import { ClusterCommand, clusterNameFlag } from '../../cli/cluster/cluster-command.ts';

export default class ClusterDown extends ClusterCommand {
  static override summary = 'Stop a local cluster and everything that runs on it.';
  static override description = 'Leaves no process, port, cgroup or mount behind. State is kept unless --purge.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --name second --purge --yes',
  ];
  static override flags = {
    name: clusterNameFlag,
    purge: Flags.boolean({ summary: 'Remove its state too: sandboxes, logs, registry.' }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(ClusterDown);
    this.refuseWatch();
    const paths = this.paths(flags.name);
    const { stopCluster, downView } = await import('../../cli/cluster/down.ts');
    if (flags.purge) await this.confirm(`Remove all state of cluster '${paths.name}' in ${paths.directory}?`);
    const result = await stopCluster(paths, {
      disk: (await this.world()).disk,
      purge: flags.purge,
      timeoutMs: flags.timeout ?? 20_000,
      progress: (text) => this.progress(text),
    });
    await this.print(downView(result));
  }
}
