import { describe, expect, it } from 'vitest';
import { cellWidth, cutToCells, fitToCells, wrapToCells } from '../../../src/tui/frame/cells.ts';
import { harmless } from '../../../src/tui/frame/harmless.ts';
import { beside, clipLine, clipLines, line, lineWidth, span } from '../../../src/tui/frame/lines.ts';
import { paintLine, plainText } from '../../../src/tui/frame/painter.ts';
import { colourDepth, createTheme, readsUtf8 } from '../../../src/tui/frame/theme.ts';
import fc from '../../fast-check.ts';
import { anyText } from './texts.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

describe('text from outside', () => {
  it('has no control characters, no turned direction and no half characters left', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(harmless(text)).not.toMatch(CONTROL);
        expect(harmless(text).isWellFormed()).toBe(true);
      }),
    );
  });

  it('stays as it is when there is nothing wrong with it, and the same when it was made harmless before', () => {
    expect(harmless('web.instance-1._app.1 ü 日本')).toBe('web.instance-1._app.1 ü 日本');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(harmless(harmless(text))).toBe(harmless(text));
      }),
    );
  });

  it('shows what an escape sequence is made of instead of obeying it', () => {
    expect(harmless('a\u001b[2Jb\tc\nd')).toBe('a\\u{1b}[2Jb c d');
  });

  it('takes joined pictures and flags apart, since terminals count them differently', () => {
    expect(cellWidth(harmless('👩‍👩‍👧'))).toBe(6);
    expect(harmless('🇩🇪')).toBe('DE');
  });

  it('of ten thousand characters costs no more than a line', () => {
    expect(harmless('x'.repeat(10_000)).length).toBeLessThanOrEqual(4000);
  });
});

describe('cells', () => {
  it('a cut text is never wider than asked, and a fitted one is exactly so wide when it can be', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 30 }), (text, cells) => {
        const safe = harmless(text);
        expect(cellWidth(cutToCells(safe, cells))).toBeLessThanOrEqual(cells);
        expect(cellWidth(fitToCells(safe, cells))).toBe(cells);
      }),
    );
  });

  it('a cut text says that something is missing', () => {
    expect(cutToCells('controller', 6)).toBe('contr~');
    expect(cutToCells('日本語です', 6)).toBe('日本~');
    expect(cutToCells('日本語', 6)).toBe('日本語');
  });

  it('wrapped pieces are as wide as asked at most and lose nothing that fits', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 20 }), (text, cells) => {
        const safe = harmless(text);
        // A character with many spacing marks may be wider than any window: it fits nowhere.
        const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(safe);
        fc.pre(Array.from(characters).every(({ segment }) => cellWidth(segment) <= cells));
        const pieces = wrapToCells(safe, cells);
        for (const piece of pieces) expect(cellWidth(piece)).toBeLessThanOrEqual(cells);
        expect(pieces.join('')).toBe(safe);
      }),
    );
  });
});

describe('lines', () => {
  it('are never wider than the frame nor more than its rows, whatever they are made of', () => {
    const lines = fc.array(fc.array(anyText.map((text) => ({ text }))), { maxLength: 8 });
    fc.assert(
      fc.property(lines, fc.nat(60), fc.nat(6), (drawn, columns, rows) => {
        const clipped = clipLines(drawn, { columns, rows });
        expect(clipped.length).toBeLessThanOrEqual(rows);
        for (const one of clipped) {
          expect(lineWidth(one)).toBeLessThanOrEqual(columns);
          for (const part of one) expect(part.text).not.toMatch(CONTROL);
        }
      }),
    );
  });

  it('that lose a later part say so', () => {
    expect(plainText([clipLine(line('abc', 'def'), 3)])).toBe('ab~');
    expect(plainText([clipLine(line('abc', '   '), 3)])).toBe('abc');
  });

  it('stand beside each other in columns', () => {
    expect(plainText(beside([line('a'), line('b')], 3, [line('x'), line('y'), line('z')], 1))).toBe(
      'a   x\nb   y\n    z',
    );
  });
});

describe('painting', () => {
  it('writes no escape code for a pipe', () => {
    expect(paintLine(line('a', span('b', 'bad')), createTheme('none'))).toBe('ab');
  });

  it('closes what it opened, and neighbours of one tone share their codes', () => {
    const drawn = line(span('a', 'strong'), span('b', 'strong'), 'c');
    expect(paintLine(drawn, createTheme('mono'))).toBe('\u001b[1mab\u001b[0mc');
  });

  it('uses no colour with NO_COLOR, nothing at all off a terminal', () => {
    expect(colourDepth({ TERM: 'xterm-256color' }, true)).toBe('full');
    expect(colourDepth({ TERM: 'xterm' }, true)).toBe('basic');
    expect(colourDepth({ TERM: 'xterm-256color', NO_COLOR: '1' }, true)).toBe('mono');
    expect(colourDepth({ TERM: 'xterm-256color' }, false)).toBe('none');
    expect(createTheme('mono').codes('bad')).not.toMatch(/3\d|4\d|9\d/);
  });

  it('draws marks only where the locale reads UTF-8', () => {
    expect(readsUtf8({ LANG: 'en_US.UTF-8' })).toBe(true);
    expect(readsUtf8({ LANG: 'en_US.UTF-8', LC_ALL: 'C' })).toBe(false);
  });
});
