// An app from flags, for a first try without a file.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';

/** Flags of `app create` that describe an app. */
export interface QuickApp {
  readonly id?: string | undefined;
  readonly cmd?: string | undefined;
  readonly image?: string | undefined;
  readonly cpus?: number | undefined;
  readonly mem?: number | undefined;
  readonly disk?: number | undefined;
  readonly instances?: number | undefined;
  readonly port?: readonly number[] | undefined;
  readonly env?: readonly string[] | undefined;
  readonly label?: readonly string[] | undefined;
  readonly constraint?: readonly string[] | undefined;
  readonly 'health-path'?: string | undefined;
}

/** Its definition. Throws Problem `usage`. */
export function quickApp(flags: QuickApp): Record<string, unknown> {
  const { id, cmd, image, cpus, mem, disk, instances, port = [], env = [], label = [], constraint = [] } = flags;
  const healthPath = flags['health-path'];
  if (id === undefined || (cmd === undefined && image === undefined)) {
    throw new Problem(EXIT.usage, {
      what: 'What is to be created?',
      why: 'An app needs a file, or at least an id and a command.',
      next: [
        'mctl app create -f app.yaml',
        "mctl app create --id web --cmd 'python3 -m http.server $PORT0' --health-path /",
      ],
    });
  }
  return {
    id: `/${id.replace(/^\/+/, '')}`,
    ...(cmd !== undefined && { cmd }),
    ...(image !== undefined && { container: { type: 'MESOS', docker: { image } } }),
    cpus: cpus ?? 0.1,
    mem: mem ?? 64,
    ...(disk !== undefined && { disk }),
    instances: instances ?? 1,
    ...(port.length > 0 && { portDefinitions: port.map((number) => ({ port: number, protocol: 'tcp' })) }),
    ...(env.length > 0 && { env: pairs('env', env) }),
    ...(label.length > 0 && { labels: pairs('label', label) }),
    ...(constraint.length > 0 && { constraints: constraint.map((text) => text.split(':')) }),
    ...(healthPath !== undefined && {
      healthChecks: [
        {
          protocol: 'HTTP',
          path: `/${healthPath.replace(/^\/+/, '')}`,
          portIndex: 0,
          gracePeriodSeconds: 60,
          intervalSeconds: 5,
          timeoutSeconds: 5,
        },
      ],
    }),
  };
}

function pairs(flag: string, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const equals = text.indexOf('=');
      if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
      throw new Problem(EXIT.usage, { what: `--${flag} ${text} is not name=value.` });
    }),
  );
}
