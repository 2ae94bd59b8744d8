// Instants of Chronos as people read them.
import { formatAge, formatTime } from '../../output/units.ts';

/** `in 5m`, `overdue`; `-` when none is set. */
export function untilText(instant: string | null | undefined, nowMs: number): string {
  if (!instant) return '-';
  const leftMs = Date.parse(instant) - nowMs;
  // Rounded up: what comes in half a second does not come in 0 s.
  return leftMs <= 0 ? 'overdue' : `in ${formatAge(Math.ceil(leftMs / 1000) * 1000)}`;
}

/** `5m ago`; `-` when there is none. */
export function agoText(instant: string | null | undefined, nowMs: number): string {
  return instant ? `${formatAge(nowMs - Date.parse(instant))} ago` : '-';
}

/** In the time of this machine; `-` when there is none. */
export function localText(instant: string | null | undefined): string {
  return instant ? formatTime(Date.parse(instant)) : '-';
}

/** In the time of a job: `2026-02-01T03:00:00.000+01:00` → `2026-02-01 03:00:00 +01:00`. */
export function wallText(local: string): string {
  return local
    .replace('T', ' ')
    .replace(/\.000/, '')
    .replace(/(Z|[+-]\d\d:\d\d)$/, ' $1');
}

/** How long it took, or takes; `-` when it never started. */
export function tookText(start: string | null, end: string | null, nowMs: number): string {
  if (start === null) return '-';
  const ms = (end === null ? nowMs : Date.parse(end)) - Date.parse(start);
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  // Of minutes the seconds count too: runs are compared by this.
  const minutes = Math.floor(ms / 60_000);
  return minutes > 0 && minutes < 60 ? `${minutes}m${Math.floor(ms / 1000) % 60}s` : formatAge(ms);
}
