import { Flags } from '@oclif/core';
import { ClusterCommand, clusterNameFlag } from '../../cli/cluster/cluster-command.ts';

export default class ClusterStatus extends ClusterCommand {
  static override summary = 'Show a local cluster: its daemons, their addresses and process ids.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
    '<%= config.bin %> <%= command.id %> --all',
  ];
  static override flags = {
    name: clusterNameFlag,
    all: Flags.boolean({ summary: 'List every local cluster instead.', exclusive: ['name'] }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(ClusterStatus);
    const { clusterStatusView, clusterListView } = await import('../../cli/cluster/status.ts');
    const { net } = await this.world();
    await this.show(() =>
      flags.all ? clusterListView(net, this.clustersDirectory) : clusterStatusView(net, this.paths(flags.name)),
    );
  }
}
