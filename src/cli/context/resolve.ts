// Which cluster a command talks to: said on the command line, in the environment, in the contexts file, or the only local
// cluster that runs.
import { EXIT } from '../exit-codes.ts';
import { checkMaster, splitMasters } from '../masters/texts.ts';
import { Problem } from '../problem.ts';
import type { ContextConfig } from './config-file.ts';
import { noContext } from './edit.ts';

/** A local cluster that runs, as a target. */
export interface LocalCluster {
  readonly name: string;
  readonly masters: readonly string[];
  readonly marathons?: readonly string[];
  readonly chronoses?: readonly string[];
  /** `zk://…` where its masters are elected, of a single one too. */
  readonly election?: string | undefined;
}

/** Everything that may say which cluster is meant. */
export interface TargetQuestion {
  readonly masterFlag: string | undefined;
  readonly contextFlag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: ContextConfig;
  /** Local clusters that run now. */
  readonly running: readonly LocalCluster[];
}

/** Which masters to talk to, and what said so. */
export interface Target {
  readonly masters: readonly string[];
  /** Empty: nobody told; the master knows. */
  readonly marathons: readonly string[];
  /** As `marathons`. */
  readonly chronoses: readonly string[];
  /** Name of the context or local cluster; undefined for a bare address. */
  readonly name: string | undefined;
  /** For people: where this choice comes from. */
  readonly source: string;
  /** `zk://…` where the masters of a local cluster are elected. */
  readonly election?: string | undefined;
}

/** Throws Problem: `notFound` for an unknown name, `unreachable` when there is nothing to talk to, `usage` when unclear. */
export function resolveTarget(question: TargetQuestion): Target {
  const { masterFlag, contextFlag, env, config, running } = question;
  if (masterFlag !== undefined) return addressTarget(masterFlag, '--master');
  if (contextFlag !== undefined) return named(contextFlag, '--context', question);
  if (env.MCTL_MASTER) return addressTarget(env.MCTL_MASTER, 'MCTL_MASTER');
  if (env.MCTL_CONTEXT) return named(env.MCTL_CONTEXT, 'MCTL_CONTEXT', question);
  // The variable of the daemons and of other tools comes after our own, and like every variable before what is saved.
  if (env.MESOS_MASTER) return addressTarget(env.MESOS_MASTER, 'MESOS_MASTER');
  if (config.current !== undefined) {
    const isKnown = config.contexts.has(config.current) || running.some(({ name }) => name === config.current);
    if (isKnown || running.length === 0) return named(config.current, 'current context', question);
  }
  const [only, ...others] = running;
  if (only === undefined) {
    throw new Problem(EXIT.unreachable, {
      what: 'There is no cluster to talk to.',
      why: 'No local cluster runs, and neither --master, --context nor a current context names another.',
      next: ['mctl cluster up', 'mctl context add <name> <host:port>'],
    });
  }
  if (others.length > 0) {
    throw new Problem(EXIT.usage, {
      what: `${running.length} local clusters run; which one is meant?`,
      why: running.map(({ name }) => name).join(', '),
      next: [`Add --context ${only.name}, or choose for good:`, `mctl context use ${only.name}`],
    });
  }
  return { ...addressesOf(only), name: only.name, source: 'the only local cluster that runs' };
}

function named(name: string, source: string, { config, running }: TargetQuestion): Target {
  const found = config.contexts.get(name) ?? running.find((cluster) => cluster.name === name);
  if (found === undefined)
    throw noContext(name, [...config.contexts.keys(), ...running.map((cluster) => cluster.name)]);
  return { ...addressesOf(found), name, source };
}

function addressesOf({ masters, marathons = [], chronoses = [], election }: Omit<LocalCluster, 'name'>) {
  return { masters, marathons, chronoses, ...(election !== undefined && { election }) };
}

function addressTarget(text: string, source: string): Target {
  const masters = splitMasters(text);
  for (const address of masters) checkMaster(address, source);
  return { masters, marathons: [], chronoses: [], name: undefined, source };
}
