// The daemons' flag tables as oclif flags: for help and completion. The daemons parse their arguments themselves, with the
// same table (snake_case, MESOS_* and --no-… included), so these parse nothing.

import type { Interfaces } from '@oclif/core';
import { Flags } from '@oclif/core';
import type { FlagTable } from '../../daemon/serving/flags.ts';

/** kebab-case, with default and environment variable told in the help. */
export function flagsOf(table: FlagTable, envPrefix = 'MESOS_'): Interfaces.FlagInput {
  const entries = Object.values(table).map((flag): [string, Interfaces.FlagInput[string]] => {
    const name = flag.name.replaceAll('_', '-');
    const summary = flag.defaultText === undefined ? flag.help : `${flag.help} [default: ${flag.defaultText}]`;
    const common = { summary, required: false, env: `${envPrefix}${flag.name.toUpperCase()}` };
    return [
      name,
      flag.isBoolean ? Flags.boolean({ ...common, allowNo: true }) : Flags.string({ ...common, helpValue: '<value>' }),
    ];
  });
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...Object.fromEntries(entries),
    'insecure-no-auth': Flags.boolean({ summary: 'Listen beyond loopback although there is no authentication.' }),
  };
}
