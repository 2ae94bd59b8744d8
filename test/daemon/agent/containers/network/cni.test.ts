// What operators write about networks and what plugins answer, in the generations of the CNI specification.
import { describe, expect, test } from 'vitest';
import { parseNetworkConfig } from '../../../../../src/daemon/agent/containers/network/cni/network-config.ts';
import { failureText, parseResult } from '../../../../../src/daemon/agent/containers/network/cni/result.ts';
import { defaultDns, parseDefaultDns } from '../../../../../src/daemon/agent/containers/network/default-dns.ts';

const parse = (config: unknown) => parseNetworkConfig(JSON.stringify(config), 'x.conf');

describe('a config file', () => {
  test('of one plugin is a list of one, with everything that is the plugin’s', () => {
    expect(parse({ name: 'a', type: 'bridge', bridge: 'b0', ipam: { type: 'host-local' } })).toEqual({
      name: 'a',
      cniVersion: '0.2.0',
      plugins: [{ type: 'bridge', bridge: 'b0', ipam: { type: 'host-local' } }],
    });
  });

  test('of several keeps their order', () => {
    const { plugins } = parse({ cniVersion: '1.0.0', name: 'a', plugins: [{ type: 'b' }, { type: 'c' }] });
    expect(plugins.map(({ type }) => type)).toEqual(['b', 'c']);
  });

  test.each([
    ['no object', []],
    ['no name', { type: 'a' }],
    ['a name that leads out', { name: '../a', type: 'a' }],
    ['no plugin', { name: 'a' }],
    ['an empty list', { name: 'a', plugins: [] }],
    ['a plugin that is a path', { name: 'a', type: '../../bin/sh' }],
    ['a version that is none', { name: 'a', type: 'a', cniVersion: 4 }],
  ])('with %s is refused by the name of the file', (_, config) => {
    expect(() => parse(config)).toThrow(/^x\.conf does not describe a network/);
  });

  test('that is no JSON is refused by the name of the file', () => {
    expect(() => parseNetworkConfig('{', 'x.conf')).toThrow(/^x\.conf .* no JSON/);
  });
});

describe('an answer', () => {
  test('of 0.2 and of 0.3 and later give addresses without the length of their network', () => {
    const old = { ip4: { ip: '10.1.2.3/24' }, ip6: { ip: 'fd00::5/64' } };
    const both = [
      { protocol: 'IPv4', ip_address: '10.1.2.3' },
      { protocol: 'IPv6', ip_address: 'fd00::5' },
    ];
    expect(parseResult(JSON.stringify(old)).addresses).toEqual(both);
    const now = { cniVersion: '1.0.0', ips: [{ address: '10.1.2.3/24' }, { address: 'fd00::5/64', version: '6' }] };
    expect(parseResult(JSON.stringify(now)).addresses).toEqual(both);
  });

  test('with addresses that are none has none', () => {
    const ips = [{ address: '300.1.1.1/8' }, { address: 7 }, null, { address: 'evil\nname' }, { address: 'a::b::c' }];
    expect(parseResult(JSON.stringify({ ips })).addresses).toEqual([]);
  });

  test('with name servers has only those that are one word', () => {
    const dns = { nameservers: ['9.9.9.9', 'a\nsearch evil'], search: ['x.org'], options: 'none' };
    expect(parseResult(JSON.stringify({ dns })).dns).toEqual({
      nameservers: ['9.9.9.9'],
      search: ['x.org'],
      options: [],
    });
    expect(parseResult('{"dns": {}}').dns).toBeUndefined();
  });

  test.each(['', 'no', '[]'])('that is no result is refused: %s', (text) => {
    expect(() => parseResult(text)).toThrow(/answered no result/);
  });

  test('that is an error is told in its own words, and never without end', () => {
    const error = { code: 7, msg: 'no addresses', details: 'in 10.0.0.0/8' };
    expect(failureText({ stdout: JSON.stringify(error), stderr: '' })).toBe('no addresses; in 10.0.0.0/8');
    expect(failureText({ stdout: '', stderr: 'panic\n' })).toBe('panic');
    expect(failureText({ stdout: '', stderr: '' })).toBe('it said nothing');
    expect(failureText({ stdout: 'x'.repeat(100_000), stderr: '' }).length).toBeLessThan(2_000);
  });
});

describe('--default_container_dns', () => {
  const flag = parseDefaultDns(
    JSON.stringify({
      mesos: [
        { network_mode: 'CNI', dns: { nameservers: ['1.1.1.1'] } },
        { network_mode: 'CNI', network_name: 'a', dns: { nameservers: ['2.2.2.2'] } },
      ],
      docker: [{ network_mode: 'BRIDGE', dns: { search: ['x.org'] } }],
    }),
  );
  const of = (type: 'mesos' | 'docker', mode: string, name: string) => defaultDns(flag, { type, mode, name });

  test('is that of the network, else that of all', () => {
    expect(of('mesos', 'CNI', 'a')?.nameservers).toEqual(['2.2.2.2']);
    expect(of('mesos', 'CNI', 'b')?.nameservers).toEqual(['1.1.1.1']);
    expect(of('docker', 'BRIDGE', 'mesos-bridge')?.search).toEqual(['x.org']);
    expect(of('docker', 'USER', 'a')).toBeUndefined();
  });

  test.each(['[]', '{"mesos": {}}', '{"mesos": [{"network_mode": "X"}]}', '{"mesos": [{"network_mode": "CNI"}]}'])(
    'is refused when nobody could know what is meant: %s',
    (text) => {
      expect(() => parseDefaultDns(text)).toThrow();
    },
  );
});
