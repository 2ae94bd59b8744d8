import { describe, expect, test } from 'vitest';
import { bindKeys } from '../../../src/tui/keys/bindings.ts';
import type { Details } from '../../../src/tui/screens/details.ts';
import { task } from '../view/rows.ts';
import { Person, someApp, someCluster } from './person.ts';

describe('a log', () => {
  const log = (count: number): Details => {
    const lines = Array.from({ length: count }, (_, at) => `line ${at}`);
    return { version: count, of: () => ({ state: 'there', facts: [], sections: [{ title: 'stdout', lines }] }) };
  };

  test('is followed from the start and after end, and stands still in between', () => {
    const person = new Person(someCluster(), 'tasks').press('l');
    person.details = log(100);
    person.look();
    expect(person.lines.at(-1)).toBe('line 99');
    person.press('up');
    const shown = person.lines;
    person.details = log(120);
    person.look();
    expect(person.lines).toEqual(shown);
    person.press('home');
    expect(person.lines[0]).toBe('line 0');
    person.press('end');
    person.details = log(130);
    person.look();
    expect(person.lines.at(-1)).toBe('line 129');
  });
});

describe('sorting', () => {
  test('begins with the largest where people want the most first', () => {
    const person = new Person(someCluster(), 'agents').press('s', 's');
    expect(person.place.sort).toEqual({ column: 'tasks', isDescending: true });
    person.press('i');
    expect(person.place.sort).toEqual({ column: 'tasks', isDescending: false });
  });
});

describe('the cursor', () => {
  test('stays with its row when rows come before it and their order changes', () => {
    const person = new Person(someCluster(), 'tasks').press('down', 'down');
    expect(person.row).toBe('f1/t02');
    person.view.putTask(task('f1', 's99', 'a1'));
    person.look();
    expect(person.row).toBe('f1/t02');
    person.press('i');
    expect(person.row).toBe('f1/t02');
  });

  test('stays where it was when its row goes, and moves on from there', () => {
    const person = new Person(someCluster(), 'tasks').press('down', 'down');
    person.view.removeTask('f1/t02');
    person.look();
    expect(person.row).toBe('f1/t03');
    person.press('down');
    expect(person.row).toBe('f1/t04');
  });

  test('on the first row stays on the first, whichever that is, until it was moved', () => {
    const person = new Person(someCluster(), 'tasks');
    person.view.putTask(task('f1', 'a', 'a1'));
    person.look();
    expect(person.row).toBe('f1/a');
    person.press('down', 'home');
    person.view.putTask(task('f1', '0', 'a1'));
    person.look();
    expect(person.row).toBe('f1/0');
  });

  test('goes by pages and to both ends, and no further; the window follows', () => {
    const person = new Person(someCluster(60), 'tasks').press('pagedown');
    const page = person.drawing.visibleRows - 1;
    expect(person.row).toBe(`f1/t${page}`);
    person.press('end', 'down');
    expect(person.row).toBe('f1/t59');
    expect(person.drawing.top + person.drawing.visibleRows).toBe(60);
    person.press('g', 'up');
    expect(person.row).toBe('f1/t00');
    expect(person.drawing.top).toBe(0);
  });

  test('goes to the row that was clicked, and by the wheel', () => {
    const person = new Person(someCluster(), 'tasks');
    const first = 2 + (person.drawing.firstRowLine ?? 0);
    person.give({ kind: 'mouse', what: 'press', x: 5, y: first + 3 });
    expect(person.row).toBe('f1/t03');
    person.give({ kind: 'mouse', what: 'press', x: 5, y: first + 30 });
    expect(person.row).toBe('f1/t03');
    person.give({ kind: 'mouse', what: 'wheel-up', x: 0, y: 0 });
    expect(person.row).toBe('f1/t00');
  });
});

describe('the way through the screens', () => {
  test('digits go anywhere, enter goes in, esc out, - back to where one was', () => {
    const person = new Person(someCluster(), 'tasks').press('down', 'enter');
    expect(person.place).toMatchObject({ screen: 'task', subject: 'f1/t01' });
    person.press('esc');
    expect(person.place.screen).toBe('tasks');
    expect(person.row).toBe('f1/t01');
    person.press('6');
    expect(person.place.screen).toBe('apps');
    person.press('-');
    expect(person.place.screen).toBe('tasks');
    expect(person.row).toBe('f1/t01');
    person.press('-');
    expect(person.place.screen).toBe('apps');
  });

  test('a page of one thing asks for what it shows, once', () => {
    const person = new Person(someCluster(), 'tasks').press('enter', 'down', 'p', 'p');
    expect(person.effects).toEqual([{ kind: 'load-details', screen: 'task', subject: 'f1/t00' }]);
    person.press('l');
    expect(person.place).toMatchObject({ screen: 'logs', subject: 'f1/t00' });
    expect(person.effects.at(-1)).toEqual({ kind: 'load-details', screen: 'logs', subject: 'f1/t00' });
  });

  test('q and ctrl-c quit, ctrl-c in a prompt too; q in a prompt is a letter', () => {
    expect(new Person(someCluster(), 'tasks').press('q').effects).toEqual([{ kind: 'quit' }]);
    const person = new Person(someCluster(), 'tasks').press('/', 'q');
    expect(person.effects).toEqual([]);
    expect(person.place.filter).toBe('q');
    expect(person.press('ctrl-c').effects).toEqual([{ kind: 'quit' }]);
  });

  test('help goes with any key, and a digit goes there', () => {
    const person = new Person(someCluster(), 'tasks').press('?');
    expect(person.ui.isHelpShown).toBe(true);
    expect(person.press('x').ui.isHelpShown).toBe(false);
    // Also with q: whoever looks something up does not want to leave.
    expect(person.press('?', 'q').ui.isHelpShown).toBe(false);
    expect(person.effects).toEqual([]);
    person.press('?', '6');
    expect(person.ui.isHelpShown).toBe(false);
    expect(person.place.screen).toBe('apps');
  });

  test('keys that were bound anew do what they were bound to', () => {
    const result = bindKeys({ kill: 'x' });
    if (result.kind === 'refused') throw new Error(result.problems.join());
    const person = new Person(someCluster(), 'tasks', { bindings: result.bindings }).press('k');
    expect(person.ui.prompt).toBeUndefined();
    expect(person.press('x').ui.prompt?.kind).toBe('confirm');
  });
});

