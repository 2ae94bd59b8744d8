import { expect, test } from 'vitest';
import { appOf, RUNNABLE, refusalOf } from './apps-of-json.ts';

test.each<readonly [constraint: readonly string[], error: string]>([
  [['hostname'], 'Each constraint must have either 2 or 3 fields'],
  [[], 'Each constraint must have either 2 or 3 fields'],
  [['hostname', 'LIKE', 'a', 'b'], 'Each constraint must have either 2 or 3 fields'],
  [['', 'UNIQUE'], 'the field of a constraint must not be empty'],
  [
    ['hostname', 'NEAR'],
    'operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS',
  ],
  [['hostname', 'UNIQUE', '1'], 'UNIQUE does not accept a value'],
  [['rack', 'GROUP_BY', 'two'], 'GROUP BY must define an integer value or else no value at all'],
  [['rack', 'MAX_PER'], 'MAX_PER requires an integer value'],
  [['rack', 'MAX_PER', '1.5'], 'MAX_PER requires an integer value'],
  [['rack', 'LIKE'], 'LIKE and UNLIKE require a non-empty, regular expression value'],
  [['rack', 'UNLIKE', ''], 'LIKE and UNLIKE require a non-empty, regular expression value'],
  [['rack', 'IS', 'a b'], "IS requires a value that fully matches regular expression '^[a-zA-Z0-9_/.-]*$'"],
  [['rack', 'IS'], "IS requires a value that fully matches regular expression '^[a-zA-Z0-9_/.-]*$'"],
])('%j is refused: %s', (constraint, error) => {
  expect(refusalOf({ ...RUNNABLE, constraints: [['a', 'UNIQUE'], constraint] })).toEqual({
    message: 'Object is not valid',
    details: { '/constraints(1)': [error] },
  });
});

test.each<readonly [constraint: readonly string[], read: unknown]>([
  [['hostname', 'unique'], { field: 'hostname', operator: 'UNIQUE' }],
  [['rack', 'CLUSTER'], { field: 'rack', operator: 'CLUSTER' }],
  [['rack', 'CLUSTER', 'r1'], { field: 'rack', operator: 'CLUSTER', value: 'r1' }],
  [['rack', 'group_by'], { field: 'rack', operator: 'GROUP_BY' }],
  [['rack', 'GROUP_BY', '3'], { field: 'rack', operator: 'GROUP_BY', value: '3' }],
  [['rack', 'LIKE', 'r[1-3]'], { field: 'rack', operator: 'LIKE', value: 'r[1-3]' }],
  [['@zone', 'UNLIKE', 'a|b'], { field: '@zone', operator: 'UNLIKE', value: 'a|b' }],
  [['@hostname', 'MAX_PER', '2'], { field: '@hostname', operator: 'MAX_PER', value: '2' }],
  [['rack', 'IS', 'a/B_1.0-x'], { field: 'rack', operator: 'IS', value: 'a/B_1.0-x' }],
])('%j is read, its operator in upper case', (constraint, read) => {
  expect(refusalOf({ ...RUNNABLE, constraints: [constraint] })).toBeUndefined();
  expect(appOf({ ...RUNNABLE, constraints: [constraint] }).constraints).toEqual([read]);
});

test.each(['[', '(a', 'a)|(b', 'a(?=b)', '(a)\\1'])(
  '%s is no pattern that can be matched in linear time',
  (pattern) => {
    const details = refusalOf({ ...RUNNABLE, constraints: [['rack', 'LIKE', pattern]] })?.details;
    expect(details?.['/constraints(0)']?.[0]).toContain(`'${pattern}' is not a valid regular expression: `);
  },
);
