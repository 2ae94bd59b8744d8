import { Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class VolumeList extends MctlCommand {
  static override summary = 'List the persistent volumes of the cluster.';
  static override description =
    'A persistent volume is disk of an agent whose data outlives the tasks that use it. mctl run --volume and mctl volume destroy ' +
    'take its ID or, if several have that, role/ID or agent/role/ID (which -o name prints).';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --agent S0 -o wide',
  ];
  static override flags = {
    agent: Flags.string({ summary: 'Only of this agent.', helpValue: '<agent>' }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(VolumeList);
    const master = await this.masterClient();
    const [{ clusterPicture }, { findAgent }, { volumesOf }, { volumeListView }] = await Promise.all([
      import('../../cli/views/cluster-picture.ts'),
      import('../../cli/tasks/find.ts'),
      import('../../cli/reservations/reserved.ts'),
      import('../../cli/reservations/views.ts'),
    ]);
    await this.show(async () => {
      const picture = await clusterPicture(master);
      const only = flags.agent === undefined ? undefined : findAgent(picture, flags.agent).id;
      return volumeListView(volumesOf(picture).filter(({ agent }) => only === undefined || agent.id === only));
    });
  }
}
