import { Args, Flags } from '@oclif/core';
import { CHRONOS_FLAG } from '../cli/chronos/chronos-command.ts';
import { SERVICES, type Service } from '../cli/ensemble/services.ts';
import { MARATHON_BASE_FLAGS, MarathonCommand } from '../cli/marathon/marathon-command.ts';

export default class Leader extends MarathonCommand {
  static override summary = 'Show who leads, and who stands for election.';
  static override description =
    'By ZooKeeper where the cluster has one, else by what the master, Marathon and Chronos say. The epoch grows with every ' +
    'leadership; what an earlier one writes late is refused. Exit code 3: nobody leads.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> master --zk zk://h1:2181,h2:2181,h3:2181/mesos --watch',
    '<%= config.bin %> <%= command.id %> marathon --json | jq -r .marathon.leader',
  ];
  static override args = {
    service: Args.string({ options: [...SERVICES], description: 'Of which service; without, of all.' }),
  };
  static override baseFlags = { ...MARATHON_BASE_FLAGS, chronos: CHRONOS_FLAG };
  static override flags = {
    zk: Flags.string({
      summary:
        "ZooKeeper of the service's election: what the daemon has as --zk. Without SERVICE, also /mesos, /marathon and /chronos beside it.",
      helpValue: '<zk://…|file://…>',
    }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Leader);
    const service = SERVICES.find((one) => one === args.service);
    const [{ Leaders }, { leadersView, exitCodeOf }] = await Promise.all([
      import('../cli/leader/leaders.ts'),
      import('../cli/leader/view.ts'),
    ]);
    const leaders = Leaders.of(service === undefined ? SERVICES : [service], await this.#question(flags, service));
    try {
      if (this.common.watch) {
        await this.show(
          async () => leadersView(await leaders.reports()),
          (ms) => leaders.changed(ms),
        );
        return;
      }
      const reports = await leaders.reports();
      leaders.refuseWhenNothingIsKnown(reports);
      await this.print(leadersView(reports));
      process.exitCode = exitCodeOf(reports, service !== undefined);
    } finally {
      await leaders.close();
    }
  }

  async #question(
    { zk, chronos }: { readonly zk?: string | undefined; readonly chronos?: string | undefined },
    service: Service | undefined,
  ) {
    const [world, { readMasters }, { connectChronosIfAny }] = await Promise.all([
      this.world(),
      import('../cli/masters/texts.ts'),
      import('../cli/chronos/connect.ts'),
    ]);
    const { master, context } = this.common;
    const isClusterGiven = master !== undefined || context !== undefined;
    const places = { target: () => this.target(), master: () => this.masterClient() };
    return {
      world,
      zk,
      service,
      timeoutMs: this.common.timeout ?? 10_000,
      masters: async () => readMasters((await this.target()).masters),
      master: () => this.masterClient(),
      marathon: { isNamed: this.isMarathonNamed, client: () => this.marathonIfAny() },
      chronos: {
        isNamed: chronos !== undefined || (Boolean(process.env.MCTL_CHRONOS) && !isClusterGiven),
        client: () => connectChronosIfAny(world.net, { flag: chronos, isClusterGiven, env: process.env, ...places }),
      },
    };
  }
}
