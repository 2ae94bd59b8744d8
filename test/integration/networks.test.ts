// Containers in networks of their own, on this very machine: namespaces, the bridge, mapped ports, and that nothing of it
// stays, whatever happens.
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerConfig, ContainerProbe } from '../../src/daemon/agent/containers/containerizer.ts';
import { leaveAllNetworks } from '../../src/daemon/agent/containers/network/leaving.ts';
import type { NetworkOptions } from '../../src/daemon/agent/containers/options.ts';
import type { ContainerInfo, NetworkInfo_PortMapping } from '../../src/mesos/generated/v1.ts';
import { freePortBlock } from '../ports.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';
import { ownSubnet, PLUGINS, serve, status, traces, whyNoNetworks } from './network-fixture.ts';

const why = whyNoNetworks();
if (why !== undefined) console.log(`SKIPPED: tests of containers' networks, because ${why}`);

const AGENT = '127.0.0.9';
let fixture: Fixture;
let directory: string;
let own: Awaited<ReturnType<typeof ownSubnet>>;

async function start(changes: Partial<NetworkOptions> = {}, isolation?: string): Promise<void> {
  const networks: NetworkOptions = {
    pluginDirectories: [PLUGINS],
    bridgeName: 'mesos-bridge',
    subnet: own.subnet,
    hostIp: AGENT,
    directory: `${directory}/networks`,
    machineDirectory: `${directory}/machine`,
    ...changes,
  };
  fixture = await makeFixture({ isolation, networks }, directory);
}

/** A hundred from here on are ours. */
const { first: PORT } = await freePortBlock();
const wants = `cpus:0.1;mem:64;ports:[${PORT}-${PORT + 99}]`;
const bridged = (...port_mappings: NetworkInfo_PortMapping[]): ContainerInfo => ({
  type: 'MESOS',
  network_infos: [{ name: 'mesos-bridge', port_mappings }],
});
const mapped = (host_port: number, container_port: number): NetworkInfo_PortMapping => ({ host_port, container_port });
const server = (info: ContainerInfo, port = 80) => fixture.config(serve(port), { wants, info });
const answer = (url: string, ...from: string[]) => expect.poll(() => status(url, ...from), { timeout: 30_000 });

async function addressOf(launch: ReturnType<Fixture['containerizer']['launch']>): Promise<string> {
  return (await launch).networkInfos?.[0]?.ip_addresses?.[0]?.ip_address ?? '';
}

async function failure(config: ContainerConfig): Promise<string> {
  return fixture.containerizer.launch(config).then(
    () => 'launched',
    (error: Error) => error.message,
  );
}

