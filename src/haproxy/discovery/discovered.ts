// What Marathon's answer comes to: the fields of haproxy.md 2.2 and nothing else, with nulls gone and types checked.
import type { Problem } from '../model/model.ts';

/** One answer, whole. */
export interface Discovery {
  /** The Marathon that answered. */
  readonly source: string;
  readonly apps: readonly DiscoveredApp[];
  /** Apps that could not be read (`left-out`) and fields that were dropped, in the order of the answer. */
  readonly problems: readonly Problem[];
}

/** One app, as it was answered; an app whose fields cannot be read is not here but among the problems. */
export interface DiscoveredApp extends DiscoveredDefinition {
  readonly id: string;
  readonly instances: number;
  readonly version?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** ISO time. */
  readonly lastScalingAt?: string;
  /** Marathon's taskKillGracePeriodSeconds. */
  readonly killGracePeriodSeconds?: number;
  readonly tasks: readonly DiscoveredTask[];
}

/** What holds for the tasks of one version of an app (haproxy.md 3.5). */
export interface DiscoveredDefinition {
  readonly networkMode: 'host' | 'container' | 'container/bridge';
  /** By index of the labels; undefined: no service port there, it is not exposed (haproxy.md 2.3.7). */
  readonly servicePorts: readonly (number | undefined)[];
  /** For tasks without ports of their own in host and bridge mode (haproxy.md 2.3.5). */
  readonly portDefinitions: readonly (number | undefined)[];
  /** Discovery ports, else the container ports of the port mappings. */
  readonly containerPorts: readonly (number | undefined)[];
  readonly healthChecks: readonly DiscoveredHealthCheck[];
}

/** Seconds; Marathon's own defaults where the answer says nothing. */
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

/** `host` is the agent's name or address. */
export interface DiscoveredTask {
  readonly id: string;
  readonly host: string;
  /** Positions count; undefined: not a port. */
  readonly ports: readonly (number | undefined)[];
  readonly state?: string;
  readonly version?: string;
  readonly ipAddresses: readonly string[];
  readonly healthResults: readonly { readonly alive: boolean }[];
}
