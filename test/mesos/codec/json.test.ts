import { describe, expect, test } from 'vitest';
import { CodecError, fromJson, parseJson, parseJsonText, stringify, toJson } from '../../../src/mesos/codec.ts';
import { Call as MasterCall } from '../../../src/mesos/generated/master.ts';
import { Call } from '../../../src/mesos/generated/scheduler.ts';
import {
  AgentInfo,
  CapabilityInfo,
  FrameworkInfo,
  LinuxInfo,
  Resource,
  TaskInfo,
  TaskStatus,
  Value_Scalar,
} from '../../../src/mesos/generated/v1.ts';

function failure(read: () => unknown): { code: string; message: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof CodecError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('text that is not JSON is refused with the place where it stops making sense', () => {
  test.each([
    ['', 'syntax error at line 1 near: '],
    ['{bad', 'syntax error at line 1 near: bad'],
    ['xx', 'syntax error at line 1 near: xx'],
    ['{"a":1,}', 'syntax error at line 1 near: }'],
    ['[1,]', 'syntax error at line 1 near: ]'],
    ['{"a" 1}', 'syntax error at line 1 near: 1}'],
    ['{\n"a": nul}', 'syntax error at line 2 near: }'],
    ['["a\tb"]', 'syntax error at line 1 near: b"]'],
    ['["\\x"]', 'syntax error at line 1 near: "]'],
    ['{"type":"REVIVE"} xx', 'Parsed JSON included non-whitespace trailing characters:  xx'],
  ])('%s', (text, message) => {
    expect(failure(() => parseJsonText(text))).toEqual({ code: 'json-syntax', message });
  });

  test('nesting is allowed 200 deep and not deeper', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseJsonText(nested(200))).not.toThrow();
    expect(failure(() => parseJsonText(nested(201))).code).toBe('json-syntax');
    expect(() => parseJsonText(JSON.stringify('['.repeat(300)))).not.toThrow();
  });

  test('no more than the beginning of what is wrong is quoted', () => {
    expect(failure(() => parseJsonText('['.repeat(300_000))).message.length).toBeLessThan(20_000);
    expect(failure(() => parseJsonText(`{}${'x'.repeat(300_000)}`)).message.length).toBeLessThan(20_000);
  });

  test('numbers may be written as the original tolerates them', () => {
    expect(parseJsonText('{"a":01,"b":1.,"c":"\\u0041"}')).toEqual({ a: 1, b: 1, c: 'A' });
  });
});

describe('JSON that is not the message', () => {
  test.each([
    ['[]', 'Expecting a JSON object'],
    ['null', 'Expecting a JSON object'],
    ['{"type":1}', "Not expecting a JSON number for field 'type'"],
    ['{"type":{}}', "Not expecting a JSON object for field 'type'"],
    ['{"type":["REVIVE"]}', "Not expecting a JSON array for field 'type'"],
    ['{"framework_id":"x"}', "Not expecting a JSON string for field 'framework_id'"],
    ['{"framework_id":{"value":true}}', "Not expecting a JSON boolean for field 'value'"],
    [
      '{"accept":{"filters":{"refuse_seconds":"soon"}}}',
      "Failed to parse 'soon' as a JSON number for field 'refuse_seconds'",
    ],
    ['{"message":{"data":"*"}}', "Failed to base64 decode bytes field 'data': Invalid character '*'"],
  ])('%s is refused', (text, message) => {
    expect(failure(() => parseJson(Call, text))).toEqual({ code: 'json-shape', message });
  });

  test('half a surrogate pair becomes the character for what cannot be said, in values and in keys of maps', () => {
    expect(
      parseJson(FrameworkInfo, '{"user":"a\\ud800","name":"\\ud83d\\ude00","offer_filters":{"b\\udc00":{}}}'),
    ).toEqual({
      user: 'a\ufffd',
      name: '\u{1f600}',
      offer_filters: { 'b\ufffd': {} },
    });
  });

  test('of several errors the one under the first key in order is told', () => {
    expect(failure(() => parseJson(Call, '{"type":1,"framework_id":2}')).message).toContain("field 'framework_id'");
  });

  test('all missing required fields are told with their paths', () => {
    const text = '{"type":"SUBSCRIBE","subscribe":{"framework_info":{}}}';
    expect(failure(() => parseJson(Call, text))).toEqual({
      code: 'missing-required',
      message: 'Missing required fields: subscribe.framework_info.user, subscribe.framework_info.name',
    });
    const quota = '{"update_quota":{"quota_configs":[{"guarantees":{"cpus":{}}}]}}';
    expect(failure(() => parseJson(MasterCall, quota)).message).toBe(
      'Missing required fields: update_quota.quota_configs[0].role, update_quota.quota_configs[0].guarantees[0].value.value',
    );
  });
});

describe('enums', () => {
  test('an unknown name leaves an optional field unset', () => {
    expect(parseJson(Call, '{"type":"NOSUCH"}')).toEqual({});
  });

  test('an unknown name in a required field is an error', () => {
    expect(failure(() => fromJson(TaskStatus, { task_id: { value: 't' }, state: 'NOSUCH' })).message).toBe(
      "Failed to find enum for 'NOSUCH'",
    );
  });

  test('unknown names in a list are left out, an unknown capability stays as one without type', () => {
    expect(fromJson(CapabilityInfo, { capabilities: ['CHOWN', 'NOSUCH'] })).toEqual({ capabilities: ['CHOWN'] });
    const info = fromJson(FrameworkInfo, { user: 'u', name: 'n', capabilities: [{ type: 'NOSUCH' }] });
    expect(info.capabilities).toEqual([{}]);
  });
});

