import { describe, expect, test } from 'vitest';
import { compileFilter, narrows } from '../../../src/tui/ui/filter.ts';
import fc from '../../fast-check.ts';
import { agent, task } from '../view/rows.ts';
import { Person, someApp, someCluster } from './person.ts';

function command(person: Person, text: string): Person {
  return person.press(':').type(text).press('enter');
}

describe('commands', () => {
  test('name a screen, or one thing by its id, its name or its beginning', () => {
    const person = new Person(someCluster(), 'tasks');
    person.view.putApp(someApp('/shop/web'));
    expect(command(person, 'apps').place.screen).toBe('apps');
    expect(command(person, 'app /shop/web').place).toMatchObject({ screen: 'app', subject: '/shop/web' });
    expect(person.press('esc').place.screen).toBe('apps');
    expect(command(person, 'task t03').place).toMatchObject({ screen: 'task', subject: 'f1/t03' });
  });

  test('name a list with a filter, too', () => {
    const person = new Person(someCluster(), 'agents');
    expect(command(person, 'tasks t0[12]').drawing.rowIds).toEqual(['f1/t01', 'f1/t02']);
    expect(command(person, 'tasks /t04').place.filter).toBe('t04');
    expect(command(person, 'tasks').place.filter).toBe('');
    expect(command(person, 'tasks [').ui.prompt).toMatchObject({ error: "'[' is no filter: missing ]" });
  });

  test('that mean nothing, or too much, say so and stay to be mended', () => {
    const person = command(new Person(someCluster(), 'tasks'), 'nosuch');
    expect(person.ui.prompt).toMatchObject({ error: expect.stringContaining("no command 'nosuch'") });
    person.press('ctrl-u').type('task t').press('enter');
    expect(person.ui.prompt).toMatchObject({ error: "several begin with 't'" });
    person.press('ctrl-u').type('app /nosuch').press('enter');
    expect(person.ui.prompt).toMatchObject({ error: "nothing is called '/nosuch'" });
    person.press('ctrl-u').type('app').press('enter');
    expect(person.ui.prompt).toMatchObject({ error: expect.stringContaining('which one?') });
  });

  test('that name several things at once ask for the id', () => {
    const person = new Person(someCluster(), 'tasks');
    person.view.putAgent(agent('a2', { hostname: 'a1.example', address: 'a1.example:5052' }));
    command(person, 'agent a1.example');
    expect(person.ui.prompt).toMatchObject({ error: "several are called 'a1.example': :agent <id>" });
    person.press('ctrl-u').type('agent a2').press('enter');
    expect(person.place).toMatchObject({ screen: 'agent', subject: 'a2' });
    person.view.putAgent(agent('a3', { hostname: 'a1' }));
    // An id is the thing itself, whatever another is called.
    expect(command(person, 'agent a1').place).toMatchObject({ subject: 'a1' });
  });

  test('are words of the table only', () => {
    const person = command(new Person(someCluster(), 'tasks'), 'constructor');
    expect(person.ui.prompt).toMatchObject({ error: expect.stringContaining("no command 'constructor'") });
  });

  test('sort, filter, and quit', () => {
    const person = command(new Person(someCluster(), 'tasks'), 'sort mem desc');
    expect(person.place.sort).toEqual({ column: 'mem', isDescending: true });
    command(person, 'filter !t01');
    expect(person.drawing.rowIds).not.toContain('f1/t01');
    command(person, 'sort nosuch');
    expect(person.ui.prompt).toMatchObject({ error: expect.stringContaining('sort by') });
    person.press('esc');
    expect(command(person, 'q').effects).toEqual([{ kind: 'quit' }]);
  });

  test('scale asks before it does', () => {
    const person = new Person(someCluster(), 'tasks');
    person.view.putApp(someApp('/web'));
    command(person.press('6'), 'scale 5');
    expect(person.ui.prompt).toMatchObject({ kind: 'confirm', question: 'Scale /web (now 2) to 5?' });
    expect(person.press('y').effects).toEqual([{ kind: 'scale-app', appId: '/web', instances: 5 }]);
  });

  test('are completed by tab: words, names, as far as they agree', () => {
    const person = new Person(someCluster(3), 'tasks');
    expect(person.press(':').type('dep').press('tab').ui.prompt).toMatchObject({ text: 'deployment' });
    expect(person.press('ctrl-u').type('so').press('tab').ui.prompt).toMatchObject({ text: 'sort ', caret: 5 });
    expect(person.press('ctrl-u').type('task ').press('tab').ui.prompt).toMatchObject({
      text: 'task t0',
      completions: ['task t00', 'task t01', 'task t02'],
    });
    expect(person.type('2').press('tab').ui.prompt).toMatchObject({ text: 'task t02' });
  });

  test('that begin alike are gone through by tab, back by shift-tab, until something else is typed', () => {
    const person = new Person(someCluster(3), 'tasks').press(':').type('task t0');
    const text = (key: string): unknown => {
      const { prompt } = person.press(key).ui;
      return prompt?.kind === 'command' && prompt.text;
    };
    expect(['tab', 'tab', 'tab', 'tab'].map(text)).toEqual(['task t00', 'task t01', 'task t02', 'task t00']);
    expect(person.ui.prompt).toMatchObject({ completions: ['task t01', 'task t02', 'task t00'] });
    expect(['shift-tab', 'shift-tab'].map(text)).toEqual(['task t02', 'task t01']);
    person.press('backspace', 'backspace', 'backspace');
    expect(text('shift-tab')).toBe('task t0');
    expect(text('shift-tab')).toBe('task t02');
    expect(person.press('enter').place).toMatchObject({ screen: 'task', subject: 'f1/t02' });
  });

  test('look at so many names only as are shown', () => {
    const view = someCluster(0);
    for (let index = 0; index < 500; index += 1) view.putTask(task('f1', `long-${index}`, 'a1'));
    const person = new Person(view, 'tasks').press(':').type('task long');
    expect(person.ui.prompt).toMatchObject({ completions: { length: 40 } });
  });
});

