// Amounts and times as people read them.

/** `3d4h`, `12m`, `45s`: the two largest units at most. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return '0s';
  return parts
    .slice(first, first + (first === 0 ? 2 : first === 1 ? 2 : 1))
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('');
}

/** At most three decimals, no trailing zeros. */
export function formatAmount(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** Megabytes as `64 MB` or `1.5 GB`. */
export function formatMegabytes(mb: number): string {
  return mb >= 1024 * 10 ? `${formatTenth(mb / 1024)} GB` : `${formatAmount(mb)} MB`;
}

/** Bytes as `512 B`, `1.5 KB`, `3 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatTenth(value)} ${units[unit] ?? 'B'}`;
}

function formatTenth(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** `2026-01-31 12:00:00`, local time. */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  m: 60_000,
  min: 60_000,
  mins: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hrs: 3_600_000,
  d: 86_400_000,
  days: 86_400_000,
};

/** Milliseconds of `30`, `30s`, `1.5m`, `10secs`, `2h`; a bare number is seconds. Undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text.trim());
  const unit = match?.[2] === '' ? 1000 : DURATION_UNITS[match?.[2] ?? 'none'];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

const MEGABYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1 / 1024,
  kb: 1 / 1024,
  m: 1,
  mb: 1,
  g: 1024,
  gb: 1024,
  t: 1024 ** 2,
  tb: 1024 ** 2,
};

/** Megabytes of `64`, `64MB`, `1.5g`, `1TB`; a bare number is megabytes. Undefined when it is no size. */
export function parseMegabytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = MEGABYTE_UNITS[match?.[2]?.toLowerCase() ?? 'none'];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
