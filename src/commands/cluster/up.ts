import { Flags } from '@oclif/core';
import { integerFlag } from '../../cli/amount-flags.ts';
import { ClusterCommand, clusterNameFlag } from '../../cli/cluster/cluster-command.ts';

export default class ClusterUp extends ClusterCommand {
  static override summary =
    'Start a cluster on this machine: masters, agents, Marathons and Chronoses as separate, supervised processes.';
  static override description =
    'Agent k listens on 127.0.0.1+k with its own share of the machine. On a cluster that runs already this only reports it. ' +
    'State is kept: stopped and started again, the agents are the same agents. ' +
    'With several masters, Marathons or Chronoses, or --zookeepers, a ZooKeeper ensemble from the installed package elects among them, ' +
    'and a switchboard between all members lets `mctl cluster chaos` cut them off from each other.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --agents 3 --json',
    '<%= config.bin %> <%= command.id %> --masters 3 --marathons 2',
    '<%= config.bin %> <%= command.id %> --name second --port-base 20000',
    '<%= config.bin %> <%= command.id %> --agent-flag cgroups_enable_cfs --agent-flag isolation=cgroups/cpu,cgroups/mem',
  ];
  static override flags = {
    name: clusterNameFlag,
    agents: integerFlag({ summary: 'How many agents (2 at first, later as many as there were).', min: 0 }),
    chaos: Flags.boolean({
      summary: 'Connect the members over a switchboard (as it was before; at first, yes where there is ZooKeeper).',
      allowNo: true,
    }),
    chronos: Flags.boolean({ summary: 'Run Chronos too (as it was before; at first, yes).', allowNo: true }),
    chronoses: integerFlag({ summary: 'How many Chronoses, one of them leading (1 at first).', min: 0 }),
    foreground: Flags.boolean({ summary: 'Stay here as the supervisor; Ctrl-C stops the cluster.' }),
    marathon: Flags.boolean({ summary: 'Run Marathon too (as it was before; at first, yes).', allowNo: true }),
    marathons: integerFlag({ summary: 'How many Marathons, one of them leading (1 at first).', min: 0 }),
    masters: integerFlag({ summary: 'How many masters, one of them leading (1 at first).', min: 1 }),
    'port-base': integerFlag({
      summary:
        'The master listens on this port P, the agents on P+1, Marathon on P+2, Chronos on P+3; everything else below P+100.',
      description:
        'Further ones: master-k P+10+k, marathon-k P+20+k, zookeeper-k P+30+k (peers P+40+k, elections P+50+k), the ' +
        'switchboard P+60 to P+85 of 127.0.1.n, chronos-k P+90+k. Ports of tasks begin at P+100.',
      min: 1,
    }),
    zookeepers: integerFlag({
      summary: 'How many ZooKeepers: 1, 3 or 5 (3 where there are several masters, Marathons or Chronoses, else none).',
      min: 1,
    }),
    'agent-flag': Flags.string({
      summary: 'A further flag for every agent.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<flag[=value]>',
    }),
    'chronos-flag': Flags.string({
      summary: 'A further flag for Chronos.',
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
        masters: flags.masters,
        agents: flags.agents,
        marathons: flags.marathons,
        zookeepers: flags.zookeepers,
        chaos: flags.chaos,
        portBase: flags['port-base'],
        agentFlags: flags['agent-flag'],
        masterFlags: flags['master-flag'],
        marathon: flags.marathon,
        marathonFlags: flags['marathon-flag'],
        chronos: flags.chronos,
        chronoses: flags.chronoses,
        chronosFlags: flags['chronos-flag'],
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
