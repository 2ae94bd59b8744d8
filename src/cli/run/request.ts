// What `mctl run` was asked for, and the messages that come of it.
import type { Resource, TaskInfo } from '../../mesos/generated/v1.ts';

/** A volume that a run is to use. */
export interface RunVolume {
  readonly agentId: string;
  readonly role: string;
  readonly persistenceId: string;
  readonly isShared: boolean;
  readonly containerPath: string;
  readonly isReadOnly: boolean;
}

/** One task, as the command line describes it. */
export interface RunRequest {
  /** One word or several: argv. A single one with blanks or shell characters is a line for /bin/sh. */
  readonly command: readonly [string, ...string[]];
  readonly name: string;
  readonly taskId: string;
  readonly user: string;
  readonly role: string;
  readonly cpus: number;
  readonly memMb: number;
  readonly diskMb: number;
  readonly gpus: number;
  /** Attributes an agent must have, with these values. `hostname` means the agent's hostname. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly environment: ReadonlyMap<string, string>;
  readonly uris: readonly string[];
  /** All on one agent. */
  readonly volumes: readonly RunVolume[];
}

/** What a place must have. */
export type Wanted = Pick<RunRequest, 'attributes' | 'role' | 'cpus' | 'memMb' | 'diskMb' | 'gpus'> &
  Partial<Pick<RunRequest, 'volumes'>>;

/** Amounts by name, those asked for only. */
export function wantedAmounts(request: Wanted): Readonly<Record<string, number>> {
  const all = { cpus: request.cpus, mem: request.memMb, disk: request.diskMb, gpus: request.gpus };
  return Object.fromEntries(Object.entries(all).filter(([, amount]) => amount > 0));
}

/** `agentId` and `resources` are of the offer that was taken. */
export function runTask(request: RunRequest, agentId: string, resources: readonly Resource[]): TaskInfo {
  const [program] = request.command;
  const isShell = request.command.length === 1 && /[^\w@%+=:,./-]/.test(program);
  return {
    name: request.name,
    task_id: { value: request.taskId },
    agent_id: { value: agentId },
    resources: [...resources],
    command: {
      shell: isShell,
      value: program,
      ...(!isShell && { arguments: [...request.command] }),
      user: request.user,
      ...(request.uris.length > 0 && { uris: request.uris.map((value) => ({ value })) }),
      ...(request.environment.size > 0 && {
        environment: { variables: [...request.environment].map(([name, value]) => ({ name, value })) },
      }),
    },
  };
}
