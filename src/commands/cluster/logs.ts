import { Args, Flags } from '@oclif/core';
import { integerFlag } from '../../cli/amount-flags.ts';
import { ClusterCommand, clusterNameFlag } from '../../cli/cluster/cluster-command.ts';

export default class ClusterLogs extends ClusterCommand {
  static override summary = "Show the logs of a local cluster's daemons.";
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agent-1 --follow',
    '<%= config.bin %> <%= command.id %> master -n 500 --json',
  ];
  static override args = {
    daemon: Args.string({ description: 'supervisor, master, agent-1, zookeeper-1, …; all when left out.' }),
  };
  static override flags = {
    name: clusterNameFlag,
    follow: Flags.boolean({ char: 'f', summary: 'Go on with what comes.' }),
    lines: integerFlag({ char: 'n', summary: 'Last lines of each log.', default: 50, min: 0 }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ClusterLogs);
    const { printLogs } = await import('../../cli/cluster/print-logs.ts');
    await printLogs(this.paths(flags.name), this.terminal, {
      daemon: args.daemon,
      lines: flags.lines,
      follow: flags.follow || flags.watch,
      raw: this.format === 'json',
    });
  }
}
