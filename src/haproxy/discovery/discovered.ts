// What Marathon's answer comes to: the fields of haproxy.md 2.2 and nothing else, with nulls gone and types checked.

/** One answer, whole. */
export interface Discovery {
  /** The Marathon that answered. */
  readonly source: string;
  readonly apps: readonly DiscoveredApp[];
}

/** One app, as it was answered; an app whose fields cannot be read is not here but among the problems. */
export interface DiscoveredApp {
  readonly id: string;
  readonly instances: number;
  readonly version?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networkMode: 'host' | 'container' | 'container/bridge';
  /** By index of the labels; undefined: no service port there, it is not exposed (haproxy.md 2.3.7). */
  readonly servicePorts: readonly (number | undefined)[];
  readonly containerPorts: readonly (number | undefined)[];
  readonly healthChecks: readonly DiscoveredHealthCheck[];
  readonly lastScalingAt?: string;
  readonly tasks: readonly DiscoveredTask[];
}

export interface DiscoveredHealthCheck {
  readonly protocol: string;
  readonly path?: string;
  readonly port?: number;
  readonly portIndex?: number;
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
  readonly gracePeriodSeconds: number;
  readonly maxConsecutiveFailures: number;
}

export interface DiscoveredTask {
  readonly id: string;
  readonly host: string;
  readonly ports: readonly number[];
  readonly state?: string;
  readonly version?: string;
  readonly ipAddresses: readonly string[];
  readonly healthResults: readonly { readonly alive: boolean }[];
}
