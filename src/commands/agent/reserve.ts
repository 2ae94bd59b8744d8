import { Args, Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class AgentReserve extends MctlCommand {
  static override summary = 'Reserve resources of an agent for a role.';
  static override description =
    'Only frameworks of the role, or of roles beneath it, are offered them afterwards. Offers to others are taken back where ' +
    'the unoffered rest is not enough; what tasks use stays with them. Reservations outlive the agent process.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> S0 --role web --resources cpus:2,mem:1GB,disk:10GB',
    "<%= config.bin %> <%= command.id %> S0 --role web --resources 'cpus:1,ports:[31000-31010]'",
    '<%= config.bin %> <%= command.id %> S0 --role web/front --resources cpus:1 --refine',
  ];
  static override args = {
    agent: Args.string({ description: 'Id, its beginning or end, or hostname.', required: true }),
  };
  static override flags = {
    role: Flags.string({ summary: 'Role to reserve for.', required: true, helpValue: '<role>' }),
    resources: Flags.string({
      summary: 'What to reserve, and how much of it.',
      required: true,
      helpValue: 'cpus:2,mem:1GB',
    }),
    principal: Flags.string({
      summary: 'Reserve in the name of this principal; frameworks of another one cannot unreserve.',
    }),
    refine: Flags.boolean({ summary: 'Refine: take it out of what is reserved for a role above this one.' }),
    detach: Flags.boolean({ char: 'd', summary: 'Do not wait for the agent.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(AgentReserve);
    this.refuseWatch();
    const [
      { parseTyped },
      { changeResources },
      { toReserve },
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
    const wanted = parseTyped('resources', flags.resources);
    const master = await this.masterClient();
    const agent = findAgent(await clusterPicture(master), args.agent);
    const { role, principal, refine: refines, detach } = flags;
    const resources = toReserve(agent, wanted, { role, principal, refines });
    const { clock } = await this.world();
    const progress = (text: string) => this.progress(text);
    await changeResources(
      { master, clock, agentId: agent.id, detach, timeoutMs: this.common.timeout, progress },
      { type: 'RESERVE_RESOURCES', reserve_resources: { agent_id: { value: agent.id }, resources } },
    );
    await this.print(reservationsView(findAgent(await clusterPicture(master), agent.id)));
  }
}
