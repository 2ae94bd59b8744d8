// The unit of `watch`: what it says fits the command, and the command does on signals what the unit relies on.
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { WatchSignals } from '../../../src/cli/haproxy/running/watch-signals.ts';
import HaproxyWatch from '../../../src/commands/haproxy/watch.ts';
import { DEFAULT_OPTIONS } from '../../../src/haproxy/model/options.ts';

const path = (name: string) => fileURLToPath(new URL(`../../../templates/systemd/${name}`, import.meta.url));
const UNIT = path('mctl-haproxy-watch.service');
const ANALYZE = '/usr/bin/systemd-analyze';

describe('the unit', () => {
  const text = readFileSync(UNIT, 'utf8');
  const given = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];

  test.skipIf(!existsSync(ANALYZE))('is one to systemd', () => {
    const { status, stderr } = spawnSync(ANALYZE, ['verify', UNIT], { encoding: 'utf8' });
    expect([status, stderr.split('\n').filter((line) => line.includes('mctl-haproxy'))]).toEqual([0, []]);
  });

  test('starts watch with flags that it has, and is not started again for wrong ones', () => {
    const [, flags = ''] = /^\/usr\/bin\/env mctl haproxy watch (.*)$/.exec(given('ExecStart') ?? '') ?? [];
    for (const [, name = ''] of flags.matchAll(/--([a-z-]+)/g)) expect(HaproxyWatch.flags).toHaveProperty(name);
    expect(given('RestartPreventExitStatus')).toBe(String(EXIT.usage));
  });

  test('leaves an HAProxy alone that watch started, and has its directories', () => {
    expect(given('KillMode')).toBe('process');
    expect(HaproxyWatch.baseFlags['state-dir'].summary).toContain(`/var/lib/${given('StateDirectory')}`);
    const temporary = readFileSync(path('mctl-haproxy.conf'), 'utf8');
    expect(temporary).toMatch(new RegExp(`^d ${dirname(DEFAULT_OPTIONS.runtimeSocket)} `, 'm'));
  });
});

describe('signals', () => {
  const terminal = { onBrokenPipe: () => undefined };

  function watching() {
    const done: string[] = [];
    const watch = {
      turnNow: () => void done.push('turn'),
      reloadNow: () => void done.push('reload'),
      stop: async () => void done.push('stop'),
    };
    return { done, watch };
  }

  test('HUP makes a turn, USR1 loads what is on disk, TERM ends it after the turn that runs', async () => {
    const source = new EventEmitter();
    const { done, watch } = watching();
    const ended = new WatchSignals(source).until(watch, terminal);
    for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGHUP', 'SIGTERM', 'SIGTERM']) source.emit(signal);
    await ended;
    expect(done).toEqual(['turn', 'reload', 'turn', 'stop']);
    expect(source.eventNames()).toEqual([]);
  });

  test('while it starts, HUP does not end it, USR1 is done later, and TERM ends it as soon as it can', async () => {
    const source = new EventEmitter();
    const { done, watch } = watching();
    const signals = new WatchSignals(source);
    for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGTERM']) expect(source.emit(signal)).toBe(true);
    await signals.until(watch, terminal);
    expect(done).toEqual(['reload', 'stop']);
  });
});
