// An app as Marathon works with it: one normalised form of what the API accepts in many (marathon.md 3.2–3.5). All
// defaults are filled in, deprecated spellings are gone, ids are absolute. Values are never changed, only replaced.
import type { PathId } from './path-id.ts';
import type { Timestamp } from './time.ts';

/** Names are those of the API; what is absent here is left out there. */
export interface App {
  readonly id: PathId;
  readonly cmd?: string;
  readonly args: readonly string[];
  readonly user?: string;
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly instances: number;
  readonly cpus: number;
  /** MiB, as `disk`. */
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly resourceLimits?: ResourceLimits;
  /** `""` and `//cmd` mean none of its own; anything else is the path of a custom executor. */
  readonly executor: string;
  readonly executorResources?: { readonly cpus: number; readonly mem: number; readonly disk: number };
  readonly constraints: readonly Constraint[];
  readonly fetch: readonly FetchUri[];
  readonly container?: Container;
  /** Never empty: one host, one bridge, or one to n container networks. */
  readonly networks: readonly Network[];
  /** Host networking only; undefined otherwise. */
  readonly portDefinitions?: readonly PortDefinition[];
  readonly requirePorts: boolean;
  readonly healthChecks: readonly HealthCheck[];
  readonly check?: Check;
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
  readonly taskKillGracePeriodSeconds?: number;
  /** Apps or groups, absolute. */
  readonly dependencies: readonly PathId[];
  readonly upgradeStrategy: UpgradeStrategy;
  readonly labels: Readonly<Record<string, string>>;
  readonly acceptedResourceRoles?: readonly string[];
  readonly role: string;
  readonly killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
  readonly unreachableStrategy: UnreachableStrategy;
  readonly secrets: Readonly<Record<string, { readonly source: string }>>;
  readonly tty?: boolean;
  readonly version: Timestamp;
  /** Absent until the app is part of a stored root (marathon.md 3.7, POST). */
  readonly versionInfo?: VersionInfo;
}

/** Text, or the name of an entry of `secrets`. */
export type EnvValue = string | { readonly secret: string };

/** When instances changed last, and when anything else did: the latter is the version of the app's configuration. */
export interface VersionInfo {
  readonly lastScalingAt: Timestamp;
  readonly lastConfigChangeAt: Timestamp;
}

/** What a task may use beyond what it asked for. */
export interface ResourceLimits {
  readonly cpus?: number | 'unlimited';
  readonly mem?: number | 'unlimited';
}

/** Each in [0, 1]. */
export interface UpgradeStrategy {
  readonly minimumHealthCapacity: number;
  readonly maximumOverCapacity: number;
}

/** inactive ≤ expunge. */
export type UnreachableStrategy =
  | 'disabled'
  | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };

/** Marathon's placement operators (marathon.md 13.6). */
export const CONSTRAINT_OPERATORS = ['UNIQUE', 'CLUSTER', 'GROUP_BY', 'LIKE', 'MAX_PER', 'UNLIKE', 'IS'] as const;
/** One of them. */
export type ConstraintOperator = (typeof CONSTRAINT_OPERATORS)[number];

/** Shown as a list of two or three texts. `field`: `hostname`, `@hostname`, `@region`, `@zone` or an attribute. */
export interface Constraint {
  readonly field: string;
  readonly operator: ConstraintOperator;
  readonly value?: string;
}

/** A file brought into the sandbox. */
export interface FetchUri {
  readonly uri: string;
  readonly extract: boolean;
  readonly executable: boolean;
  readonly cache: boolean;
  readonly destPath?: string;
}

