import { describe, expect, test } from 'vitest';
import { bindKeys, DEFAULT_BINDINGS } from '../../../src/tui/keys/bindings.ts';
import { KEY_TABLE } from '../../../src/tui/keys/table.ts';

function bound(given: unknown) {
  const result = bindKeys(given);
  if (result.kind === 'refused') throw new Error(result.problems.join('\n'));
  return result.bindings;
}
function problems(given: unknown): readonly string[] {
  const result = bindKeys(given);
  return result.kind === 'refused' ? result.problems : [];
}

describe('the key table', () => {
  test('is itself free of conflicts and of keys that no terminal sends', () => {
    const keys = Object.fromEntries(KEY_TABLE.map(({ action, keys }) => [action, keys]));
    expect(problems(keys)).toEqual([]);
  });

  test('has a key for everything that the issue names', () => {
    const wanted = {
      enter: 'open',
      esc: 'back',
      '-': 'last',
      '/': 'filter',
      ':': 'command',
      s: 'sort',
      space: 'mark',
      l: 'logs',
      k: 'kill',
      S: 'scale',
      r: 'restart',
      d: 'drain',
      'ctrl-z': 'faults',
      p: 'pause',
      'ctrl-s': 'save',
      '?': 'help',
      q: 'quit',
      1: 'go-overview',
      0: 'go-events',
    };
    for (const [key, action] of Object.entries(wanted)) expect(DEFAULT_BINDINGS.entryOf(key)?.action).toBe(action);
  });
});

describe('the config file', () => {
  test('gives an action another key, several, or none; the others keep theirs', () => {
    const bindings = bound({ kill: 'x', pause: ['P', 'ctrl-p'], drain: [] });
    expect(bindings.entryOf('x')?.action).toBe('kill');
    expect(bindings.entryOf('k')).toBeUndefined();
    expect(bindings.entryOf('ctrl-p')?.action).toBe('pause');
    expect(bindings.entryOf('d')).toBeUndefined();
    expect(bindings.keyOf('drain')).toBeUndefined();
    expect(bindings.keyOf('quit')).toBe('q');
  });

  test('may swap two keys', () => {
    const bindings = bound({ kill: 'd', drain: 'k' });
    expect([bindings.entryOf('d')?.action, bindings.entryOf('k')?.action]).toEqual(['kill', 'drain']);
  });

  test('is refused where one key would do two things, and told which', () => {
    expect(problems({ kill: 's' })).toEqual(["'s' is bound to both 'sort' and 'kill': give one of them another key."]);
  });

  test('is refused for actions and keys that are not there, and for ctrl-c', () => {
    expect(problems({ kil: 'x' })).toEqual(["There is no action 'kil'; did you mean 'kill'?"]);
    expect(problems({ kill: 'xx' })[0]).toContain("'xx' for 'kill' is no key");
    expect(problems({ kill: 7 })[0]).toContain("'7' for 'kill' is no key");
    expect(problems({ kill: 'ctrl-m' })[0]).toContain('is no key');
    expect(problems({ kill: 'ctrl-c' })).toEqual(["'ctrl-c' cannot be bound to 'kill': it always quits."]);
    expect(problems(['x'])).toHaveLength(1);
  });

  test('is told everything that is wrong at once', () => {
    expect(problems({ nothing: 'x', kill: '', sort: 'q' })).toHaveLength(3);
  });
});
