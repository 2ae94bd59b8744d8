// The environment of a task (marathon.md 15.3).
import type { Environment_Variable } from '../../../../mesos/generated/v1.ts';
import type { App, EnvValue } from '../../model/app.ts';
import { decimal } from '../../model/decimal.ts';
import type { TaskPort } from './task-ports.ts';

/** What variables tell beyond the app itself. */
export interface EnvironmentInput {
  readonly app: App;
  readonly taskId: string;
  readonly host: string;
  readonly ports: readonly TaskPort[];
  readonly enforceGroupRole: boolean;
  /** Before PORT*, PORTS and HOST. */
  readonly prefix: string | undefined;
}

/** Each name once; the user's own win. */
export function environmentOf(input: EnvironmentInput): Environment_Variable[] {
  const { app } = input;
  const variables = new Map<string, EnvValue>(Object.entries(ofTask(input)));
  for (const [name, value] of [...labelVariables(app.labels), ...portVariables(input), ...Object.entries(app.env)])
    variables.set(name, value);
  return [...variables].map(([name, value]) =>
    typeof value === 'string'
      ? { name, value }
      : {
          name,
          type: 'SECRET',
          secret: { type: 'REFERENCE', reference: { name: app.secrets[value.secret]?.source ?? value.secret } },
        },
  );
}

function ofTask({ app, taskId, enforceGroupRole }: EnvironmentInput): Record<string, string> {
  const image = app.container?.type === 'DOCKER' ? app.container.docker?.image : undefined;
  return {
    MESOS_TASK_ID: taskId,
    MARATHON_APP_ID: app.id,
    MARATHON_APP_VERSION: app.version,
    ...(image !== undefined && { MARATHON_APP_DOCKER_IMAGE: image }),
    MARATHON_APP_RESOURCE_CPUS: decimal(app.cpus),
    MARATHON_APP_RESOURCE_MEM: decimal(app.mem),
    MARATHON_APP_RESOURCE_DISK: decimal(app.disk),
    MARATHON_APP_RESOURCE_GPUS: String(app.gpus),
    MARATHON_APP_ENFORCE_GROUP_ROLE: enforceGroupRole ? 'TRUE' : 'FALSE',
  };
}

const LABEL_PREFIX = 'MARATHON_APP_LABEL_';
/** Labels from this length on are left out, of the name together with the prefix. */
const MAX_LENGTH = 512;

function labelVariables(labels: App['labels']): [string, string][] {
  const valid = Object.entries(labels).filter(
    ([name, value]) => name.length < MAX_LENGTH - LABEL_PREFIX.length && value.length < MAX_LENGTH,
  );
  const named = valid.map(([name, value]) => [name.replaceAll(/[^A-Za-z0-9_]+/g, '_').toUpperCase(), value] as const);
  return [
    ['MARATHON_APP_LABELS', named.map(([name]) => name).join(' ')],
    ...named.map(([name, value]): [string, string] => [`${LABEL_PREFIX}${name}`, value]),
  ];
}

function portVariables({ ports, host, prefix = '' }: EnvironmentInput): [string, string][] {
  const variables: [string, string][] = [['HOST', host]];
  const [first] = ports;
  if (first !== undefined) {
    variables.push(['PORT', String(first.told)]);
    for (const [i, { told }] of ports.entries()) variables.push([`PORT${i}`, String(told)]);
    variables.push(['PORTS', ports.map(({ told }) => told).join(',')]);
  }
  for (const { declared, told } of ports) variables.push([`PORT_${declared === 0 ? told : declared}`, String(told)]);
  for (const { name, told } of ports)
    if (name !== undefined) variables.push([`PORT_${name.toUpperCase()}`, String(told)]);
  return variables.map(([name, value]) => [prefix + name, value]);
}
