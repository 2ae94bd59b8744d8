// Looks for an expression anywhere in a text, in time that grows with the text alone, whatever the expression: all its ways are
// followed at once, and each set of them that was met is a state whose successors are remembered. `(.*a){25}` is no harder than `a`.
import {
  type CharTest,
  isWordCharacter,
  PatternError,
  type PatternNode,
  parsePattern,
} from '../../../mesos/text/pattern-syntax.ts';

type Step =
  | { readonly kind: 'char'; readonly test: CharTest }
  | Assertion
  | { readonly kind: 'match' }
  | { readonly kind: 'fork'; targets: readonly number[] };

/** Holds or does not between two characters. */
type Assertion = Extract<PatternNode, { kind: 'start' } | { kind: 'end' } | { kind: 'boundary' }>;

/** Steps of an expression; counted repetitions are written out. */
const MAX_STEPS = 2000;
/** States that are remembered; beyond it all are forgotten, and those that are needed made again. */
const MAX_STATES = 500;
const ASCII = 128;

/** What the character before was. */
type Before = 'nothing' | 'word' | 'other';

/** A set of places in the expression, before the character that comes next is known. */
interface State {
  readonly places: readonly number[];
  readonly before: Before;
  /** Whatever comes. */
  readonly isMatch: boolean;
  /** If nothing comes any more; found out when it is asked. */
  isMatchAtEnd: boolean | undefined;
  /** By code of the character. */
  readonly next: (State | undefined)[];
  readonly nextOfOthers: Map<number, State>;
}

/** Says of a text whether the expression is found in it. Throws PatternError. */
export function compileSearch(expression: string, ignoresCase: boolean): (text: string) => boolean {
  const node = parsePattern(expression);
  const steps: Step[] = [];
  emit(ignoresCase ? parsePattern(`(?i)${expression}`) : node, steps);
  steps.push({ kind: 'match' });
  return new Automaton(steps).isIn;
}

function emit(node: PatternNode, steps: Step[]): void {
  if (steps.length > MAX_STEPS) throw new PatternError('too large');
  switch (node.kind) {
    case 'char':
    case 'start':
    case 'end':
    case 'boundary':
      steps.push(node);
      return;
    case 'nothing':
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, steps);
      return;
    case 'either': {
      const fork = pushFork(steps);
      const starts: number[] = [];
      const ends = node.parts.map((part) => {
        starts.push(steps.length);
        emit(part, steps);
        return pushFork(steps);
      });
      fork.targets = starts;
      for (const end of ends) end.targets = [steps.length];
      return;
    }
    case 'repeat':
      emitRepeat(node, steps);
  }
}

function emitRepeat({ part, min, max }: Extract<PatternNode, { kind: 'repeat' }>, steps: Step[]): void {
  // Of nothing there may be any number: its steps would never end to be made.
  const before = steps.length;
  for (let time = 0; time < min; time += 1) {
    emit(part, steps);
    if (steps.length === before) return;
  }
  if (max === Number.POSITIVE_INFINITY) {
    const at = steps.length;
    const fork = pushFork(steps);
    emit(part, steps);
    steps.push({ kind: 'fork', targets: [at] });
    fork.targets = [at + 1, steps.length];
    return;
  }
  const forks: { at: number; fork: { targets: readonly number[] } }[] = [];
  for (let time = min; time < max; time += 1) {
    forks.push({ at: steps.length, fork: pushFork(steps) });
    emit(part, steps);
  }
  for (const { at, fork } of forks) fork.targets = [at + 1, steps.length];
}

function pushFork(steps: Step[]): { kind: 'fork'; targets: readonly number[] } {
  const fork: { kind: 'fork'; targets: readonly number[] } = { kind: 'fork', targets: [] };
  steps.push(fork);
  return fork;
}

class Automaton {
  readonly #steps: readonly Step[];
  #states = new Map<string, State>();
  #start: State;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    this.#start = this.#stateOf([0], 'nothing');
  }

  isIn = (text: string): boolean => {
    let state = this.#start;
    for (let at = 0; at < text.length; at += 1) {
      if (state.isMatch) return true;
      let code = text.charCodeAt(at);
      if (code < ASCII) {
        state = state.next[code] ?? this.#after(state, code);
        continue;
      }
      code = text.codePointAt(at) ?? code;
      if (code > 0xffff) at += 1;
      state = state.nextOfOthers.get(code) ?? this.#after(state, code);
    }
    state.isMatchAtEnd ??= state.isMatch || this.#reached(state, undefined).has(this.#steps.length - 1);
    return state.isMatchAtEnd;
  };

  #after(state: State, code: number): State {
    // It may begin anywhere.
    const places: number[] = [0];
    for (const place of this.#reached(state, code)) {
      const step = this.#steps[place];
      if (step?.kind === 'char' && step.test(code)) places.push(place + 1);
      // Found before this character, behind an assertion.
      else if (step?.kind === 'match') places.push(place);
    }
    if (this.#states.size >= MAX_STATES) {
      this.#states = new Map();
      this.#start = this.#stateOf([0], 'nothing');
    }
    const next = this.#stateOf(places, isWordCharacter(code) ? 'word' : 'other');
    if (code < ASCII) state.next[code] = next;
    else if (state.nextOfOthers.size < MAX_STATES) state.nextOfOthers.set(code, next);
    return next;
  }

  #stateOf(places: readonly number[], before: Before): State {
    const reached = new Set<number>();
    for (const place of places) this.#follow(place, reached, () => false);
    const all = [...reached].sort((one, other) => one - other);
    const name = `${before} ${all.join()}`;
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    const state: State = {
      places: all,
      before,
      isMatch: reached.has(this.#steps.length - 1),
      isMatchAtEnd: undefined,
      next: new Array<State | undefined>(ASCII).fill(undefined),
      nextOfOthers: new Map(),
    };
    this.#states.set(name, state);
    return state;
  }

  /** All places of the state, also those behind assertions that hold before this character, or the end. */
  #reached({ places, before }: State, code: number | undefined): ReadonlySet<number> {
    const reached = new Set<number>();
    const holds = (step: Assertion): boolean => {
      if (step.kind === 'start') return before === 'nothing';
      if (step.kind === 'end') return code === undefined;
      const isBoundary = (before === 'word') !== (code !== undefined && isWordCharacter(code));
      return isBoundary !== step.isNegated;
    };
    for (const place of places) this.#follow(place, reached, holds);
    return reached;
  }

  /** Adds what can be come to without a character. */
  #follow(from: number, reached: Set<number>, holds: (step: Assertion) => boolean): void {
    const open = [from];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (reached.has(place)) continue;
      reached.add(place);
      const step = this.#steps[place];
      switch (step?.kind) {
        case 'fork':
          open.push(...step.targets);
          break;
        case 'start':
        case 'end':
        case 'boundary':
          if (holds(step)) open.push(place + 1);
      }
    }
  }
}
