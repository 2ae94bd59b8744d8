import { expect, test } from 'vitest';
import {
  featuresOf,
  isolatorFor,
  unknownIsolator,
} from '../../../../../src/daemon/agent/containers/confinement/features.ts';
import { capabilitiesOf, limitsOfInfo } from '../../../../../src/daemon/agent/containers/confinement/privileges.ts';

const caps = (...capabilities: ('CHOWN' | 'KILL' | 'NET_RAW' | 'SYS_ADMIN')[]) => ({ capabilities });

test('names of --isolation switch on what they are for, and unknown ones are told', () => {
  expect(featuresOf('cgroups/cpu, namespaces/pid,linux/nnp')).toMatchObject({
    pids: true,
    noNewPrivileges: true,
    ipc: false,
  });
  expect(Object.values(featuresOf(undefined)).some(Boolean)).toBe(false);
  expect(unknownIsolator('cgroups,filesystem/linux')).toBeUndefined();
  expect(unknownIsolator('cgroups,linux/seccomp')).toBe('linux/seccomp');
  expect(unknownIsolator('toString')).toBe('toString');
  expect(isolatorFor('disk')).toBe('disk/du');
});

test('capabilities are those of the agent when the container names none', () => {
  expect(capabilitiesOf(undefined, {})).toBeUndefined();
  expect(capabilitiesOf(undefined, { effective: ['kill'] })).toEqual({ effective: ['kill'], bounding: ['kill'] });
  expect(capabilitiesOf(undefined, { bounding: ['kill'] })).toEqual({ effective: undefined, bounding: ['kill'] });
});

test('capabilities of the container replace those of the agent within its bounds, and are the bounds of themselves', () => {
  const linux = { effective_capabilities: caps('CHOWN') };
  expect(capabilitiesOf(linux, {})).toEqual({ effective: ['chown'], bounding: ['chown'] });
  expect(capabilitiesOf(linux, { bounding: ['chown', 'kill'] })).toEqual({
    effective: ['chown'],
    bounding: ['chown', 'kill'],
  });
  const both = { effective_capabilities: caps(), bounding_capabilities: caps('KILL') };
  expect(capabilitiesOf(both, {})).toEqual({ effective: [], bounding: ['kill'] });
});

test.each([
  [{ effective_capabilities: caps('SYS_ADMIN') }, { bounding: ['kill'] }],
  [{ bounding_capabilities: caps('SYS_ADMIN') }, { bounding: ['kill'] }],
  [{ effective_capabilities: caps('CHOWN', 'KILL'), bounding_capabilities: caps('KILL') }, {}],
  [{ bounding_capabilities: caps('KILL') }, { effective: ['chown'] }],
])('capabilities %j beyond what is allowed (%j) are refused', (linux, agent) => {
  expect(() => capabilitiesOf(linux, agent)).toThrow(expect.objectContaining({ code: 'launch' }));
});

test('resource limits have both values or neither', () => {
  expect(limitsOfInfo({ rlimits: [{ type: 'RLMT_NOFILE', soft: 1, hard: 2 }, { type: 'RLMT_CORE' }] })).toEqual([
    { name: 'nofile', soft: 1, hard: 2 },
    { name: 'core', soft: undefined, hard: undefined },
  ]);
  // As it comes from a number of 64 bits.
  const infinity = Number('18446744073709551615');
  expect(limitsOfInfo({ rlimits: [{ type: 'RLMT_STACK', soft: 1, hard: infinity }] })).toEqual([
    { name: 'stack', soft: 1, hard: undefined },
  ]);
  for (const bad of [{ soft: 1 }, { hard: 1 }, { soft: 2, hard: 1 }]) {
    expect(() => limitsOfInfo({ rlimits: [{ type: 'RLMT_AS', ...bad }] })).toThrow();
  }
  expect(() => limitsOfInfo({ rlimits: [{ type: 'UNKNOWN', soft: 1, hard: 1 }] })).toThrow();
});
