import { Flags } from '@oclif/core';
import { integerFlag } from '../../cli/amount-flags.ts';
import { ClusterCommand, clusterNameFlag } from '../../cli/cluster/cluster-command.ts';

export default class ClusterUp extends ClusterCommand {
  static override summary =
    'Start a cluster on this machine: a master, agents and Marathon as separate, supervised processes.';
  static override description =
    'Agent k listens on 127.0.0.1+k with its own share of the machine. On a cluster that runs already this only reports it. ' +
    'State is kept: stopped and started again, the agents are the same agents.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --agents 3 --json',
    '<%= config.bin %> <%= command.id %> --name second --port-base 20000',
    '<%= config.bin %> <%= command.id %> --agent-flag cgroups_enable_cfs --agent-flag isolation=cgroups/cpu,cgroups/mem',
  ];
  static override flags = {
    name: clusterNameFlag,
    agents: integerFlag({ summary: 'How many agents (2 at first, later as many as there were).', min: 0 }),
    foreground: Flags.boolean({ summary: 'Stay here as the supervisor; Ctrl-C stops the cluster.' }),
    marathon: Flags.boolean({ summary: 'Run Marathon too (as it was before; at first, yes).', allowNo: true }),
    'port-base': integerFlag({
      summary: 'The master listens on this port, the agents on the next, Marathon on the one after.',
      min: 1,
    }),
    'agent-flag': Flags.string({
      summary: 'A further flag for every agent.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<flag[=value]>',
    }),
    'marathon-flag': Flags.string({
      summary: 'A further flag for Marathon.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<flag[=value]>',
    }),
    'master-flag': Flags.string({
      summary: 'A further flag for the master.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<flag[=value]>',
    }),
  };

  /** The cluster matters more than the words: half of one must not stay behind. */
  protected override readerGone(): void {
    // Going on is all there is to do.
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(ClusterUp);
    this.refuseWatch();
    const { bringUp } = await import('../../cli/cluster/bring-up.ts');
    const view = await bringUp(this.paths(flags.name), {
      clustersDirectory: this.clustersDirectory,
      wishes: {
        agents: flags.agents,
        portBase: flags['port-base'],
        agentFlags: flags['agent-flag'],
        masterFlags: flags['master-flag'],
        marathon: flags.marathon,
        marathonFlags: flags['marathon-flag'],
      },
      foreground: flags.foreground,
      timeoutMs: flags.timeout ?? 60_000,
      world: await this.world(),
      say: (text) => this.say(text),
      progress: (text) => this.progress(text),
      print: (view) => this.print(view),
    });
    if (view !== undefined) await this.print(view);
  }
}
