import { Args, Flags } from '@oclif/core';
import { durationFlag, MctlCommand } from '../../cli/base-command.ts';

export default class AgentDrain extends MctlCommand {
  static override summary = 'Kill everything on an agent, offer nothing of it, and wait until nothing is left.';
  static override description =
    'Tasks get the grace period that they ask for, but no more than --max-grace. Frameworks start others elsewhere. A drained ' +
    'agent stays drained, also after restarts, until mctl agent reactivate.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> S0',
    '<%= config.bin %> <%= command.id %> 127.0.0.2 --max-grace 30s --yes',
    '<%= config.bin %> <%= command.id %> S0 --gone --detach',
  ];
  static override args = {
    agent: Args.string({ description: 'Id, its beginning or end, or hostname.', required: true }),
  };
  static override flags = {
    'max-grace': durationFlag({ summary: 'The most time that a task may take to end.', helpValue: '<time>' }),
    gone: Flags.boolean({
      summary: 'Take it out of the cluster for good once it is drained, as mctl agent gone does.',
    }),
    detach: Flags.boolean({ char: 'd', summary: 'Do not wait until it is drained.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(AgentDrain);
    this.refuseWatch();
    const master = await this.masterClient();
    const [{ beginDrain, followDrain }, { decisionView }, { findAgentToChange, tasksWords }, { clock }] =
      await Promise.all([
        import('../../cli/agents/drain.ts'),
        import('../../cli/agents/decisions.ts'),
        import('../../cli/agents/find.ts'),
        this.world(),
      ]);
    const agent = await findAgentToChange(master, args.agent);
    const markGone = flags.gone;
    await this.confirm(`Drain ${agent.called}, ${tasksWords(agent)}${markGone ? ', and never let it back' : ''}?`);
    await beginDrain(master, agent, { maxGraceMs: flags['max-grace'], markGone });
    const state = flags.detach
      ? 'draining'
      : await followDrain({
          master,
          clock,
          agent,
          markGone,
          timeoutMs: flags.timeout,
          progress: (text) => this.progress(text),
        });
    await this.print(decisionView(agent, state, state === 'drained' ? `mctl agent reactivate ${agent.id}` : undefined));
  }
}
