import { Args, Flags } from '@oclif/core';
import { ContextCommand } from '../../cli/context/context-command.ts';
import { addContext, savedText } from '../../cli/context/edit.ts';
import { splitMasters } from '../../cli/masters/texts.ts';

export default class ContextAdd extends ContextCommand {
  static override summary = 'Save a cluster under a name.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> production 10.0.0.5:5050,10.0.0.6:5050',
    '<%= config.bin %> <%= command.id %> old 10.0.1.5:5050 --marathon 10.0.1.6:8080,10.0.1.7:8080 --chronos 10.0.1.6:4400',
    '<%= config.bin %> <%= command.id %> large zk://10.0.2.1:2181,10.0.2.2:2181,10.0.2.3:2181/mesos',
    '<%= config.bin %> <%= command.id %> staging http://mesos.example.org:5050 --use',
  ];
  static override args = {
    name: Args.string({ description: 'Its name.', required: true }),
    masters: Args.string({
      description: 'Masters: host:port apart by commas, zk://host:port,…/path or file:///path.',
      required: true,
    }),
  };
  static override flags = {
    use: Flags.boolean({ summary: 'Use it from now on, as the first one is anyway.' }),
    marathon: Flags.string({
      summary: 'Its Marathons, if the master should not be asked for them.',
      helpValue: '<host:port,…>',
    }),
    chronos: Flags.string({
      summary: 'Its Chronoses, likewise.',
      helpValue: '<host:port,…>',
    }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ContextAdd);
    this.refuseWatch();
    const masters = splitMasters(args.masters);
    const schedulers = { marathons: listOf(flags.marathon), chronoses: listOf(flags.chronos) };
    const options = { replace: flags.yes, use: flags.use, ...schedulers };
    const config = addContext(this.readConfig(), args.name, masters, options);
    this.writeConfig(config);
    this.say(savedText(config, args.name));
  }
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').map((address) => address.trim());
}
