// The shell: Ink puts lines on the terminal, one Text a row, and writes only the rows that are new. Ink and React are loaded with
// this file, so nobody imports it who does not draw.
import { Box, type Instance, render, Text } from 'ink';
import { createElement, memo, type ReactNode } from 'react';
import type { Line } from '../frame/line.ts';
import { paintLine } from '../frame/painter.ts';
import type { Theme } from '../frame/theme.ts';
import type { TopTerminal } from './terminal.ts';

/** Of Ink itself: a key is painted within this time, whatever was painted just before. Pacing is done by pace.ts. */
const MAX_FPS = 60;

const Row = memo(
  ({ text }: { readonly text: string }): ReactNode => createElement(Text, { wrap: 'truncate-end' }, text),
);

export interface Painter {
  paint(frame: readonly Line[]): void;
  /** The next frame is written whole, on an empty screen. */
  wipe(): void;
  /** Nothing is written after it. */
  close(): void;
}

export function createInkPainter(terminal: TopTerminal, theme: Theme): Painter {
  let instance: Instance | undefined;
  let isClosed = false;
  // Rows are children by their place, without keys: a row is where it is on the screen.
  const frameOf = (texts: readonly string[]): ReactNode => {
    const rows: ReactNode[] = [];
    // A row without text would have no height.
    for (const text of texts) rows.push(createElement(Row, { text: text === '' ? ' ' : text }));
    return createElement(Box, { flexDirection: 'column' }, ...rows);
  };
  let last: readonly string[] = [];
  return {
    paint(frame) {
      if (isClosed) return;
      const texts = frame.map((line) => paintLine(line, theme));
      if (instance !== undefined && texts.length === last.length && texts.every((text, at) => text === last[at]))
        return;
      last = texts;
      if (instance === undefined) {
        instance = render(frameOf(texts), {
          stdout: terminal.stdout,
          stdin: terminal.stdin,
          exitOnCtrlC: false,
          patchConsole: false,
          incrementalRendering: true,
          interactive: true,
          maxFps: MAX_FPS,
        });
      } else instance.rerender(frameOf(texts));
    },
    wipe() {
      if (isClosed) return;
      instance?.clear();
      last = [];
      terminal.wipe();
    },
    close() {
      isClosed = true;
      instance?.unmount();
      instance = undefined;
    },
  };
}
