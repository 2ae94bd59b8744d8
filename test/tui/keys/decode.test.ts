import { describe, expect, test } from 'vitest';
import { type Input, KeyDecoder } from '../../../src/tui/keys/decode.ts';

function decoded(...chunks: string[]): Input[] {
  const decoder = new KeyDecoder();
  const inputs = chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk)));
  return [...inputs, ...decoder.flush()];
}

const names = (...chunks: string[]): string[] =>
  decoded(...chunks).map((input) => (input.kind === 'key' ? input.name : input.kind));

describe('what a terminal sends', () => {
  test('letters, digits and signs are themselves, and type themselves', () => {
    expect(decoded('k', 'S', ':', 'ö')).toEqual([
      { kind: 'key', name: 'k', text: 'k' },
      { kind: 'key', name: 'S', text: 'S' },
      { kind: 'key', name: ':', text: ':' },
      { kind: 'key', name: 'ö', text: 'ö' },
    ]);
  });

  test('control characters have names', () => {
    expect(names('\r\t\u007f \u0003\u001a\u0013')).toEqual([
      'enter',
      'tab',
      'backspace',
      'space',
      'ctrl-c',
      'ctrl-z',
      'ctrl-s',
    ]);
  });

  test('arrows and pages have names, in every form that terminals send', () => {
    expect(names('\u001b[A\u001bOB\u001b[5~\u001b[6~\u001b[H\u001b[4~\u001b[15~\u001b[Z')).toEqual([
      'up',
      'down',
      'pageup',
      'pagedown',
      'home',
      'end',
      'f5',
      'shift-tab',
    ]);
    expect(names('\u001b[1;5C\u001b[1;2A')).toEqual(['ctrl-right', 'shift-up']);
  });

  test('a lone esc is told from the beginning of a sequence by what follows, or by nothing', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('\u001b'))).toEqual([]);
    expect(decoder.isWaiting).toBe(true);
    expect(decoder.push(Buffer.from('[A'))).toEqual([{ kind: 'key', name: 'up' }]);
    expect(decoder.isWaiting).toBe(false);
    decoder.push(Buffer.from('\u001b'));
    expect(decoder.flush()).toEqual([{ kind: 'key', name: 'esc' }]);
    expect(names('\u001b\u001b')).toEqual(['esc', 'esc']);
  });

  test('a sequence, and a character, may come in pieces', () => {
    expect(names('\u001b[', '1', ';5', 'C')).toEqual(['ctrl-right']);
    const decoder = new KeyDecoder();
    const bytes = Buffer.from('ö');
    expect(decoder.push(bytes.subarray(0, 1))).toEqual([]);
    expect(decoder.push(bytes.subarray(1))).toEqual([{ kind: 'key', name: 'ö', text: 'ö' }]);
  });

  test('a sequence that nobody knows types none of its letters', () => {
    expect(names('\u001b[?62;c', '\u001b[99~', 'k')).toEqual(['k']);
    expect(names(`\u001b[${'1'.repeat(100)}`)).not.toContain('\u001b');
  });

  test('what is pasted is one text, whatever is in it', () => {
    expect(decoded('\u001b[200~/web\rq', 'x\u001b[201~k')).toEqual([
      { kind: 'paste', text: '/web\rqx' },
      { kind: 'key', name: 'k', text: 'k' },
    ]);
  });

  test('what is pasted types no keys, however slowly it comes and however much it is', () => {
    const decoder = new KeyDecoder();
    const come = (text: string) => [...decoder.push(Buffer.from(text)), ...decoder.flush()];
    expect(come('\u001b[200~tasks')).toEqual([]);
    expect(come('ky')).toEqual([]);
    expect(come('q\u001b[20')).toEqual([]);
    expect(come('1~k')).toEqual([
      { kind: 'paste', text: 'taskskyq' },
      { kind: 'key', name: 'k', text: 'k' },
    ]);
    expect(come('\u001b[200~')).toEqual([]);
    for (let times = 0; times < 100; times += 1) expect(come('ky'.repeat(500))).toEqual([]);
    expect(come('\u001b[201~')).toEqual([{ kind: 'paste', text: 'ky'.repeat(5000) }]);
  });

  test('ctrl-c gets out of a paste that never ends', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('\u001b[200~abc'))).toEqual([]);
    expect(decoder.push(Buffer.from('\u0003k'))).toMatchObject([{ name: 'ctrl-c' }, { name: 'k' }]);
  });

  test('the mouse tells presses and the wheel, by cells from 0', () => {
    expect(decoded('\u001b[<0;3;5M\u001b[<0;3;5m\u001b[<65;1;1M\u001b[<64;1;1M')).toEqual([
      { kind: 'mouse', what: 'press', x: 2, y: 4 },
      { kind: 'mouse', what: 'wheel-down', x: 0, y: 0 },
      { kind: 'mouse', what: 'wheel-up', x: 0, y: 0 },
    ]);
  });
});
