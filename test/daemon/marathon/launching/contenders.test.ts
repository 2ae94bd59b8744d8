// Whom an offer is shown to: never more than a hundred, and everybody in turn.
import { describe, expect, test } from 'vitest';
import { Contenders, MAX_SHOWN } from '../../../../src/daemon/marathon/launching/contenders.ts';
import { Launcher } from '../../../../src/daemon/marathon/launching/launcher.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import { makeApp } from '../instances/support/app.ts';

const launchers = (count: number, more: (i: number) => Partial<App> = () => ({})): Launcher[] =>
  Array.from({ length: count }, (_, i) => new Launcher(makeApp(`/a-${i}`, more(i)), 0));
const free = { cpus: 4, mem: 4096, disk: 0, gpus: 0 };

function withAll(all: readonly Launcher[]): Contenders {
  const contenders = new Contenders();
  for (const launcher of all) contenders.add(launcher);
  return contenders;
}

describe('an offer is shown', () => {
  test('to everybody when they are few, also to those it is too small for', () => {
    const all = launchers(50, (i) => ({ cpus: i }));
    const shown = withAll(all).show('*', free);
    expect(new Set(shown.launchers)).toEqual(new Set(all));
    expect(shown.isEveryone).toBe(true);
  });

  test('to those of its role only', () => {
    const contenders = withAll(launchers(3, (i) => ({ role: i === 1 ? 'dev' : '*' })));
    expect(contenders.show('dev', free).launchers.map(({ app }) => app.id)).toEqual(['/a-1']);
    expect(contenders.show('prod', free)).toEqual({ launchers: [], isEveryone: true });
  });

  test('to those it is large enough for first, however many it is not', () => {
    const all = launchers(1000, (i) => ({ cpus: i === 700 ? 1 : 5 + i }));
    const shown = withAll(all).show('*', free);
    expect(shown.launchers[0]).toBe(all[700]);
    expect(shown).toMatchObject({ launchers: { length: MAX_SHOWN }, isEveryone: true });
  });

  test.each([
    ['of the same needs', () => ({})],
    ['of needs of their own', (i: number) => ({ mem: i })],
    ['too large for it', (i: number) => ({ cpus: 5 + i })],
  ])('to everybody in turn: many %s', (_, more) => {
    const all = launchers(950, more);
    const contenders = withAll(all);
    const seen = new Set<Launcher>();
    for (let i = 0; i < 10; i += 1) for (const launcher of contenders.show('*', free).launchers) seen.add(launcher);
    expect(seen.size).toBe(950);
  });

  test('and is not known to be of no use while somebody it may fit has not seen it', () => {
    expect(withAll(launchers(MAX_SHOWN)).show('*', free).isEveryone).toBe(true);
    expect(withAll(launchers(MAX_SHOWN + 1)).show('*', free).isEveryone).toBe(false);
    expect(withAll(launchers(MAX_SHOWN + 1, (i) => ({ mem: i }))).show('*', free).isEveryone).toBe(false);
  });
});

test('who is removed is not shown anything, and a role without anybody is not there', () => {
  const [one] = launchers(1);
  if (one === undefined) throw new Error('none');
  const contenders = withAll([one]);
  expect([contenders.add(one), contenders.has('*')]).toEqual([false, true]);
  expect([contenders.remove(one), contenders.remove(one), contenders.has('*')]).toEqual([true, false, false]);
  expect(contenders.show('*', free).launchers).toEqual([]);
});
