import { describe, expect, test } from 'vitest';
import { validateContainerId, validateId } from '../../src/mesos/ids.ts';

describe('validateId', () => {
  test.each(['t1', 'a.b', '...', 'with space', 'é', 'x'.repeat(255)])('%j is fine', (id) => {
    expect(validateId(id)).toBeUndefined();
  });

  test.each([
    ['', 'ID must not be empty'],
    ['x'.repeat(256), 'ID must not be greater than 255 characters'],
    ['é'.repeat(128), 'ID must not be greater than 255 characters'],
    ['.', "'.' is disallowed"],
    ['..', "'..' is disallowed"],
    ['a/b', "'a/b' contains invalid characters"],
    ['a\\b', "'a\\b' contains invalid characters"],
    ['a\u007fb', "'a\u007fb' contains invalid characters"],
  ])('%j is refused', (id, reason) => {
    expect(validateId(id)).toBe(reason);
  });
});

describe('validateContainerId', () => {
  test('refuses dots, blanks and more than 242 bytes', () => {
    expect(validateContainerId({ value: 'a.b' })).toBe("'ContainerID.value' 'a.b' contains invalid characters");
    expect(validateContainerId({ value: 'a b' })).toBe("'ContainerID.value' 'a b' contains invalid characters");
    expect(validateContainerId({ value: 'x'.repeat(243) })).toContain('exceeds the maximum length (242)');
  });

  test('looks at parents too', () => {
    expect(validateContainerId({ value: 'a', parent: { value: 'b' } })).toBeUndefined();
    expect(validateContainerId({ value: 'a', parent: { value: '' } })).toBe(
      "'ContainerID.parent' is invalid: ID must not be empty",
    );
  });
});
