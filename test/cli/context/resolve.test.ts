// Which cluster a command talks to.
import { describe, expect, test } from 'vitest';
import { addContext, chooseContext, removeContext, savedText } from '../../../src/cli/context/edit.ts';
import { resolveTarget, type TargetQuestion } from '../../../src/cli/context/resolve.ts';

const EMPTY = { current: undefined, contexts: new Map() };
const PROD = { current: 'prod', contexts: new Map([['prod', { masters: ['p1:5050', 'p2:5050'] }]]) };
const LOCAL = { name: 'local', masters: ['127.0.0.1:5050'] };

const ask = (question: Partial<TargetQuestion>) =>
  resolveTarget({ masterFlag: undefined, contextFlag: undefined, env: {}, config: EMPTY, running: [], ...question });

describe('the cluster is', () => {
  test('what --master says, before anything else', () => {
    expect(ask({ masterFlag: 'a:1,b:2', contextFlag: 'prod', config: PROD }).masters).toEqual(['a:1', 'b:2']);
  });
  test('what --context names: a saved one or a local cluster', () => {
    expect(ask({ contextFlag: 'prod', config: PROD, running: [LOCAL] }).masters).toEqual(['p1:5050', 'p2:5050']);
    expect(ask({ contextFlag: 'local', config: PROD, running: [LOCAL] }).masters).toEqual(['127.0.0.1:5050']);
  });
  test('what the environment says', () => {
    expect(ask({ env: { MCTL_MASTER: 'e:1' }, config: PROD }).masters).toEqual(['e:1']);
    expect(ask({ env: { MCTL_CONTEXT: 'prod' }, config: PROD }).name).toBe('prod');
  });
  test("what the daemons' variable says, after our own and before what is saved", () => {
    const env = { MESOS_MASTER: 'm:1' };
    expect(ask({ env, config: PROD, running: [LOCAL] }).masters).toEqual(['m:1']);
    expect(ask({ env: { ...env, MCTL_MASTER: 'e:1' } }).masters).toEqual(['e:1']);
    expect(ask({ env: { ...env, MCTL_CONTEXT: 'prod' }, config: PROD }).name).toBe('prod');
    expect(() => ask({ env: { MESOS_MASTER: 'no address' } })).toThrow(/MESOS_MASTER/);
  });
  test('known with its Marathons, where they were told', () => {
    const marathons = ['h:8080'];
    expect(ask({ running: [{ ...LOCAL, marathons }] }).marathons).toEqual(marathons);
    expect(ask({ config: PROD }).marathons).toEqual([]);
    const config = addContext(EMPTY, 'x', ['m:5050'], { replace: false, use: true, marathons });
    expect(ask({ config }).marathons).toEqual(marathons);
    expect(() => addContext(EMPTY, 'x', ['m:1'], { replace: false, use: true, marathons: ['no address'] })).toThrow(
      /Marathon/,
    );
  });
  test('known with its Chronoses, where they were told', () => {
    const chronoses = ['h:4400'];
    expect(ask({ running: [{ ...LOCAL, chronoses }] }).chronoses).toEqual(chronoses);
    expect(ask({ config: PROD }).chronoses).toEqual([]);
    const config = addContext(EMPTY, 'x', ['m:5050'], { replace: false, use: true, chronoses });
    expect(ask({ config })).toMatchObject({ chronoses, marathons: [] });
    expect(() => addContext(EMPTY, 'x', ['m:1'], { replace: false, use: true, chronoses: ['no address'] })).toThrow(
      /Chronos/,
    );
  });
  test('the first context that is saved, which is said', () => {
    const first = addContext(EMPTY, 'x', ['m:5050'], { replace: false, use: false });
    const second = addContext(first, 'y', ['n:5050'], { replace: false, use: false });
    expect(ask({ config: second, running: [LOCAL] }).name).toBe('x');
    expect(savedText(first, 'x')).toBe("Saved context 'x', which is used from now on.");
    expect(savedText(second, 'y')).toBe("Saved context 'y'.");
  });
  test('the current context', () => {
    expect(ask({ config: PROD, running: [LOCAL] }).name).toBe('prod');
  });
  test('the only local cluster that runs', () => {
    expect(ask({ running: [LOCAL] })).toMatchObject({ name: 'local', masters: ['127.0.0.1:5050'] });
  });
  test('that one too when the current context was a local cluster that is gone', () => {
    expect(ask({ config: { ...EMPTY, current: 'old' }, running: [LOCAL] }).name).toBe('local');
  });
});

describe('it is a problem', () => {
  test('when there is none', () => expect(() => ask({})).toThrow(expect.objectContaining({ exitCode: 8 })));
  test('when there are two', () => {
    expect(() => ask({ running: [LOCAL, { ...LOCAL, name: 'second' }] })).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  });
  test('when the name is unknown', () => {
    expect(() => ask({ contextFlag: 'prdo', config: PROD })).toThrow(expect.objectContaining({ exitCode: 3 }));
  });
  test('when the address is none', () => {
    expect(() => ask({ masterFlag: 'no address' })).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('contexts', () => {
  const add = { replace: false, use: false };
  test('the first added becomes the current one, later ones only when asked', () => {
    const one = addContext(EMPTY, 'a', ['h:1'], add);
    expect(one.current).toBe('a');
    expect(addContext(one, 'b', ['h:2'], add).current).toBe('a');
    expect(addContext(one, 'b', ['h:2'], { ...add, use: true }).current).toBe('b');
  });
  test('a name that is taken is a conflict unless replaced', () => {
    expect(() => addContext(PROD, 'prod', ['h:1'], add)).toThrow(expect.objectContaining({ exitCode: 4 }));
    expect(addContext(PROD, 'prod', ['h:1'], { ...add, replace: true }).contexts.get('prod')?.masters).toEqual(['h:1']);
  });
  test('removing the current one leaves none', () => {
    expect(removeContext(PROD, 'prod')).toEqual({ current: undefined, contexts: new Map() });
  });
  test('a running local cluster may be chosen', () => {
    expect(chooseContext(EMPTY, 'local', ['local']).current).toBe('local');
    expect(() => chooseContext(EMPTY, 'local', [])).toThrow(expect.objectContaining({ exitCode: 3 }));
  });
});