describe('the filter', () => {
  test('narrows while it is typed; esc in the prompt takes it back, esc outside clears it', () => {
    const person = new Person(someCluster(), 'tasks').press('/').type('t0[12]');
    expect(person.drawing.rowIds).toEqual(['f1/t01', 'f1/t02']);
    person.press('enter');
    expect(person.ui.prompt).toBeUndefined();
    expect(person.drawing.rowIds).toHaveLength(2);
    person.press('/').type('x');
    expect(person.drawing.rowIds).toHaveLength(0);
    person.press('esc');
    expect(person.drawing.rowIds).toHaveLength(2);
    person.press('esc');
    expect(person.drawing.rowIds).toHaveLength(5);
  });

  test('that is no expression is told of, and changes nothing', () => {
    const person = new Person(someCluster(), 'tasks').press('/').type('t01(');
    expect(person.ui.prompt).toMatchObject({ error: 'missing )' });
    expect(person.drawing.rowIds).toEqual(['f1/t01']);
    person.press('enter');
    expect(person.ui.prompt).toBeDefined();
    person.press('backspace', 'enter');
    expect(person.ui.prompt).toBeUndefined();
  });
});

describe('changes', () => {
  test('a kill is about the row under the cursor as it was drawn, asked, and only then done', () => {
    const person = new Person(someCluster(), 'tasks').press('down');
    // It moves up before the key comes: what was seen is what is meant.
    person.view.removeTask('f1/t00');
    person.press('k');
    expect(person.ui.prompt).toMatchObject({ kind: 'confirm', question: expect.stringContaining('t01') });
    expect(person.effects).toEqual([]);
    person.press('y');
    expect(person.effects).toEqual([{ kind: 'kill-tasks', keys: ['f1/t01'] }]);
  });

  test('any other key than y changes nothing, and says so', () => {
    const person = new Person(someCluster(), 'tasks').press('k', 'enter');
    expect(person.effects).toEqual([]);
    expect(person.ui.message?.text).toBe('Nothing was changed.');
  });

  test('marked rows are meant before the one under the cursor, and unmarked afterwards', () => {
    const person = new Person(someCluster(), 'tasks').press('space', 'space', 'k', 'y');
    expect(person.effects).toEqual([{ kind: 'kill-tasks', keys: ['f1/t00', 'f1/t01'] }]);
    expect(person.place.marked.size).toBe(0);
  });

  test('--readonly lets nothing through, by keys or commands', () => {
    const person = new Person(someCluster(), 'tasks', { isReadonly: true }).press('k');
    expect(person.ui.prompt).toBeUndefined();
    expect(person.ui.message?.text).toContain('--readonly');
    person.press(':').type('kill').press('enter');
    expect(person.ui.prompt).toBeUndefined();
    person.view.putApp(someApp('/web'));
    person.press('6', ':').type('scale 3').press('enter');
    expect(person.ui.prompt).toBeUndefined();
    expect(person.effects).toEqual([]);
  });

  test('scaling asks for a number and takes nothing else', () => {
    const person = new Person(someCluster(), 'tasks');
    person.view.putApp(someApp('/web'));
    person.press('6', 'S').type('x').press('enter');
    expect(person.ui.prompt).toMatchObject({ kind: 'number', error: 'a number from 0' });
    person.press('backspace').type('7').press('enter');
    expect(person.effects).toEqual([{ kind: 'scale-app', appId: '/web', instances: 7 }]);
  });

  test('on the page of an app S is about the app, whichever instance the cursor is on', () => {
    const person = new Person(someCluster(), 'tasks');
    person.view.putApp(someApp('/web'));
    person.press('6', 'enter');
    expect(person.place).toMatchObject({ screen: 'app', subject: '/web' });
    person.press('S').type('1').press('enter');
    person.press('r', 'y');
    expect(person.effects.slice(1)).toEqual([
      { kind: 'scale-app', appId: '/web', instances: 1 },
      { kind: 'restart-apps', appIds: ['/web'] },
    ]);
  });

  test('where there is nothing to do a key says so', () => {
    const person = new Person(someCluster(), 'tasks').press('d');
    expect(person.ui.message?.text).toBe('There is nothing to drain here.');
  });
});
