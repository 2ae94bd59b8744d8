import { Args, Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class VolumeDestroy extends MctlCommand {
  static override summary = 'Destroy a persistent volume with its data.';
  static override description =
    'Refused while a task uses it. Its disk stays reserved for the role; mctl agent unreserve gives it back.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> db-1',
    '<%= config.bin %> <%= command.id %> db-1 --agent S0 --yes',
  ];
  static override args = {
    volume: Args.string({ description: 'Its id, or role/id.', required: true }),
  };
  static override flags = {
    agent: Flags.string({ summary: 'The one on this agent, if several have the id.', helpValue: '<agent>' }),
    detach: Flags.boolean({ char: 'd', summary: 'Do not wait for the agent.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(VolumeDestroy);
    this.refuseWatch();
    const [
      { changeResources },
      { volumesOf },
      { volumeListView },
      { checkUnused, withoutOldFormat },
      { findAgent },
      { pick },
      { clusterPicture },
    ] = await Promise.all([
      import('../../cli/reservations/change.ts'),
      import('../../cli/reservations/reserved.ts'),
      import('../../cli/reservations/views.ts'),
      import('../../cli/reservations/wishes.ts'),
      import('../../cli/tasks/find.ts'),
      import('../../cli/ids.ts'),
      import('../../cli/views/cluster-picture.ts'),
    ]);
    const master = await this.masterClient();
    const picture = await clusterPicture(master);
    const only = flags.agent === undefined ? undefined : findAgent(picture, flags.agent).id;
    const candidates = volumesOf(picture).filter(({ agent }) => only === undefined || agent.id === only);
    const volume = pick('volume', candidates, args.volume);
    checkUnused(volume);
    await this.confirm(
      `Destroy volume ${volume.persistenceId} of ${volume.role} on ${volume.agent.hostname}, with all its data?`,
    );
    const { clock } = await this.world();
    const progress = (text: string) => this.progress(text);
    const agentId = volume.agent.id;
    await changeResources(
      { master, clock, agentId, detach: flags.detach, timeoutMs: this.common.timeout, progress },
      {
        type: 'DESTROY_VOLUMES',
        destroy_volumes: { agent_id: { value: agentId }, volumes: [withoutOldFormat(volume.resource)] },
      },
    );
    await this.print(volumeListView([volume]));
    this.say(`Destroyed ${volume.persistenceId}. Its disk stays reserved for ${volume.role} (mctl agent unreserve).`);
  }
}
