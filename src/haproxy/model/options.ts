// What the operator decides, as the stages take it (haproxy.md 18). Commands make it from flags, a file and the environment.

/** Defaults are those of haproxy.md 9 and 18. */
export interface BalancerOptions {
  readonly groups: readonly string[];
  readonly strictMode: boolean;
  readonly strictCompat: boolean;
  /** Use Marathon's verdicts: `all` reported checks alive, or `any`; absent: HAProxy's own checks decide. */
  readonly health?: 'all' | 'any';
  readonly omitsEmpty: boolean;
  readonly usesMaps: boolean;
  readonly bindsHttp: boolean;
  /** Port of the frontend that goes by app id (haproxy.md 6.10); it is there without 80 and 443, too (5.1). */
  readonly appIdPort: number | 'none';
  readonly groupsHttpsByVirtualHost: boolean;
  readonly certificates: readonly string[];
  /** Where certificates were looked for and are none, when nobody said that there are to be none. */
  readonly missingCertificates?: readonly string[];
  /** Protocols to offer on 443 by name; none: what HAProxy does by itself (haproxy.md 9). */
  readonly alpn: readonly string[];
  /** SSL_CERT labels must lead in here. */
  readonly certificatesDirectory: string;
  readonly rawLabels:
    | { readonly kind: 'deny' }
    | { readonly kind: 'allow-all' }
    | { readonly kind: 'allow'; readonly prefixes: readonly string[] };
  /** Raw labels may name files in here; certificates in `certificatesDirectory` too. Default: none. */
  readonly rawLabelDirectories?: readonly string[];
  /** Who may claim which virtual hosts and ports; absent: whoever comes first (haproxy.md 17.6). */
  readonly policy?: OwnershipPolicy;
  readonly commandChecks: 'none' | 'tcp';
  /** App id without the leading slash of the balancer itself. */
  readonly ownAppId?: string;
  readonly ipPerTaskPorts: readonly [first: number, last: number];
  readonly statsBind: string;
  readonly statsAuth?: { readonly user: string; readonly password: string };
  readonly hardStopAfter: string;
  /** Reloads that an old worker may live through (haproxy.md 9, 12.5). */
  readonly maxReloads: number | 'none';
  /** Absolute. HAProxy reads it at its start, and a turn writes it before a reload (haproxy.md 12.9). */
  readonly serverStateFile?: string;
  /** Requests that may be made twice go to another server when one dies over them. */
  readonly retriesRequests: boolean;
  readonly defaultOptions: readonly string[];
  readonly style: 'marathon-lb' | 'bridge';
  /** Where config and maps end up. */
  readonly configPath: string;
  readonly runtimeSocket: string;
  readonly maxConnections: number;
  readonly logsTo?: string;
}

/** A vhost or port that no rule names is free; one that a rule names is for apps of its prefixes only. */
export interface OwnershipPolicy {
  /** `pattern`: a host name, or `*.` and a domain for all its sub-domains. */
  readonly virtualHosts: readonly { readonly pattern: string; readonly apps: readonly string[] }[];
  /** Both ends inclusive. */
  readonly ports: readonly { readonly first: number; readonly last: number; readonly apps: readonly string[] }[];
}

/** What holds where the operator says nothing (haproxy.md 9, 18). */
export const DEFAULT_OPTIONS: BalancerOptions = {
  groups: [],
  strictMode: false,
  strictCompat: false,
  omitsEmpty: false,
  usesMaps: false,
  bindsHttp: true,
  appIdPort: 9091,
  groupsHttpsByVirtualHost: false,
  certificates: ['/etc/ssl/cert.pem'],
  alpn: [],
  certificatesDirectory: '/etc/haproxy/certs',
  rawLabels: { kind: 'deny' },
  commandChecks: 'none',
  ipPerTaskPorts: [10050, 10100],
  statsBind: '127.0.0.1:9090',
  hardStopAfter: '10m',
  maxReloads: 20,
  retriesRequests: false,
  defaultOptions: ['redispatch', 'http-server-close', 'dontlognull'],
  style: 'marathon-lb',
  configPath: '/etc/haproxy/haproxy.cfg',
  runtimeSocket: '/run/mctl-haproxy/admin.sock',
  maxConnections: 50_000,
};
