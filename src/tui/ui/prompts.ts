// Prompts: how one is opened, and what each key does while it is open.
import type { Input } from '../keys/decode.ts';
import { type Command, type CommandContext, completed, completions, readCommand, readCount } from './commands.ts';
import { compileFilter } from './filter.ts';
import { at, here, toFirst } from './places.ts';
import { edit } from './prompt.ts';
import type { Effect, Prompt, UiState } from './state.ts';

/** A command that was entered is for the reducer to carry out. */
export interface PromptStep {
  readonly ui: UiState;
  readonly effects: readonly Effect[];
  readonly command?: Command;
}

type Typing = Extract<Prompt, { kind: 'filter' | 'command' }>;
type Counting = Extract<Prompt, { kind: 'number' }>;

export function openPrompt(ui: UiState, kind: 'filter' | 'command', context?: CommandContext): UiState {
  const text = kind === 'filter' ? here(ui).filter : '';
  return {
    ...ui,
    prompt: {
      kind,
      text,
      caret: text.length,
      ...(kind === 'filter' && { before: text }),
      ...(context && { completions: completions('', context) }),
    },
  };
}

export function inPrompt(ui: UiState, prompt: Prompt, input: Input, context: CommandContext): PromptStep {
  switch (prompt.kind) {
    case 'filter':
      return stay(filtering(ui, prompt, input));
    case 'command':
      return commanding(ui, prompt, input, context);
    case 'number':
      return counting(ui, prompt, input);
    case 'confirm': {
      if (input.kind !== 'key') return stay(ui);
      const isYes = input.name === 'y' || input.name === 'Y';
      const closed = closePrompt(ui);
      // What was marked has been dealt with.
      if (isYes) return { ui: at(closed, { marked: new Set() }), effects: [prompt.effect] };
      return stay({ ...closed, message: { tone: 'plain', text: 'Nothing was changed.' } });
    }
  }
}

function stay(ui: UiState): PromptStep {
  return { ui, effects: [] };
}

function closePrompt(ui: UiState): UiState {
  return { ...ui, prompt: undefined, message: undefined };
}

/** The list follows while it is typed; what does not compile leaves it as it was. */
function filtering(ui: UiState, prompt: Typing, input: Input): UiState {
  if (input.kind === 'key' && input.name === 'enter') {
    return prompt.error === undefined ? closePrompt(ui) : { ...ui, prompt };
  }
  if (input.kind === 'key' && input.name === 'esc') return at(closePrompt(ui), { filter: prompt.before ?? '' });
  const typed = edit(prompt, input);
  if (typed === undefined) return ui;
  const { error: _, ...rest } = prompt;
  const result = compileFilter(typed.text);
  if (result.kind === 'refused') return { ...ui, prompt: { ...rest, ...typed, error: result.why } };
  return { ...toFirst(at(ui, { filter: typed.text })), prompt: { ...rest, ...typed } };
}

function commanding(ui: UiState, prompt: Typing, input: Input, context: CommandContext): PromptStep {
  const name = input.kind === 'key' ? input.name : '';
  if (name === 'esc' || (name === 'backspace' && prompt.text === '')) return stay(closePrompt(ui));
  if (name === 'enter') {
    const command = readCommand(prompt.text, context);
    if (command.kind !== 'refused') return { ui: closePrompt(ui), effects: [], command };
    return stay({ ...ui, prompt: { ...prompt, error: command.why } });
  }
  if (name === 'tab' || name === 'shift-tab') return stay({ ...ui, prompt: completing(prompt, name, context) });
  const typed = edit(prompt, input);
  if (typed === undefined) return stay(ui);
  return stay({ ...ui, prompt: { kind: 'command', ...typed, completions: completions(typed.text, context) } });
}

/** As far as all completions agree; from there on one after the other, with shift the other way round. */
function completing(prompt: Typing, key: 'tab' | 'shift-tab', context: CommandContext): Typing {
  const all = prompt.turn?.all ?? completions(prompt.text, context);
  const text = prompt.turn === undefined ? completed(prompt.text, all) : prompt.text;
  if (text !== prompt.text || all.length < 2) {
    return { kind: 'command', text, caret: text.length, completions: completions(text, context) };
  }
  const before = prompt.turn?.index ?? (key === 'tab' ? -1 : 0);
  const index = (before + (key === 'tab' ? 1 : -1) + all.length) % all.length;
  const next = all[index] ?? text;
  // What comes next is first in what is offered.
  const offered = [...all.slice(index + 1), ...all.slice(0, index + 1)];
  return { kind: 'command', text: next, caret: next.length, completions: offered, turn: { all, index } };
}

function counting(ui: UiState, prompt: Counting, input: Input): PromptStep {
  const name = input.kind === 'key' ? input.name : '';
  if (name === 'esc') return stay({ ...closePrompt(ui), message: { tone: 'plain', text: 'Nothing was changed.' } });
  if (name === 'enter') {
    const count = readCount(prompt.text);
    if (count !== undefined) return { ui: closePrompt(ui), effects: [prompt.effect(count)] };
    return stay({ ...ui, prompt: { ...prompt, error: 'a number from 0' } });
  }
  const typed = edit({ text: prompt.text, caret: prompt.text.length }, input);
  const { error: _, ...rest } = prompt;
  return stay(typed === undefined ? ui : { ...ui, prompt: { ...rest, text: typed.text } });
}
