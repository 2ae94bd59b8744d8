import { Args, Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class AgentUnreserve extends MctlCommand {
  static override summary = 'Give back resources of an agent that are reserved for a role.';
  static override description =
    'Everybody is offered them afterwards; after a refined reservation, the role above has them again. What the ' +
    "agent's own flags reserve stays reserved, and so does the disk of volumes: destroy those first.";
  static override examples = [
    '<%= config.bin %> <%= command.id %> S0 --role web --resources cpus:1',
    "<%= config.bin %> <%= command.id %> S0 --role web --resources 'ports:[31005-31010]'",
    '<%= config.bin %> <%= command.id %> S0 --role web --all',
  ];
  static override args = {
    agent: Args.string({ description: 'Id, its beginning or end, or hostname.', required: true }),
  };
  static override flags = {
    role: Flags.string({ summary: 'Role that they are reserved for.', required: true, helpValue: '<role>' }),
    resources: Flags.string({
      summary: 'What to give back, and how much of it.',
      helpValue: 'cpus:2,mem:1GB',
      exactlyOne: ['resources', 'all'],
    }),
    all: Flags.boolean({ summary: 'Everything that is reserved for the role on this agent.' }),
    detach: Flags.boolean({ char: 'd', summary: 'Do not wait for the agent.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(AgentUnreserve);
    this.refuseWatch();
    const [
      { parseTyped },
      { changeResources },
      { toUnreserve },
      { reservationsView },
      { findAgent },
      { clusterPicture },
    ] = await Promise.all([
      import('../../cli/reservations/typed.ts'),
      import('../../cli/reservations/change.ts'),
      import('../../cli/reservations/wishes.ts'),
      import('../../cli/reservations/views.ts'),
      import('../../cli/tasks/find.ts'),
      import('../../cli/views/cluster-picture.ts'),
    ]);
    const wanted = flags.resources === undefined ? undefined : parseTyped('resources', flags.resources);
    const master = await this.masterClient();
    const agent = findAgent(await clusterPicture(master), args.agent);
    const resources = toUnreserve(agent, wanted, flags.role);
    const { clock } = await this.world();
    const progress = (text: string) => this.progress(text);
    await changeResources(
      { master, clock, agentId: agent.id, detach: flags.detach, timeoutMs: this.common.timeout, progress },
      { type: 'UNRESERVE_RESOURCES', unreserve_resources: { agent_id: { value: agent.id }, resources } },
    );
    await this.print(reservationsView(findAgent(await clusterPicture(master), agent.id)));
  }
}
