// The environment of a command: what every executor gets (mesos-api.md 5.4, mesos-observed.md 36) and, over it, the
// task's own variables. Nothing of the agent's environment leaks in.
import type { Environment_Variable } from '../../../../mesos/generated/v1.ts';
import { formatDuration } from '../../../../mesos/text/duration.ts';

/** What a host gives when nobody says otherwise. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a task's environment tells it of its place. */
export interface EnvironmentFacts {
  readonly frameworkId: string;
  readonly executorId: string;
  readonly agentId: string;
  readonly agentIp: string;
  readonly agentPort: number;
  /** Whether the address was given with --ip; only then is LIBPROCESS_IP set. */
  readonly hasFixedIp: boolean;
  readonly sandbox: string;
  /** Undefined for custom executors, which serve tasks of several. */
  readonly allocationRole?: string;
  /** Of a task of a group: where it is reached. */
  readonly containerIp?: string;
  readonly isCheckpointed: boolean;
  readonly recoveryTimeoutMs: number;
  readonly reregistrationTimeoutMs: number;
  readonly shutdownGracePeriodMs: number;
  /** From --executor_environment_variables; undefined = the flag was not given, and PATH is passed. */
  readonly configured: Readonly<Record<string, string>> | undefined;
  readonly variables: readonly Environment_Variable[];
}

/** A variable cannot be resolved; the task cannot be launched. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly code = 'unresolved-secret';
}

/** Throws EnvironmentError for a secret that only a secret store could resolve. */
export function taskEnvironment(facts: EnvironmentFacts): Record<string, string> {
  const environment: Record<string, string> = {
    ...(facts.configured ?? { PATH: DEFAULT_PATH }),
    LIBPROCESS_PORT: '0',
    ...(facts.hasFixedIp && { LIBPROCESS_IP: facts.agentIp }),
    MESOS_AGENT_ENDPOINT: `${facts.agentIp}:${facts.agentPort}`,
    ...(facts.allocationRole !== undefined && { MESOS_ALLOCATION_ROLE: facts.allocationRole }),
    MESOS_CHECKPOINT: facts.isCheckpointed ? '1' : '0',
    ...(facts.containerIp !== undefined && { MESOS_CONTAINER_IP: facts.containerIp }),
    MESOS_DIRECTORY: facts.sandbox,
    MESOS_EXECUTOR_ID: facts.executorId,
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: formatDuration(facts.shutdownGracePeriodMs),
    MESOS_FRAMEWORK_ID: facts.frameworkId,
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    MESOS_SANDBOX: facts.sandbox,
    MESOS_SLAVE_ID: facts.agentId,
    MESOS_SLAVE_PID: `slave(1)@${facts.agentIp}:${facts.agentPort}`,
  };
  if (facts.isCheckpointed) {
    environment.MESOS_RECOVERY_TIMEOUT = formatDuration(facts.recoveryTimeoutMs);
    environment.MESOS_SUBSCRIPTION_BACKOFF_MAX = formatDuration(facts.reregistrationTimeoutMs);
  }
  for (const variable of facts.variables) environment[variable.name] = variableValue(variable);
  return environment;
}

/** What a process sees. Throws EnvironmentError as above. */
export function variableValue(variable: Environment_Variable): string {
  if (variable.type !== 'SECRET') return variable.value ?? '';
  const data = variable.secret?.value?.data;
  if (data === undefined) {
    throw new EnvironmentError(
      `Environment variable '${variable.name}' is a reference to a secret, and this agent has no secret store`,
    );
  }
  return Buffer.from(data, 'base64').toString('utf8');
}
