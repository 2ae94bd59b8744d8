import { Args, Flags } from '@oclif/core';
import { durationFlag, MctlCommand } from '../../cli/base-command.ts';

export default class AgentDrain extends MctlCommand {
  static override summary = 'Kill everything on an agent, offer nothing of it, and wait until nothing is left.';
  static override description =
    'Tasks have the time that they ask for themselves to end, and no more than --max-grace. Frameworks start others ' +
    'elsewhere. A drained agent stays so, over restarts too, until mctl agent reactivate.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> S0',
    '<%= config.bin %> <%= command.id %> 127.0.0.2 --max-grace 30s --yes',
    '<%= config.bin %> <%= command.id %> S0 --gone --detach',
  ];
  static override args = {
    agent: Args.string({ description: 'Id, its beginning or end, or hostname.', required: true }),
  };
  static override flags = {
    'max-grace': durationFlag({ summary: 'The longest that a task may have to end.', helpValue: '<time>' }),
    gone: Flags.boolean({ summary: 'It leaves for good then (mctl agent gone).' }),
    detach: Flags.boolean({ char: 'd', summary: 'Do not wait.' }),
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
