// Loaded into a daemon before its own code (`node --import`): measures for how long its event loop is kept from going on. At
// SIGUSR2 writes what it found since the last time as LoopDelay to the file in MCTL_BENCH_LOOP_FILE, `<pid>` in it replaced.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

/** Milliseconds beyond the time at which a timer was due. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** As `max`, of what the process itself did meanwhile: without the time in which a busy machine did not let it. */
  readonly ownMax: number;
  /** What its main thread did altogether. */
  readonly ownTotal: number;
}

const RESOLUTION_MS = 5;

const file = (process.env.MCTL_BENCH_LOOP_FILE ?? '').replace('<pid>', String(process.pid));
if (file !== '') {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const beyond = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  delay.enable();
  let ownMax = 0;
  let ranMs = performance.now();
  let cpu = process.threadCpuUsage();
  let told = cpu;
  setInterval(() => {
    const nowMs = performance.now();
    const { user, system } = process.threadCpuUsage(cpu);
    ownMax = Math.max(ownMax, Math.min(nowMs - ranMs - RESOLUTION_MS, (user + system) / 1000));
    ranMs = nowMs;
    cpu = process.threadCpuUsage();
  }, RESOLUTION_MS).unref();
  process.on('SIGUSR2', () => {
    const found: LoopDelay = {
      p50: beyond(delay.percentile(50)),
      p99: beyond(delay.percentile(99)),
      max: beyond(delay.max),
      ownMax,
      ownTotal: (cpu.user + cpu.system - told.user - told.system) / 1000,
    };
    told = cpu;
    delay.reset();
    ownMax = 0;
    writeFileSync(file, JSON.stringify(found));
  });
}
