import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class RoleWeight extends MctlCommand {
  static override summary = 'Show the weights of roles, or set one.';
  static override description =
    'A role of weight 2 is offered twice as much as one of weight 1 before it counts as having the same share. Setting ' +
    'the weight of a role that is in use takes all outstanding offers back, so that they are divided anew.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web 2.5',
  ];
  static override args = {
    role: Args.string({ description: 'Its whole name; it need not be in use yet.' }),
    weight: Args.string({ description: 'A number above 0.' }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(RoleWeight);
    const { role, weight: given } = args;
    const [{ weightView }, { parseWeight }, { checkRole }] = await Promise.all([
      import('../../cli/roles/views.ts'),
      import('../../cli/roles/change.ts'),
      import('../../cli/roles/names.ts'),
    ]);
    if (role !== undefined) checkRole(role);
    const weight = given === undefined ? undefined : parseWeight(given);
    if (weight !== undefined) this.refuseWatch();
    const master = await this.masterClient();
    if (role !== undefined && weight !== undefined) await master.setWeight(role, weight);
    await this.show(async () => {
      const weights = await master.getWeights();
      if (role === undefined) return weightView(weights);
      return weightView([weights.find((one) => one.role === role) ?? { role, weight: 1 }]);
    });
  }
}
