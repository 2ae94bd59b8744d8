import { Args, Flags } from '@oclif/core';
import { megabytesFlag } from '../../cli/amount-flags.ts';
import { MctlCommand } from '../../cli/base-command.ts';

export default class VolumeCreate extends MctlCommand {
  static override summary = 'Make a persistent volume of disk that is reserved for a role.';
  static override description =
    'Frameworks of the role are offered it from then on. With --reserve its disk is reserved first. Its data stays until the ' +
    'volume is destroyed, whatever becomes of tasks, frameworks and the agent process.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> db-1 --agent S0 --role web --size 10GB --reserve',
    '<%= config.bin %> <%= command.id %> logs --agent S0 --role web --size 512 --shared',
  ];
  static override args = {
    volume: Args.string({ description: 'Its id, new for the role on that agent.', required: true }),
  };
  static override flags = {
    agent: Flags.string({ summary: 'Agent to make it on.', required: true, helpValue: '<agent>' }),
    role: Flags.string({ summary: 'Role that may use it.', required: true, helpValue: '<role>' }),
    size: megabytesFlag({ summary: 'How much disk (512, 10GB).', required: true, helpValue: '<size>' }),
    'container-path': Flags.string({
      summary: 'Where tasks see it, unless they say otherwise; its id if left out.',
      helpValue: '<path>',
    }),
    shared: Flags.boolean({ summary: 'Several tasks may use it at the same time.' }),
    reserve: Flags.boolean({ summary: 'Reserve the disk for the role first.' }),
    detach: Flags.boolean({ char: 'd', summary: 'Do not wait for the agent.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(VolumeCreate);
    this.refuseWatch();
    const [
      { changeResources },
      { checkNewVolume, ofDisk, toCreate, toReserve },
      { volumesOf },
      { volumeListView },
      { findAgent },
      { clusterPicture },
    ] = await Promise.all([
      import('../../cli/reservations/change.ts'),
      import('../../cli/reservations/wishes.ts'),
      import('../../cli/reservations/reserved.ts'),
      import('../../cli/reservations/views.ts'),
      import('../../cli/tasks/find.ts'),
      import('../../cli/views/cluster-picture.ts'),
    ]);
    const { role, size: megabytes, shared: isShared, detach } = flags;
    const master = await this.masterClient();
    const { clock } = await this.world();
    const picture = await clusterPicture(master);
    let agent = findAgent(picture, flags.agent);
    const containerPath = flags['container-path'] ?? args.volume;
    checkNewVolume(volumesOf(picture), { agent, id: args.volume, role, megabytes, containerPath });
    const agent_id = { value: agent.id };
    const progress = (text: string) => this.progress(text);
    const options = { master, clock, agentId: agent.id, detach, timeoutMs: this.common.timeout, progress };
    if (flags.reserve) {
      const resources = toReserve(agent, [ofDisk(megabytes)], { role, principal: undefined, refines: false });
      await changeResources(options, { type: 'RESERVE_RESOURCES', reserve_resources: { agent_id, resources } });
      agent = findAgent(await clusterPicture(master), agent.id);
    }
    const volume = toCreate(agent, { id: args.volume, role, megabytes, containerPath, isShared });
    await changeResources(options, { type: 'CREATE_VOLUMES', create_volumes: { agent_id, volumes: [volume] } });
    const all = volumesOf(await clusterPicture(master));
    await this.print(
      volumeListView(all.filter((one) => one.agent.id === agent.id && one.persistenceId === args.volume)),
    );
  }
}
