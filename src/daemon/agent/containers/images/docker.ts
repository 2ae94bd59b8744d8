// ContainerInfo DOCKER: what `docker run` would be told (mesos-semantics.md 10.1). Parameters that change what a
// container may do or see and that we cannot keep are refused by name.
import type { ContainerInfo_DockerInfo } from '../../../../mesos/generated/v1.ts';
import type { ProcessLimit } from '../../../../world/confinement.ts';
import { ContainerError } from '../containerizer.ts';

/** What an unprivileged container of Docker's has. */
const DEFAULT_CAPABILITIES = [
  ...['chown', 'dac_override', 'fsetid', 'fowner', 'mknod', 'net_raw', 'setgid', 'setuid', 'setfcap', 'setpcap'],
  ...['net_bind_service', 'sys_chroot', 'kill', 'audit_write'],
];

/** Beside the image. */
export interface DockerWish {
  readonly entrypoint?: readonly string[];
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly hostname?: string;
  readonly isReadOnly: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined = all: a privileged one. */
  readonly capabilities: readonly string[] | undefined;
  readonly limits: readonly ProcessLimit[];
}

/** Throws ContainerError. */
export function dockerWish({ privileged = false, parameters = [] }: ContainerInfo_DockerInfo): DockerWish {
  let isPrivileged = privileged;
  const capabilities = new Set(DEFAULT_CAPABILITIES);
  const environment: Record<string, string> = {};
  const limits: ProcessLimit[] = [];
  const rest: { -readonly [K in keyof DockerWish]?: DockerWish[K] } = {};
  for (const { key, value } of parameters) {
    switch (key) {
      case 'env': {
        const equals = value.indexOf('=');
        if (equals < 1) throw refused(`the parameter env=${value} has no value`);
        environment[value.slice(0, equals)] = value.slice(equals + 1);
        break;
      }
      case 'entrypoint':
        rest.entrypoint = [value];
        break;
      case 'workdir':
        if (!value.startsWith('/')) throw refused(`the parameter workdir=${value} is no absolute path`);
        rest.workingDirectory = value;
        break;
      case 'user':
        rest.user = value;
        break;
      case 'hostname':
        rest.hostname = value;
        break;
      case 'read-only':
        rest.isReadOnly = value !== 'false';
        break;
      case 'privileged':
        isPrivileged = value !== 'false';
        break;
      case 'cap-add':
        capabilities.add(capability(value));
        break;
      case 'cap-drop':
        if (value.toUpperCase() === 'ALL') capabilities.clear();
        else capabilities.delete(capability(value));
        break;
      case 'ulimit':
        limits.push(limit(value));
        break;
      // What they are for is so anyway, or has no effect on the task.
      case 'init':
      case 'rm':
      case 'label':
        break;
      default:
        throw refused(`the parameter '${key}' of docker is not supported by this agent`);
    }
  }
  return {
    isReadOnly: false,
    ...rest,
    environment,
    limits,
    capabilities: isPrivileged ? undefined : [...capabilities],
  };
}

function capability(name: string): string {
  const lower = name.toLowerCase().replace(/^cap_/, '');
  if (!/^[a-z_]{3,30}$/.test(lower) || lower === 'all') throw refused(`'${name}' is no capability that can be had`);
  return lower;
}

/** `nofile=1024:2048`, or one number for both. */
function limit(text: string): ProcessLimit {
  const [, name, soft, hard] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  if (name === undefined || soft === undefined) throw refused(`the parameter ulimit=${text} cannot be read`);
  const bound = (digits: string): number | undefined => (digits === '-1' ? undefined : Number(digits));
  return { name, soft: bound(soft), hard: bound(hard ?? soft) };
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
