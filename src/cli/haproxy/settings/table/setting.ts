// What a setting of the balancer is, before anybody says it.

/**
 * How a setting is written: one text, several (repeated, or with commas), yes and no. Paths become absolute: cron's
 * directory is not the one a person stands in.
 */
export type SettingKind = 'text' | 'path' | 'list' | 'paths' | 'switch';

/** One setting. */
export interface Setting {
  readonly kind: SettingKind;
  readonly summary: string;
  readonly char?: 'm' | 'c' | 'd' | 'H';
  readonly value?: string;
  /** Other names of the flag and of the member. */
  readonly aliases?: readonly string[];
  /** The original's environment variable, beside MCTL_HAPROXY_<NAME>. */
  readonly env?: string;
}
