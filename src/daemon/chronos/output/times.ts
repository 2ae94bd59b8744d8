// Instants and lengths of time as the original writes them.

/** `2013-03-15T13:02:14.243Z`. */
export function instantText(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}

/** As `instantText`; "" when there is none. */
export function instantOrNothing(ms: number | undefined): string {
  return ms === undefined ? '' : instantText(ms);
}

/** `MM/dd/yy HH:mm:ss` in UTC, or `N/A` (chronos.md 10.4). */
export function shortTime(ms: number | undefined): string {
  if (ms === undefined) return 'N/A';
  const iso = instantText(ms);
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}

/** `1m5s`, `26h0m1s`: hours are not rolled into days (chronos.md 10.4). */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
