import { describe, expect, it } from 'vitest';
import { compileConstraints } from '../../../src/daemon/master/offers/constraints/offer-constraints.ts';
import type { AttributeConstraint_Predicate } from '../../../src/mesos/generated/scheduler.ts';
import type { AgentInfo } from '../../../src/mesos/generated/v1.ts';
import { compilePattern } from '../../../src/mesos/text/pattern.ts';
import { PatternError } from '../../../src/mesos/text/pattern-syntax.ts';
import { Rig } from './support/rig.ts';

const matches = (pattern: string, text: string): boolean => compilePattern(pattern, 1000)(text);

describe('a pattern', () => {
  const TEXTS = [
    '',
    'a',
    'b',
    'ab',
    'aab',
    'abab',
    'rack-12',
    'RACK-1',
    'a.b',
    'x y',
    'ä',
    '\n',
    '{2}',
    'aaa',
    '-',
    ']',
  ];
  const PATTERNS = [
    '',
    'a',
    'a*',
    'a+b',
    '(ab)+',
    'a|b',
    '(a|b)*',
    'a?b',
    'a{2}',
    'a{1,2}b?',
    'a{2,}',
    '(?:ab){0,2}',
    '[ab]+',
    '[^ab]',
    '[a-c]+',
    'rack-\\d+',
    '(?i)rack-[0-9]',
    '.',
    '.*',
    '^a$',
    'a\\.b',
    '\\w+',
    '\\W',
    '\\s',
    'x\\sy',
    '[\\d-]+',
    '[]a]',
    'a*?b',
    '(a*)*',
    '\\x61',
    '[[:alpha:]]+',
    '()',
    'a||b',
    '(?P<name>a)b',
    '^*a',
  ];

  it('matches whole texts as JavaScript does, where both know it', () => {
    for (const pattern of PATTERNS) {
      if (/\(\?[iP]|\[\[:|\[\]|\^\*/.test(pattern)) continue;
      const reference = new RegExp(`^(?:${pattern})$`, 'u');
      for (const text of TEXTS)
        expect([pattern, text, matches(pattern, text)]).toEqual([pattern, text, reference.test(text)]);
    }
  });

  it('knows what is RE2’s own', () => {
    expect(matches('(?i)rack-[0-9]', 'RACK-1')).toBe(true);
    expect(matches('(?P<name>a)b', 'ab')).toBe(true);
    expect(matches('[[:alpha:]]+', 'abc')).toBe(true);
    expect(matches('[]a]+', ']a')).toBe(true);
    expect(matches('a(?i)b', 'aB')).toBe(true);
    expect(matches('a(?i)b', 'Ab')).toBe(false);
    expect(matches('.', '\n')).toBe(false);
    expect(matches('(?s).', '\n')).toBe(true);
    expect(matches('(?i)a(?-i)b', 'AB')).toBe(false);
    expect(matches('(?i)a(?-i:b)c', 'AbC')).toBe(true);
    expect(matches('\\pL+\\p{Nd}[\\p{Greek}]\\P{Lu}', 'aé7αb')).toBe(true);
    expect(matches('\\p{^Greek}', 'α')).toBe(false);
    expect(matches('\\Qa.b*\\E+', 'a.b**')).toBe(true);
    expect(matches('\\Qa.b', 'axb')).toBe(false);
    for (const pattern of ['a**', 'a++', 'a{2}{3}', '\\p{Nobody}', '\\pl', '[b-a]']) {
      expect(() => compilePattern(pattern, 100), pattern).toThrow(PatternError);
    }
  });

  it('takes time in proportion to the text, where others take forever', () => {
    expect(matches('(a+)+', `${'a'.repeat(5_000)}b`)).toBe(false);
    expect(matches('(a|a)*', `${'a'.repeat(5_000)}b`)).toBe(false);
  });

  it.each([
    '(',
    ')',
    '[a',
    'a**b)',
    '*',
    'a{1001}',
    '(?=a)',
    '\\1',
    '\\',
    '[b-a]',
    '((((a{100}){100}){100}){100})',
    '((((){1000}){1000}){1000})',
  ])('that is %s is refused', (pattern) => {
    expect(() => compilePattern(pattern, 1000)).toThrow(PatternError);
  });
});

describe('offer constraints', () => {
  const agent: AgentInfo = {
    hostname: 'h1',
    attributes: [
      { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
      { name: 'level', type: 'SCALAR', scalar: { value: 1 } },
    ],
  };
  const admits = (name: string, predicate: AttributeConstraint_Predicate): boolean => {
    const attribute_constraints = [{ selector: { attribute_name: name }, predicate }];
    const compiled = compileConstraints({ role_constraints: { r: { groups: [{ attribute_constraints }] } } }, 100);
    return compiled.kind === 'ok' && compiled.admits(agent, 'r');
  };

  it.each<[string, AttributeConstraint_Predicate, boolean]>([
    ['rack', { exists: {} }, true],
    ['none', { exists: {} }, false],
    ['rack', { not_exists: {} }, false],
    ['none', { not_exists: {} }, true],
    ['rack', { text_equals: { value: 'r1' } }, true],
    ['rack', { text_not_equals: { value: 'r1' } }, false],
    ['rack', { text_matches: { regex: 'r\\d' } }, true],
    ['rack', { text_not_matches: { regex: 'r' } }, true],
    ['none', { text_equals: { value: 'r1' } }, false],
    ['none', { text_not_equals: { value: 'r1' } }, true],
    ['level', { text_equals: { value: 'x' } }, true],
    ['level', { text_not_matches: { regex: '.*' } }, true],
  ])('about %s saying %j: %s', (name, predicate, expected) => {
    expect(admits(name, predicate)).toBe(expected);
  });

  it('are refused when a pattern is larger than either limit of the master lets it be', async () => {
    const subscribe = async (...flags: string[]) => {
      const framework = await (await Rig.start(...flags)).framework({
        roles: ['a'],
        capabilities: [{ type: 'MULTI_ROLE' }],
      });
      const predicate = { text_matches: { regex: 'r[0-9]{40}' } };
      const attribute_constraints = [{ selector: { attribute_name: 'rack' }, predicate }];
      await framework.subscribe({
        offer_constraints: { role_constraints: { a: { groups: [{ attribute_constraints }] } } },
      });
      return framework.events.ofType('ERROR')[0]?.error?.message ?? 'welcome';
    };
    expect(await subscribe()).toBe('welcome');
    const refusal = expect.stringContaining('pattern too large');
    expect(await subscribe('--offer_constraints_re2_max_program_size=20')).toEqual(refusal);
    expect(await subscribe('--offer_constraints_re2_max_mem=1KB')).toEqual(refusal);
    expect(await subscribe('--offer_constraints_re2_max_mem=3KB')).toBe('welcome');
  });

  it('may be said in RE2’s own words', async () => {
    const rig = await Rig.start();
    const agent = await rig.registered();
    const framework = await rig.framework({ roles: ['a'], capabilities: [{ type: 'MULTI_ROLE' }] });
    const selector = { pseudoattribute_type: 'HOSTNAME' as const };
    const predicate = { text_matches: { regex: `(?P<whole>(?i)\\Q${agent.address}\\E)` } };
    const group = { attribute_constraints: [{ selector, predicate }] };
    await framework.subscribe({ offer_constraints: { role_constraints: { a: { groups: [group] } } } });
    expect(framework.offers).toHaveLength(1);
  });

  it('keep a framework from agents it does not want, and leave its other roles alone', async () => {
    const rig = await Rig.start();
    await rig.registered();
    const wanted = await rig.registered();
    const framework = await rig.framework({ roles: ['a'], capabilities: [{ type: 'MULTI_ROLE' }] });
    const selector = { pseudoattribute_type: 'HOSTNAME' as const };
    const attribute_constraints = [{ selector, predicate: { text_equals: { value: wanted.address } } }];
    const offer_constraints = { role_constraints: { a: { groups: [{ attribute_constraints }] } } };
    await framework.subscribe({ offer_constraints });
    expect(framework.offers.map((offer) => offer.hostname)).toEqual([wanted.address]);
    const answer = await framework.send({
      type: 'UPDATE_FRAMEWORK',
      update_framework: { framework_info: framework.info },
    });
    expect(answer.status).toBe(200);
    await rig.pass(1_100);
    expect(framework.offers).toHaveLength(2);
  });
});
