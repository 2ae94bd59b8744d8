import { expect, it } from 'vitest';
import { remembering } from '../../../src/daemon/serving/remembering.ts';

it('makes what belongs to an object once, also of a frozen one, and shows nothing of it', () => {
  const made: string[] = [];
  const length = remembering(({ name }: { readonly name: string }) => made.push(name));
  const [task, frozen] = [{ name: 'task' }, Object.freeze({ name: 'frozen' })];
  expect([length(task), length(task), length(frozen), length(frozen)]).toEqual([1, 1, 2, 2]);
  expect(made).toEqual(['task', 'frozen']);
  expect(Reflect.ownKeys(task)).toEqual(['name']);
  expect(task).toEqual({ name: 'task' });
});

it('makes it anew of a copy, and keeps what other functions made apart', () => {
  const upper = remembering(({ name }: { readonly name: string }) => name.toUpperCase());
  const first = remembering(({ name }: { readonly name: string }): string | undefined => name[0]);
  const task = { name: 'task' };
  expect([upper(task), first(task)]).toEqual(['TASK', 't']);
  expect(upper({ ...task, name: 'other' })).toBe('OTHER');
});

it('remembers nothing of what could not be made, and that nothing was made', () => {
  let calls = 0;
  const fails = remembering((_: object) => {
    calls += 1;
    if (calls === 1) throw new Error('not yet');
    return undefined;
  });
  const key = {};
  expect(() => fails(key)).toThrow('not yet');
  expect([fails(key), fails(key), calls]).toEqual([undefined, undefined, 2]);
});
