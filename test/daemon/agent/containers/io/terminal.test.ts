// The number of a terminal, from what the kernel says of a process in it.
import { expect, test } from 'vitest';
import { terminalNumber } from '../../../../../src/daemon/agent/containers/io/terminal.ts';

const stat = (device: number, name = 'sh'): string => `4711 (${name}) S 1 4711 4711 ${device} 4711 4194304 0`;

test('the number of a pty is told by its device, beyond 255 too', () => {
  expect(terminalNumber(stat((136 << 8) | 3))).toBe(3);
  expect(terminalNumber(stat((137 << 8) | 1))).toBe(257);
  expect(terminalNumber(stat((136 << 8) | 7, 'a) S 1 (b'))).toBe(7);
});

test('other terminals, none, and nothing at all have no such number', () => {
  expect(terminalNumber(stat(0))).toBeUndefined();
  expect(terminalNumber(stat((4 << 8) | 1))).toBeUndefined();
  expect(terminalNumber('')).toBeUndefined();
  expect(terminalNumber(undefined)).toBeUndefined();
});