describe('values', () => {
  test('unknown members and nulls are as if they were not there', () => {
    expect(parseJson(Call, '{"type":"REVIVE","bogus":{"x":[1]},"accept":null}')).toEqual({ type: 'REVIVE' });
  });

  test('the last of duplicate members counts', () => {
    expect(parseJson(Call, '{"type":"REVIVE","type":"NOPE"}')).toEqual({});
  });

  test('camelCase names are not ours', () => {
    expect(parseJson(Call, '{"frameworkId":{"value":"x"}}')).toEqual({});
  });

  test('one value stands for a list of one', () => {
    const json = { type: 'REVIVE', revive: { roles: 'a' }, accept: { offer_ids: { value: 'o' } } };
    expect(fromJson(Call, json)).toEqual({
      type: 'REVIVE',
      revive: { roles: ['a'] },
      accept: { offer_ids: [{ value: 'o' }] },
    });
  });

  test('numbers may be text, and doubles infinite', () => {
    expect(fromJson(Value_Scalar, { value: '5' })).toEqual({ value: 5 });
    expect(fromJson(Value_Scalar, { value: 'Infinity' })).toEqual({ value: Number.POSITIVE_INFINITY });
    expect(fromJson(Value_Scalar, { value: '-Infinity' })).toEqual({ value: Number.NEGATIVE_INFINITY });
    expect(fromJson(AgentInfo, { hostname: 'h', port: '5052' }).port).toBe(5052);
  });

  test('booleans may be text', () => {
    expect(fromJson(LinuxInfo, { share_cgroups: 'false' })).toEqual({ share_cgroups: false });
    expect(failure(() => fromJson(LinuxInfo, { share_cgroups: 'no' })).message).toBe(
      "Failed to parse 'no' as a JSON boolean for field 'share_cgroups'",
    );
  });

  test('a negative number wraps round in an unsigned field', () => {
    const call = fromJson(MasterCall, { set_logging_level: { level: -1, duration: { nanoseconds: 1 } } });
    expect(call.set_logging_level?.level).toBe(4294967295);
  });

  test('bytes without padding are padded', () => {
    expect(
      fromJson(Call, { message: { agent_id: { value: 'a' }, executor_id: { value: 'e' }, data: 'aGk' } }).message?.data,
    ).toBe('aGk=');
  });

  test('maps are objects, and a bare number is no scalar', () => {
    const task = { name: 't', task_id: { value: 't' }, agent_id: { value: 'a' } };
    expect(fromJson(TaskInfo, { ...task, limits: { cpus: { value: 2 } } }).limits).toEqual({ cpus: { value: 2 } });
    expect(failure(() => fromJson(TaskInfo, { ...task, limits: { cpus: 2 } })).message).toBe(
      "Not expecting a JSON number for field 'value'",
    );
  });

  test('a drain’s grace period is told in plain fields', () => {
    const call = fromJson(MasterCall, {
      drain_agent: { agent_id: { value: 'a' }, max_grace_period: { seconds: 600 } },
    });
    expect(call.drain_agent?.max_grace_period).toEqual({ seconds: 600 });
  });

  test('names that are special to JavaScript are names like others', () => {
    const text = '{"name":"t","task_id":{"value":"t"},"agent_id":{"value":"a"},"limits":{"__proto__":{"value":1}}}';
    const task = parseJson(TaskInfo, text);
    expect(Object.keys(task.limits ?? {})).toEqual(['__proto__']);
    expect(stringify(TaskInfo, task)).toContain('"__proto__":{"value":1.0}');
  });
});

describe('what is written', () => {
  test('declared defaults appear, deprecated ones only when set', () => {
    expect(stringify(FrameworkInfo, { user: 'u', name: 'n' })).toBe(
      '{"user":"u","name":"n","failover_timeout":0.0,"checkpoint":false}',
    );
    expect(toJson(FrameworkInfo, { user: 'u', name: 'n', role: '*' })).toEqual({
      user: 'u',
      name: 'n',
      failover_timeout: 0,
      checkpoint: false,
      role: '*',
    });
  });

  test('doubles keep a decimal point, integers have none', () => {
    const resource: Resource = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } };
    expect(stringify(Resource, resource)).toContain('"ranges":{"range":[{"begin":1,"end":2}]}');
    expect(stringify(Value_Scalar, { value: 15 })).toBe('{"value":15.0}');
    expect(stringify(Value_Scalar, { value: 0.1 })).toBe('{"value":0.1}');
    expect(stringify(Value_Scalar, { value: Number.POSITIVE_INFINITY })).toBe('{"value":"Infinity"}');
  });

  test('empty lists and maps are left out', () => {
    expect(stringify(Call, { type: 'REVIVE', revive: { roles: [] } })).toBe('{"type":"REVIVE","revive":{}}');
  });

  test('text is escaped as JSON wants it', () => {
    const text = 'a"b\\c\n\u0001é\ud83d\ude00';
    expect(JSON.parse(stringify(FrameworkInfo, { user: text, name: 'n' })).user).toBe(text);
  });
});
