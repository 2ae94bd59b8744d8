import { HaproxyCommand } from '../../cli/haproxy/haproxy-command.ts';
import { flagsOf } from '../../cli/haproxy/settings/flags.ts';
import { RENDERING } from '../../cli/haproxy/settings/table.ts';

export default class HaproxyDiff extends HaproxyCommand {
  static override summary = 'Show what sync would change in the config and the maps.';
  static override description =
    'Nothing is changed. The exit code is 0 when nothing would change, and 11 when something would. Passwords and hashes are masked.';
  static override examples = ['<%= config.bin %> <%= command.id %> --group external'];
  static override flags = flagsOf(RENDERING);

  override async run(): Promise<void> {
    await this.parse(HaproxyDiff);
    this.refuseWatch();
    await this.showDifferences();
  }
}
