// `--fetcher_forbidden_networks`: networks, separated by commas.
import { ForbiddenNetworks } from '../containers/fetch/networks.ts';

/** Throws RangeError for what is not a network. */
export function parseNetworks(text: string): readonly string[] {
  const networks = text
    .split(',')
    .map((network) => network.trim())
    .filter((network) => network !== '');
  // Only to be told at the start, and not by the first task that fetches something.
  new ForbiddenNetworks(networks);
  return networks;
}
