import { expect, test } from 'vitest';
import { AddressBook } from '../../../src/haproxy/discovery/address-book.ts';
import type { Host, Log, World } from '../../../src/world/world.ts';

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** A name service that answers from `answers`; an absent name fails. */
function rig(answers: Record<string, string>) {
  let nowMs = 1000;
  const asked: string[] = [];
  const timers: (() => void)[] = [];
  const clock = {
    monotonicMs: () => nowMs,
    setTimer: (_: number, fn: () => void) => {
      timers.push(fn);
      return { cancel: () => undefined };
    },
  } as unknown as World['clock'];
  const host = {
    lookup: (name: string) => {
      asked.push(name);
      const address = answers[name];
      if (address === 'hangs') return new Promise<string>(() => undefined);
      return address === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(address);
    },
  } as unknown as Host;
  const book = new AddressBook({ clock, host, log: silent });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return {
    book,
    asked,
    timers,
    pass,
    resolve: async (...names: string[]) => Object.fromEntries(await book.resolve(names)),
  };
}

test('a name is asked for once in 30 s', async () => {
  const { resolve, asked, pass } = rig({ a: '10.0.0.1' });
  expect(await resolve('a', 'a')).toEqual({ a: '10.0.0.1' });
  pass(29_999);
  await resolve('a');
  expect(asked).toEqual(['a']);
  pass(1);
  await resolve('a');
  expect(asked).toEqual(['a', 'a']);
});

test('a name that fails keeps the address it had, and is asked for again soon', async () => {
  const answers: Record<string, string> = { a: '10.0.0.1' };
  const { resolve, pass, asked } = rig(answers);
  await resolve('a');
  delete answers.a;
  pass(30_000);
  expect(await resolve('a')).toEqual({ a: '10.0.0.1' });
  answers.a = '10.0.0.2';
  pass(5_000);
  expect(await resolve('a')).toEqual({ a: '10.0.0.2' });
  expect(asked).toHaveLength(3);
});

test('a name that never had an address has none; literals and rubbish are not asked for', async () => {
  const { resolve, asked } = rig({});
  expect(await resolve('gone', '10.0.0.1', '::1', 'no name', '')).toEqual({});
  expect(asked).toEqual(['gone']);
});

test('an answer that is no address is none; IPv6 comes in its shortest form', async () => {
  const { resolve } = rig({ a: 'x; server evil', b: '2001:DB8:0::1' });
  expect(await resolve('a', 'b')).toEqual({ b: '2001:db8::1' });
});

test('a name service that hangs is given up', async () => {
  const { resolve, timers } = rig({ a: 'hangs' });
  const pending = resolve('a');
  for (const fire of timers) fire();
  expect(await pending).toEqual({});
});

test('hundreds of names are all looked up', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `agent${index}`);
  const { resolve } = rig(Object.fromEntries(names.map((name, index) => [name, `10.0.${index >> 8}.${index & 255}`])));
  expect(Object.keys(await resolve(...names))).toHaveLength(300);
});

test('a name service that hangs costs 10 s however many names there are, and the next turn asks for the others', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `agent${index}`);
  const { resolve, timers, pass, asked } = rig(Object.fromEntries(names.map((name) => [name, 'hangs'])));
  const turn = async () => {
    const pending = resolve(...names);
    for (let round = 0; round < 2; round += 1) {
      pass(5000);
      for (const fire of timers.splice(0)) fire();
      await new Promise(setImmediate);
    }
    return pending;
  };
  expect(await turn()).toEqual({});
  expect(asked).toEqual(names.slice(0, 64));
  pass(5000);
  asked.length = 0;
  await turn();
  expect(asked.slice(0, 36)).toEqual(names.slice(64));
});
