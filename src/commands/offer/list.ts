import { MctlCommand } from '../../cli/base-command.ts';

export default class OfferList extends MctlCommand {
  static override summary = 'List the offers that frameworks hold now.';
  static override examples = ['<%= config.bin %> <%= command.id %> -o wide'];

  override async run(): Promise<void> {
    await this.parse(OfferList);
    const master = await this.masterClient();
    const [{ clusterPicture }, { offerListView }] = await Promise.all([
      import('../../cli/views/cluster-picture.ts'),
      import('../../cli/views/frameworks.ts'),
    ]);
    await this.show(async () => offerListView(await clusterPicture(master)));
  }
}
