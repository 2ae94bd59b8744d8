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
  readonly groupsHttpsByVirtualHost: boolean;
  readonly certificates: readonly string[];
  /** SSL_CERT labels must lead in here. */
  readonly certificatesDirectory: string;
  readonly rawLabels:
    | { readonly kind: 'deny' }
    | { readonly kind: 'allow-all' }
    | { readonly kind: 'allow'; readonly prefixes: readonly string[] };
  readonly commandChecks: 'none' | 'tcp';
  /** App id without the leading slash of the balancer itself. */
  readonly ownAppId?: string;
  readonly ipPerTaskPorts: readonly [first: number, last: number];
  readonly statsBind: string;
  readonly statsAuth?: { readonly user: string; readonly password: string };
  readonly hardStopAfter: string;
  readonly defaultOptions: readonly string[];
  readonly style: 'marathon-lb' | 'bridge';
  /** Where config and maps end up. */
  readonly configPath: string;
  readonly runtimeSocket: string;
  readonly maxConnections: number;
  readonly logsTo?: string;
}
