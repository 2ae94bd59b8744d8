// The line at the bottom while something is typed into it: letters, caret, and the keys that every shell has.
import type { Input } from '../keys/decode.ts';

/** Text and caret; the caret counts UTF-16 units and stands before a character or at the end. */
export interface Typed {
  readonly text: string;
  readonly caret: number;
}

const MAX_LENGTH = 500;

/** What the input makes of it; undefined when it is none of a prompt's keys. */
export function edit({ text, caret }: Typed, input: Input): Typed | undefined {
  if (input.kind === 'mouse') return undefined;
  if (input.kind === 'paste') return insert(text, caret, input.text.replace(/\p{Cc}+/gu, ' '));
  switch (input.name) {
    case 'left':
      return { text, caret: before(text, caret) };
    case 'right':
      return { text, caret: after(text, caret) };
    case 'home':
    case 'ctrl-a':
      return { text, caret: 0 };
    case 'end':
    case 'ctrl-e':
      return { text, caret: text.length };
    case 'backspace':
      return { text: text.slice(0, before(text, caret)) + text.slice(caret), caret: before(text, caret) };
    case 'delete':
      return { text: text.slice(0, caret) + text.slice(after(text, caret)), caret };
    case 'ctrl-u':
      return { text: text.slice(caret), caret: 0 };
    case 'ctrl-k':
      return { text: text.slice(0, caret), caret };
    case 'ctrl-w': {
      const kept = text.slice(0, caret).replace(/\S*\s*$/, '');
      return { text: kept + text.slice(caret), caret: kept.length };
    }
    default:
      return input.text === undefined ? undefined : insert(text, caret, input.text);
  }
}

function insert(text: string, caret: number, more: string): Typed {
  if (text.length + more.length > MAX_LENGTH) return { text, caret };
  return { text: text.slice(0, caret) + more + text.slice(caret), caret: caret + more.length };
}

/** Surrogate pairs are one step. */
function before(text: string, caret: number): number {
  const [last = ''] = [...text.slice(Math.max(0, caret - 2), caret)].slice(-1);
  return Math.max(0, caret - last.length);
}

function after(text: string, caret: number): number {
  const [next = ''] = text.slice(caret, caret + 2);
  return Math.min(text.length, caret + next.length);
}
