import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { CodecError, decode, encode } from '../../../src/mesos/codec.ts';
import { AttributeConstraint_Selector, Call, Event } from '../../../src/mesos/generated/scheduler.ts';
import { AgentInfo, CapabilityInfo, ContainerID, TaskStatus, Value_Range } from '../../../src/mesos/generated/v1.ts';

const bytes = (write: (writer: BinaryWriter) => void): Uint8Array => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};

describe('decode', () => {
  test('reads what the original’s clients send', () => {
    const sent = Buffer.from('\x10\x01\x1a\x13\n\x11\n\x04root\x12\x02pbR\x02\x08\x06b\x01*', 'latin1');
    expect(decode(Call, sent)).toEqual({
      type: 'SUBSCRIBE',
      subscribe: { framework_info: { user: 'root', name: 'pb', capabilities: [{ type: 'MULTI_ROLE' }], roles: ['*'] } },
    });
  });

  test('skips unknown fields of every wire type', () => {
    const given = bytes((writer) => {
      writer.tag(1000, WireType.Varint).uint32(7);
      writer.tag(1001, WireType.Bit64).double(1);
      writer.tag(1002, WireType.LengthDelimited).string('x');
      writer.tag(1003, WireType.Bit32).fixed32(1);
      writer.tag(1004, WireType.StartGroup).tag(1, WireType.Varint).uint32(1).tag(1004, WireType.EndGroup);
      writer.tag(2, WireType.Varint).int32(5);
    });
    expect(decode(Call, given)).toEqual({ type: 'REVIVE' });
  });

  test('drops unknown numbers of an enum, which a required field cannot bear', () => {
    expect(
      decode(
        Call,
        bytes((writer) => writer.tag(2, WireType.Varint).int32(99)),
      ),
    ).toEqual({});
    const status = bytes((writer) => {
      writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string('t').join();
      writer.tag(2, WireType.Varint).int32(99);
    });
    expect(() => decode(TaskStatus, status)).toThrow('Missing required fields: state');
  });

  test('takes lists packed and unpacked', () => {
    const packed = bytes((writer) => writer.tag(1, WireType.LengthDelimited).fork().int32(1000).int32(1005).join());
    expect(decode(CapabilityInfo, packed)).toEqual({ capabilities: ['CHOWN', 'KILL'] });
  });

  test('merges a message that comes in two parts', () => {
    const part = (field: number, value: string) => (writer: BinaryWriter) => {
      writer.tag(3, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
      writer.tag(field, WireType.LengthDelimited).string(value).join().join();
    };
    const given = Buffer.concat([bytes(part(1, 'u')), bytes(part(2, 'n'))]);
    expect(decode(Call, given).subscribe?.framework_info).toEqual({ user: 'u', name: 'n' });
  });

  test('keeps the last member of a oneof', () => {
    const given = bytes((writer) => {
      writer.tag(1, WireType.Varint).int32(1);
      writer.tag(2, WireType.LengthDelimited).string('rack');
    });
    expect(decode(AttributeConstraint_Selector, given)).toEqual({ attribute_name: 'rack' });
  });

  test.each([
    ['cut in the middle', encode(ContainerID, { value: 'abc' }).subarray(0, 3)],
    ['nonsense', Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
    ['field number 0', Uint8Array.of(0x02, 0x00)],
    ['a stray end of group', Uint8Array.of(0x0c)],
  ])('refuses bytes that are %s', (_what, given) => {
    expect(() => decode(ContainerID, given)).toThrow(CodecError);
  });

  test('refuses messages nested without end, whatever their size', () => {
    let given: Uint8Array = encode(ContainerID, { value: 'x' });
    for (let depth = 0; depth < 5000; depth += 1) {
      const inner = given;
      given = bytes((writer) => {
        writer.tag(1, WireType.LengthDelimited).string('x');
        writer.tag(2, WireType.LengthDelimited).bytes(inner);
      });
    }
    expect(() => decode(ContainerID, given)).toThrow('nested deeper');
  });
});

describe('encode', () => {
  test('writes fields in the order of their numbers', () => {
    const given: Event = { update: { status: { task_id: { value: 't' }, state: 'TASK_RUNNING' } }, type: 'UPDATE' };
    expect([...encode(Event, given)].slice(0, 3)).toEqual([0x08, 0x04, 0x2a]);
  });

  test('does not write a message that lacks a required field', () => {
    expect(() => encode(ContainerID, {} as ContainerID)).toThrow('mesos.v1.ContainerID lacks value');
  });

  test('keeps numbers at the end of the 64-bit range inside it', () => {
    const range: Value_Range = { begin: 2 ** 64, end: 2 ** 53 };
    expect(decode(Value_Range, encode(Value_Range, range))).toEqual({ begin: 2 ** 64, end: 2 ** 53 });
  });

  test('leaves out what only JSON shows', () => {
    expect(decode(AgentInfo, encode(AgentInfo, { hostname: 'h', checkpoint: true }))).toEqual({ hostname: 'h' });
  });
});