/** One port of an app on the host's network. */
export interface PortDefinition {
  /** The service port; 0 until one is assigned. */
  readonly port: number;
  readonly protocol: Protocol;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** `udp,tcp`: both. */
export type Protocol = 'tcp' | 'udp' | 'udp,tcp';

/** A network the app is in. */
export interface Network {
  readonly mode: 'host' | 'container' | 'container/bridge';
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the app runs in. */
export interface Container {
  readonly type: 'DOCKER' | 'MESOS';
  readonly docker?: DockerImage;
  /** Networks other than host only; undefined otherwise. */
  readonly portMappings?: readonly PortMapping[];
  readonly volumes: readonly Volume[];
  /** As given; type MESOS only. */
  readonly linuxInfo?: Readonly<Record<string, unknown>>;
}

/** The image, and what only the Docker engine understands. */
export interface DockerImage {
  readonly image: string;
  readonly forcePullImage: boolean;
  /** Docker engine only, as `parameters`. */
  readonly privileged?: boolean;
  readonly parameters?: readonly { readonly key: string; readonly value: string }[];
  readonly pullConfig?: { readonly secret: string };
  readonly credential?: { readonly principal: string; readonly secret?: string };
}

/** One port of an app in a network of its own. */
export interface PortMapping {
  /** 0 = the same as the host port. */
  readonly containerPort: number;
  /** Absent: no port on the host. 0: any. */
  readonly hostPort?: number;
  /** 0 until one is assigned. */
  readonly servicePort: number;
  readonly protocol: Protocol;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networkNames: readonly string[];
}

/** `kind` follows from the members given. Persistent, external and secret volumes are refused so far, by name. */
export type Volume = {
  readonly kind: 'host';
  readonly containerPath: string;
  readonly hostPath: string;
  readonly mode: 'RO' | 'RW';
};

interface HealthCheckTimes {
  readonly gracePeriodSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly maxConsecutiveFailures: number;
  /** Before the first probe; of use to checks run by the agent only. */
  readonly delaySeconds: number;
}

interface HealthCheckTarget {
  /** Index of the port definition or mapping; or `port`, the number itself. At most one of them. */
  readonly portIndex?: number;
  readonly port?: number;
}

/** marathon.md 17.1. HTTP, HTTPS, TCP are probed by Marathon, the others by the agent. */
export type HealthCheck =
  | (HealthCheckTimes &
      HealthCheckTarget & {
        readonly protocol: 'HTTP' | 'HTTPS' | 'MESOS_HTTP' | 'MESOS_HTTPS';
        /** Absent = `/`. */
        readonly path?: string;
        readonly ignoreHttp1xx?: boolean;
        readonly ipProtocol?: 'IPv4' | 'IPv6';
      })
  | (HealthCheckTimes &
      HealthCheckTarget & { readonly protocol: 'TCP' | 'MESOS_TCP'; readonly ipProtocol?: 'IPv4' | 'IPv6' })
  | (HealthCheckTimes &
      HealthCheckTarget & { readonly protocol: 'COMMAND'; readonly command: { readonly value: string } });

interface CheckTimes {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
}

/** A check whose result is shown and never acted on; run by the agent (marathon.md 17.5). */
export type Check = CheckTimes &
  (
    | {
        readonly http: {
          readonly portIndex?: number;
          readonly port?: number;
          readonly path?: string;
          readonly scheme?: 'HTTP' | 'HTTPS';
        };
      }
    | { readonly tcp: { readonly portIndex?: number; readonly port?: number } }
    | { readonly exec: { readonly command: { readonly shell: string } | { readonly argv: readonly string[] } } }
  );

/** Asked of the instances that a deployment starts (marathon.md 17.6). */
export interface ReadinessCheck {
  readonly name: string;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly path: string;
  readonly portName: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly httpStatusCodesForReady: readonly number[];
  readonly preserveLastResponse: boolean;
}

/** What replaces an app's tasks when it changes: the last change of anything but the number of instances. */
export function configVersionOf(app: App): Timestamp {
  return app.versionInfo?.lastConfigChangeAt ?? app.version;
}

/** Service ports in the order of definition. */
export function servicePortsOf(app: App): number[] {
  if (app.portDefinitions !== undefined) return app.portDefinitions.map(({ port }) => port);
  return (app.container?.portMappings ?? []).map(({ servicePort }) => servicePort);
}

/** Label that limits an app to one instance at any moment (marathon.md 3.5). */
export const SINGLE_INSTANCE_LABEL = 'MARATHON_SINGLE_INSTANCE_APP';
