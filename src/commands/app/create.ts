import { Flags } from '@oclif/core';
import { amountFlag, integerFlag, megabytesFlag } from '../../cli/amount-flags.ts';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class AppCreate extends ChangingCommand {
  static override summary = 'Create an app, from a file or from flags.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f web.yaml',
    'cat apps.json | <%= config.bin %> <%= command.id %> -f - --timeout 2m',
    "<%= config.bin %> <%= command.id %> --id web --cmd 'python3 -m http.server $PORT0' --instances 3 --health-path /",
  ];
  static override usage = [
    '<%= command.id %> -f <file|->... [-d] [--force] [--rollback --timeout <time>]',
    '<%= command.id %> --id <value> [--cmd <value>] [--image <value>] [-n <value>] [--cpus <value>] [--mem <value>]' +
      ' [--port <value>...] [-e <name=value>...] [-l <name=value>...] [--constraint <field:operator[:value]>...]' +
      ' [--health-path <path>] …',
  ];
  static override flags = {
    file: Flags.string({
      char: 'f',
      summary: 'JSON or YAML; - is stdin. May be given several times.',
      helpValue: '<file|->',
      multiple: true,
    }),
    id: Flags.string({ summary: 'Id of the app.', exclusive: ['file'] }),
    cmd: Flags.string({ summary: 'Shell command; $PORT0 is its first port.', exclusive: ['file'] }),
    image: Flags.string({ summary: 'Container image.', exclusive: ['file'] }),
    cpus: amountFlag({ summary: 'For each instance (0.1).', exclusive: ['file'] }),
    mem: megabytesFlag({ summary: 'For each instance (64MB).', exclusive: ['file'] }),
    disk: megabytesFlag({ summary: 'For each instance.', exclusive: ['file'] }),
    instances: integerFlag({ char: 'n', summary: 'How many (1).', exclusive: ['file'] }),
    port: integerFlag({
      summary: 'Service port; 0 = any. May be given several times.',
      multiple: true,
      exclusive: ['file'],
    }),
    env: Flags.string({
      char: 'e',
      summary: 'Environment variable.',
      helpValue: '<name=value>',
      multiple: true,
      exclusive: ['file'],
    }),
    label: Flags.string({
      char: 'l',
      summary: 'Label.',
      helpValue: '<name=value>',
      multiple: true,
      exclusive: ['file'],
    }),
    constraint: Flags.string({
      summary: 'Placement: hostname:UNIQUE, rack:GROUP_BY:3, …',
      helpValue: '<field:operator[:value]>',
      multiple: true,
      exclusive: ['file'],
    }),
    'health-path': Flags.string({
      summary: 'HTTP path that answers 200 when an instance is well.',
      helpValue: '<path>',
      exclusive: ['file'],
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppCreate);
    this.refuseWatch();
    const [{ createApps }, { appsFrom }, { warningsOf }] = await Promise.all([
      import('../../cli/marathon/changes/apps.ts'),
      import('../../cli/marathon/input/apps-from.ts'),
      import('../../cli/marathon/input/members.ts'),
    ]);
    const apps = await appsFrom(flags);
    for (const line of warningsOf(apps)) this.say(line);
    await this.print(await createApps(await this.changeContext(), apps));
  }
}
