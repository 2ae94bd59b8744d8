// What watch and sync tell monitoring about themselves (haproxy.md 15.7), in the text format of Prometheus.

/** Counters since the state directory is there; undefined is not told. */
export interface BalancerFigures {
  /** Wall time of the last turn that found everything in order or applied it. */
  readonly lastSuccessMs?: number;
  /** Of the last turn. */
  readonly turnSeconds?: number;
  /** Result (`ok`, `failed`, …) → how many. */
  readonly reloads: Readonly<Record<string, number>>;
  readonly runtimeUpdates: number;
  readonly excludedServices: number;
  /** Only watch has a stream. */
  readonly isStreamConnected?: boolean;
  readonly servers?: number;
}

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly (readonly [labels: string, value: number])[];
}

/** Ends with a line end. */
export function metricsText(figures: BalancerFigures): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of metricsOf(figures)) {
    if (samples.length === 0) continue;
    lines.push(`# HELP mctl_haproxy_${name} ${help}`, `# TYPE mctl_haproxy_${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`mctl_haproxy_${name}${labels} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function metricsOf(figures: BalancerFigures): Metric[] {
  const { lastSuccessMs, turnSeconds, reloads, runtimeUpdates, excludedServices, isStreamConnected, servers } = figures;
  return [
    {
      name: 'last_success_timestamp',
      type: 'gauge',
      help: 'Seconds since 1970 at which the balancer was last known to be in order.',
      samples: one(lastSuccessMs === undefined ? undefined : Math.round(lastSuccessMs) / 1000),
    },
    { name: 'turn_seconds', type: 'gauge', help: 'Time that the last turn took.', samples: one(turnSeconds) },
    {
      name: 'reloads_total',
      type: 'counter',
      help: 'Reloads of HAProxy by result.',
      samples: Object.keys(reloads)
        .sort()
        .map((result): [string, number] => [`{result="${result.replace(/[\\"\n]/g, '_')}"}`, reloads[result] ?? 0]),
    },
    {
      name: 'runtime_updates_total',
      type: 'counter',
      help: 'Turns that changed servers without a reload.',
      samples: one(runtimeUpdates),
    },
    {
      name: 'excluded_services',
      type: 'gauge',
      help: 'Services left out because something is wrong with them.',
      samples: one(excludedServices),
    },
    {
      name: 'stream_connected',
      type: 'gauge',
      help: 'Whether an event stream of Marathon is attached.',
      samples: one(isStreamConnected === undefined ? undefined : Number(isStreamConnected)),
    },
    { name: 'servers', type: 'gauge', help: 'Servers of all services.', samples: one(servers) },
  ];
}

function one(value: number | undefined): Metric['samples'] {
  return value === undefined ? [] : [['', value]];
}