describe.skipIf(why !== undefined)('a container', () => {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mctl-containers-'));
    own = await ownSubnet();
  });
  afterEach(async () => {
    for (const { containerId } of fixture.containerizer.list()) await fixture.containerizer.destroy(containerId);
    // Of two that leave at the same time the first may still be sweeping up for both.
    await expect.poll(() => traces(own, directory), { timeout: 30_000 }).toEqual([]);
    await fixture.dispose();
  });

  describe("in the agent's bridge", () => {
    beforeEach(() => start());

    test('is reached at its address and at the mapped port of the agent only', async () => {
      const config = await server(bridged(mapped(PORT, 80)));
      const address = await addressOf(fixture.containerizer.launch(config));
      expect(address.startsWith(own.prefix)).toBe(true);
      await answer(`http://${address}/`).toBe(200);
      await answer(`http://${AGENT}:${PORT}/`).toBe(200);
      expect(status(`http://127.0.0.1:${PORT}/`)).toBe(0);
      expect(status(`http://${address.replace(/\d+$/, '1')}:${PORT}/`)).toBe(0);
    });

    test('tells where it is: addresses, host name, hosts and name servers', async () => {
      const config = await fixture.config(
        'hostname; cat /etc/hosts /etc/hostname; ip -o -4 addr; cat /etc/resolv.conf',
        {
          info: { ...bridged(), hostname: 'web-1' },
        },
      );
      const address = await addressOf(fixture.containerizer.launch(config));
      await fixture.exitOf(config.containerId);
      const text = await fixture.stdout(config);
      expect(text).toMatch(/^web-1\n127\.0\.0\.1 localhost\n/);
      expect(text).toContain(`\n${address} web-1\nweb-1\n`);
      expect(text).toContain(' lo ');
      expect(text).toMatch(new RegExp(` eth0 +inet ${address}/24`));
      expect(text.endsWith(await readFile('/etc/resolv.conf', 'utf8'))).toBe(true);
    });

    test('has ports of its own: two listen on the same one', async () => {
      const [one, two] = [await server(bridged(mapped(PORT + 1, 80))), await server(bridged(mapped(PORT + 2, 80)))];
      const first = await addressOf(fixture.containerizer.launch(one));
      const second = await addressOf(fixture.containerizer.launch(two));
      expect(first).not.toBe(second);
      await writeFile(join(one.sandbox, 'one'), '');
      await answer(`http://${AGENT}:${PORT + 1}/one`).toBe(200);
      await answer(`http://${AGENT}:${PORT + 2}/`).toBe(200);
      expect(status(`http://${AGENT}:${PORT + 2}/one`)).toBe(404);
      // And one leaves without taking the other's along.
      await fixture.containerizer.destroy(one.containerId);
      expect(status(`http://${AGENT}:${PORT + 2}/`)).toBe(200);
      expect(status(`http://${AGENT}:${PORT + 1}/`)).toBe(0);
    });

    test('leaves nothing when it ends by itself, or uses too much memory', async () => {
      await fixture.run(await fixture.config('exit 3', { wants, info: bridged(mapped(PORT + 3, 80)) }));
      expect(traces(own, directory)).toEqual([]);
      if (fixture.containerizer.isolation === 'posix') return;
      const eater = `exec python3 -c 'x = bytearray(500 * 2**20)'`;
      const { limitation } = await fixture.run(
        await fixture.config(eater, { wants, info: bridged(mapped(PORT + 3, 80)) }),
      );
      expect(limitation?.kind).toBe('memory');
      expect(traces(own, directory)).toEqual([]);
    });

    test('does not reach what listens on the loopback addresses of the machine, which the bridge could lead to', async () => {
      const outside = await fixture.config(serve(PORT + 90).replace('0.0.0.0', '127.0.0.77'));
      await fixture.containerizer.launch(outside);
      await answer(`http://127.0.0.77:${PORT + 90}/`).toBe(200);
      const gateway = `${own.prefix}1`;
      const script = [
        'echo 1 >/proc/sys/net/ipv4/conf/eth0/route_localnet && ip addr flush dev lo &&',
        `ip route add 127.0.0.77/32 via ${gateway} src $(ip -o -4 addr show eth0 | sed 's/.*inet //;s,/.*,,') || exit 9;`,
        `curl -s -o /dev/null -m 2 http://127.0.0.77:${PORT + 90}/; exit $?`,
      ].join(' ');
      const TIMED_OUT = 28;
      const { status } = await fixture.run(
        await fixture.config(script, { wants, info: bridged(mapped(PORT + 4, 80)) }),
      );
      expect(status).toEqual({ kind: 'exited', code: TIMED_OUT });
    });

    test('that is destroyed while it is being launched leaves nothing', async () => {
      const config = await server(bridged(mapped(PORT + 5, 80)));
      const launching = failure(config);
      await fixture.containerizer.destroy(config.containerId);
      expect(await launching).toContain('being destroyed during launching');
      expect(traces(own, directory)).toEqual([]);
    });

    test('nested in another shares its network, unless it names one of its own', async () => {
      const outer = await fixture.config('', { command: undefined, wants, info: bridged(mapped(PORT + 6, 8080)) });
      const address = await addressOf(fixture.containerizer.launch(outer));
      const inner = (name: string) => ({
        containerId: `${outer.containerId}.${name}`,
        runtimeDirectory: `${fixture.options.runtimeContainers}/${outer.containerId}.${name}`,
        sharesLimits: true,
        wants,
      });
      const shares = await fixture.config(serve(8080), inner('shares'));
      expect(await addressOf(fixture.containerizer.launch(shares))).toBe(address);
      await answer(`http://${AGENT}:${PORT + 6}/`).toBe(200);
      const client = await fixture.config('curl -s -o /dev/null http://127.0.0.1:8080/', inner('client'));
      expect((await fixture.run(client)).status).toEqual({ kind: 'exited', code: 0 });
      const alone = await fixture.config('curl -s http://127.0.0.1:8080/', { ...inner('alone'), info: bridged() });
      expect(await addressOf(fixture.containerizer.launch(alone))).not.toBe(address);
      const COULD_NOT_CONNECT = 7;
      expect((await fixture.exitOf(alone.containerId)).status).toEqual({ kind: 'exited', code: COULD_NOT_CONNECT });
      await fixture.containerizer.destroy(outer.containerId);
    });

    test('is looked at from inside, by commands too', async () => {
      const config = await server(bridged(), 8080);
      await fixture.containerizer.launch(config);
      const probe: ContainerProbe = {
        name: 'check',
        command: { shell: true, value: 'curl -s -o /dev/null http://127.0.0.1:8080/', arguments: [] },
        environment: config.environment,
        timeoutMs: 5_000,
      };
      await expect
        .poll(() => fixture.containerizer.probe(config.containerId, probe), { timeout: 30_000 })
        .toEqual({ kind: 'exited', code: 0 });
      expect(fixture.containerizer.find(config.containerId)?.networkNamespace).toContain(config.containerId);
    });

    test('is taken back by a later agent, which removes what nobody knows', async () => {
      const [known, orphan] = [
        await server(bridged(mapped(PORT + 7, 80))),
        await server(bridged(mapped(PORT + 8, 80))),
      ];
      const launched = await fixture.launch(known);
      await fixture.launch(orphan);
      await answer(`http://${AGENT}:${PORT + 7}/`).toBe(200);
      const earlier = fixture;
      await earlier.containerizer.close();
      await start();
      await fixture.containerizer.recover([await earlier.checkpoint(known, launched)]);
      expect(status(`http://${AGENT}:${PORT + 7}/`)).toBe(200);
      expect(status(`http://${AGENT}:${PORT + 8}/`)).toBe(0);
      expect(traces(own, directory).join('\n')).not.toContain(orphan.containerId);
      expect(fixture.containerizer.find(known.containerId)?.networkNamespace).toContain(known.containerId);
      await fixture.containerizer.destroy(known.containerId);
    });

    test('of an agent that is gone for good is taken out of them by whoever cleans up, knowing none of its flags', async () => {
      const { process } = await fixture.launch(await server(bridged(mapped(PORT + 9, 80))));
      await fixture.containerizer.close();
      await fixture.world.processes.signalTree(process, 'SIGKILL');
      expect(await leaveAllNetworks(fixture.world, `${directory}/networks`)).toEqual([]);
      expect(traces(own, directory)).toEqual([]);
      await start();
      await fixture.containerizer.recover([]);
    });

    test.each<[string, ContainerInfo]>([
      ['there is no network', { type: 'MESOS', network_infos: [{ name: 'none' }] }],
      ['is no name of a network', { type: 'MESOS', network_infos: [{ name: '../../etc/passwd' }] }],
      ['more than once', { type: 'MESOS', network_infos: [{ name: 'mesos-bridge' }, { name: 'mesos-bridge' }] }],
      ['is not within the ports of its resources', bridged(mapped(22, 80))],
      ['is no host name', { ...bridged(), hostname: 'a b\n6.6.6.6 bank' }],
    ])('is refused in plain words: %s', async (words, info) => {
      expect(await failure(await server(info))).toContain(words);
    });
  });

  test('is refused a bridge whose addresses the machine has already', async () => {
    await start();
    await fixture.containerizer.launch(await server(bridged()));
    const first = fixture;
    await start({ subnet: { ...own.subnet, bits: 25 } });
    expect(await failure(await server(bridged()))).toMatch(/overlaps .*--bridge_network_subnet/);
    await fixture.containerizer.close();
    fixture = first;
  });

  describe('in networks that the operator describes', () => {
    const plugin = (script: string) => `#!/bin/sh\nexec 2>&1\nlog=${directory}/log\n${script}\n`;
    beforeEach(async () => {
      for (const name of ['config', 'plugins']) await mkdir(join(directory, name));
      const list = { cniVersion: '0.4.0', name: 'net', plugins: [{ type: 'one' }, { type: 'two', x: 1 }] };
      await writeFile(join(directory, 'config', '10-net.conflist'), JSON.stringify(list));
      await install('one', succeeds('10.99.0.7/24'));
      await install('two', succeeds('10.99.0.8/24'));
      await start({ configDirectory: `${directory}/config`, pluginDirectories: [`${directory}/plugins`] });
    });
    const install = (name: string, script: string) =>
      writeFile(join(directory, 'plugins', name), plugin(script), { mode: 0o755 });
    const succeeds = (address: string): string =>
      [
        'input=$(cat); echo "$(basename $0) $CNI_COMMAND $CNI_IFNAME" >>$log',
        `[ $CNI_COMMAND = DEL ] || echo '{"ips": [{"address": "${address}"}], "dns": {"nameservers": ["9.9.9.9"]}}'`,
      ].join('\n');
    const log = async (): Promise<string[]> => (await readFile(join(directory, 'log'), 'utf8')).trim().split('\n');
    const asks = (info: Partial<ContainerInfo> = {}) =>
      fixture.config('cat /etc/resolv.conf', {
        info: { type: 'MESOS', network_infos: [{ name: 'net' }], ...info },
      });

    test('joins by the plugins in their order and leaves in the opposite one', async () => {
      const config = await asks();
      expect(await addressOf(fixture.containerizer.launch(config))).toBe('10.99.0.8');
      await fixture.exitOf(config.containerId);
      expect(await fixture.stdout(config)).toBe('nameserver 9.9.9.9\n');
      expect(await log()).toEqual(['one ADD eth0', 'two ADD eth0', 'two DEL eth0', 'one DEL eth0']);
    });

    test('fails with the words of a plugin that fails, and leaves what was begun', async () => {
      await install('two', 'echo "{\\"code\\": 11, \\"msg\\": \\"no more addresses\\"}"; [ $CNI_COMMAND = DEL ]');
      const config = await asks();
      expect(await failure(config)).toBe(
        `Failed to launch container: the container cannot have its networks: Failed to attach container '${config.containerId}' to CNI network 'net': the CNI plugin 'two' failed: no more addresses`,
      );
      expect(await log()).toEqual(['one ADD eth0', 'one DEL eth0']);
    });

    test('that could not be left is left by the next agent, and its end is told all the same', async () => {
      await install('one', `${succeeds('10.99.0.7/24')}\n[ $CNI_COMMAND = ADD ] || [ -e ${directory}/repaired ]`);
      const config = await asks();
      expect((await fixture.run(config)).status).toEqual({ kind: 'exited', code: 0 });
      expect(traces(own, directory)).not.toEqual([]);
      await writeFile(join(directory, 'repaired'), '');
      await fixture.containerizer.close();
      await start({ configDirectory: `${directory}/config`, pluginDirectories: [`${directory}/plugins`] });
      await fixture.containerizer.recover([]);
      expect((await log()).filter((line) => line === 'one DEL eth0')).toHaveLength(2);
    });

    test('whose namespace the machine has lost is left without it', async () => {
      await install('one', `[ -e $CNI_NETNS ] || echo gone >>$log\n${succeeds('10.99.0.7/24')}`);
      const config = await asks();
      await fixture.launch({ ...config, command: { shell: true, value: 'sleep 1000', arguments: [] } });
      const { process, networkNamespace = '' } = fixture.containerizer.find(config.containerId) ?? {};
      await fixture.containerizer.close();
      if (process !== undefined) await fixture.world.processes.signalTree(process, 'SIGKILL');
      await fixture.world.processes.run({ argv: ['umount', '-l', networkNamespace] });
      await start({ configDirectory: `${directory}/config`, pluginDirectories: [`${directory}/plugins`] });
      await fixture.containerizer.recover([]);
      expect(await log()).toEqual(['one ADD eth0', 'two ADD eth0', 'two DEL eth0', 'gone', 'one DEL eth0']);
    });

    test('is told what to install when a plugin is not there', async () => {
      const config = { cniVersion: '0.3.1', name: 'other', type: 'missing' };
      await writeFile(join(directory, 'config', 'other.conf'), JSON.stringify(config));
      expect(await failure(await asks({ network_infos: [{ name: 'other' }] }))).toContain(
        'containernetworking-plugins',
      );
      expect(await failure(await asks({ network_infos: [{ name: 'third' }] }))).toContain('it has net, other');
    });

    test('has one interface for each network, in their order', async () => {
      const config = { cniVersion: '0.3.1', name: 'other', type: 'two' };
      await writeFile(join(directory, 'config', 'other.conf'), JSON.stringify(config));
      const two = await asks({ network_infos: [{ name: 'net' }, { name: 'other' }] });
      const { networkInfos } = await fixture.containerizer.launch(two);
      expect(networkInfos?.map(({ name }) => name)).toEqual(['net', 'other']);
      await fixture.exitOf(two.containerId);
      expect(await log()).toEqual([
        'one ADD eth0',
        'two ADD eth0',
        'two ADD eth1',
        'two DEL eth1',
        'two DEL eth0',
        'one DEL eth0',
      ]);
    });
  });

  test('of an agent whose config files cannot be read does not even start', async () => {
    await mkdir(join(directory, 'config'));
    await writeFile(join(directory, 'config', 'bad.conf'), '{"name": "x y", "type": "bridge"}');
    await expect(start({ configDirectory: `${directory}/config` })).rejects.toThrow(/bad\.conf/);
    directory = await mkdtemp(join(tmpdir(), 'mctl-containers-'));
    await start();
  });
});