describe('the line they are typed into', () => {
  test('has a caret, and the keys that shells have', () => {
    const person = new Person(someCluster(), 'tasks').press(':').type('ab cd').press('left', 'left').type('X');
    expect(person.ui.prompt).toMatchObject({ text: 'ab Xcd', caret: 4 });
    expect(person.press('ctrl-w').ui.prompt).toMatchObject({ text: 'ab cd', caret: 3 });
    expect(person.press('delete', 'end', 'backspace').ui.prompt).toMatchObject({ text: 'ab ' });
    expect(person.press('home', 'ctrl-k').ui.prompt).toMatchObject({ text: '', caret: 0 });
    expect(person.press('backspace').ui.prompt).toBeUndefined();
  });

  test('takes pictures as one step, and what is pasted as one line', () => {
    const person = new Person(someCluster(), 'tasks').press(':').type('a🙂');
    expect(person.press('backspace').ui.prompt).toMatchObject({ text: 'a' });
    person.give({ kind: 'paste', text: 'x\ry\u001b[A' });
    expect(person.ui.prompt).toMatchObject({ text: 'ax y [A' });
    expect(person.effects).toEqual([]);
  });
});

describe('a filter', () => {
  const matches = (typed: string, text: string): boolean => {
    const result = compileFilter(typed);
    if (result.kind === 'refused') throw new Error(result.why);
    return result.filter.matches(text);
  };

  test('is an expression; capitals count only where some are typed', () => {
    expect(matches('WEB|db', 'my-web')).toBe(false);
    expect(matches('web|db', 'my-WEB')).toBe(true);
    expect(matches('^my\\S+$', 'MY-web')).toBe(true);
  });

  test('inverts with !, is loose with ~, both with !~; nothing typed is everything', () => {
    expect(matches('!web', 'db')).toBe(true);
    expect(matches('~mwb', 'my-web')).toBe(true);
    expect(matches('~bwm', 'my-web')).toBe(false);
    expect(matches('!~mwb', 'my-web')).toBe(false);
    for (const nothing of ['', '!', '~', '!~']) expect(matches(nothing, 'x')).toBe(true);
  });

  test('never gets lost in a text, also where capitals do not count', () => {
    // Two to the power of sixty ways.
    expect(matches('(a+)+$', `${'A'.repeat(60)}!`)).toBe(false);
    expect(matches('(\\w+)*-x$', 'web'.repeat(20))).toBe(false);
    expect(matches('!(\\w+)*-x$', 'web'.repeat(20))).toBe(true);
  });

  test('finds what an expression of JavaScript finds', () => {
    const letter = fc.constantFrom('a', 'b', 'A', '-', ' ', 'é', '1');
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '\\w',
      '\\W',
      '\\d',
      '\\s',
      '\\b',
      '\\B',
      '^',
      '$',
      'é',
    );
    const expression: fc.Arbitrary<string> = fc.letrec<{ all: string }>((tie) => ({
      all: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        atom,
        fc.tuple(tie('all'), tie('all')).map(([one, other]) => one + other),
        fc.tuple(tie('all'), tie('all')).map(([one, other]) => `(${one}|${other})`),
        fc
          .tuple(tie('all'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{2,}'))
          .map(([one, many]) => `(${one})${many}`),
      ),
    })).all;
    fc.assert(
      fc.property(expression, fc.string({ unit: letter, maxLength: 12 }), (typed, text) => {
        expect(matches(typed, text)).toBe(new RegExp(typed, 'i').test(text));
      }),
    );
  });

  test('of any kind is through at once', () => {
    expect(matches('(.*a){25}', `${'a'.repeat(24)}${'b'.repeat(300)}`)).toBe(false);
    expect(matches('(.*a){25}', `${'ab'.repeat(25)}`)).toBe(true);
    expect(matches('(x+x+)+y', 'x'.repeat(399))).toBe(false);
    // More sets of ways than are remembered.
    expect(matches('(a|b)*a(a|b){14}c', 'ababbabaabbabbab'.repeat(24))).toBe(false);
  });

  test('that is none says why in a few words', () => {
    const why = (typed: string): unknown => {
      const result = compileFilter(typed);
      return result.kind === 'refused' && result.why;
    };
    expect(why('[ab')).toBe('missing ]');
    expect(why('t01(')).toBe('missing )');
    expect(why('*a')).toBe('no argument for repetition operator: *');
    expect(why('(?=web)')).toMatch(/^looking around, as by \(\?=, is not possible here/);
    expect(why('(a)\\1')).toBe('invalid escape sequence: \\1');
    expect(why('((a{100}){100}){100}')).toBe('too large');
    expect(why('x'.repeat(300))).toMatch(/^longer than/);
  });

  test('with ~ is letters near each other or at the beginning of words, in their order', () => {
    const row = 'team12_svc439.instance-0b1d3a40-1b2c-11ef-8000-00000000beef._app.1';
    for (const near of ['~svc439', '~tsvc', '~t12', '~tm svc', '~sv9', '~SVC'.toLowerCase()]) {
      expect([near, matches(near, row)]).toEqual([near, true]);
    }
    // Each of these is in it letter by letter, somewhere.
    for (const far of ['~tef', '~svcbeef', '~m9p', '~te1f', '~scpp'])
      expect([far, matches(far, row)]).toEqual([far, false]);
    expect(matches('~pgw', 'payments-gateway-worker')).toBe(true);
    expect(matches('~Gate', 'payments-gateway')).toBe(false);
  });

  test('narrows another when every line it matches is matched by that one', () => {
    const typed = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '-', '.', '~', '!', '*', '|'), maxLength: 4 });
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '-', ' '), maxLength: 8 });
    fc.assert(
      fc.property(typed, typed, line, (shorter, more, text) => {
        const [one, other] = [compileFilter(shorter), compileFilter(shorter + more)];
        if (one.kind === 'refused' || other.kind === 'refused' || !narrows(shorter + more, shorter)) return;
        if (other.filter.line(text)) expect(one.filter.line(text)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(narrows('web-1', 'web')).toBe(true);
    expect(narrows('~wb1', '~wb')).toBe(true);
    expect(narrows('web|db', 'web')).toBe(false);
    expect(narrows('weB', 'we')).toBe(false);
  });
});
