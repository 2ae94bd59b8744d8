// Numbers and times as the screens write them: short, the same width where they stand below each other, times since and not dates.

/** `0s`, `42s`, `3m12s`, `5h03m`, `12d4h`, `300d`; at most six cells. */
export function since(ms: number | undefined, nowMs: number): string {
  return ms === undefined ? '-' : lasting(nowMs - ms);
}

/** A duration in ms, as `since` writes it. */
export function lasting(ms: number): string {
  if (!Number.isFinite(ms)) return '-';
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`;
  const days = Math.floor(hours / 24);
  return days < 100 ? `${days}d${hours % 24}h` : `${days}d`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `50,000`. */
export function count(value: number): string {
  return value < 1000 ? String(value) : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 task`, `2 tasks`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** At most two decimals, none from a hundred on. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 1000) return count(Math.round(value));
  const decimals = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 10 : 100;
  return String(Math.round(value * decimals) / decimals);
}

/** Megabytes as `64M`, `1.5G`, `2.3T`. */
export function megabytes(mb: number): string {
  if (!Number.isFinite(mb)) return '-';
  if (Math.abs(mb) < 1024) return `${amount(mb)}M`;
  const gb = mb / 1024;
  return Math.abs(gb) < 1024 ? `${amount(gb)}G` : `${amount(gb / 1024)}T`;
}

/** `used / total`, 0 when there is nothing to use. */
export function ratio(used: number, total: number): number {
  return total > 0 ? used / total : 0;
}

/** `62%`; below one percent `0.4%`; right-aligned by whoever needs it. */
export function percent(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const hundredths = value * 100;
  return hundredths > 0 && hundredths < 1
    ? `${(Math.ceil(hundredths * 10) / 10).toFixed(1)}%`
    : `${Math.round(hundredths)}%`;
}

/** `TASK_RUNNING` as `running`. */
export function stateWord(state: string): string {
  return (state.startsWith('TASK_') ? state.slice(5) : state).toLowerCase().replaceAll('_', ' ');
}

/** `cpus 0.5 · mem 128M · gpus 1`, only what there is. */
export function amountsText(
  amounts: { readonly cpus: number; readonly memMb: number; readonly diskMb: number; readonly gpus: number },
  dot: string,
): string {
  const parts: string[] = [];
  if (amounts.cpus > 0) parts.push(`cpus ${amount(amounts.cpus)}`);
  if (amounts.memMb > 0) parts.push(`mem ${megabytes(amounts.memMb)}`);
  if (amounts.diskMb > 0) parts.push(`disk ${megabytes(amounts.diskMb)}`);
  if (amounts.gpus > 0) parts.push(`gpus ${amount(amounts.gpus)}`);
  return parts.length === 0 ? 'nothing' : parts.join(` ${dot} `);
}
