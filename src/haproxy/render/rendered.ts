// What is written to disk, and which lines are whose.

/** Same model and options, same bytes (haproxy.md 5.11). */
export interface Rendered {
  readonly config: string;
  /** File name beside the config → content. Always there; empty where the config does not name them. */
  readonly maps: Readonly<Record<'domain2backend.map' | 'app2backend.map' | 'certificates.list', string>>;
  /** Lines (from 1, both inclusive) of the config that come from a service; for haproxy's complaints. */
  readonly ranges: readonly { readonly service: string; readonly from: number; readonly to: number }[];
}
