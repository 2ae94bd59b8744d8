// Flags about the networks of containers (mesos-semantics.md 10.7).
import * as kind from '../../serving/flag-kinds.ts';
import { isNetworkName } from '../containers/network/cni/network-config.ts';
import { parseDefaultDns } from '../containers/network/default-dns.ts';
import { parseSubnet } from '../containers/network/subnet.ts';

/** A part of AGENT_FLAGS. */
export const NETWORK_FLAGS = {
  networkCniConfigDir: kind.text('network_cni_config_dir', {
    help: 'Directory of CNI config files (.conf, .conflist), one a network; default: only the bridge of this agent.',
  }),
  networkCniPluginsDir: kind.text('network_cni_plugins_dir', {
    default: '/usr/lib/cni',
    help: 'Directories of CNI plugins, separated by colons.',
  }),
  networkCniRootDirPersist: kind.boolean('network_cni_root_dir_persist', {
    default: 'false',
    help: "Keep what is known of containers' networks below --work_dir, where it survives the machine's restart.",
  }),
  bridgeNetwork: kind.parsed('bridge_network', parseNetworkName, {
    default: 'mesos-bridge',
    help: 'Network that the mode BRIDGE of Docker containers means, and name of the bridge of this agent. (Not a flag of the original.)',
  }),
  bridgeNetworkSubnet: kind.parsed('bridge_network_subnet', parseSubnet, {
    default: '10.201.0.0/20',
    help: 'Private subnet of the bridge of this agent; agents of one machine may share it. (Not a flag of the original.)',
  }),
  defaultContainerDns: kind.parsed('default_container_dns', parseDefaultDns, {
    help: 'JSON: name servers of containers whose network names none.',
  }),
};

/** Throws Error. */
function parseNetworkName(text: string): string {
  if (!isNetworkName(text)) throw new Error('a network cannot be called so');
  return text;
}
