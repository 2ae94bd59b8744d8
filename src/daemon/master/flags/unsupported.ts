// Flags of the original that this version knows but cannot honour: refused in so many words rather than ignored, since
// whoever sets them relies on what they do.
import { FlagError } from '../../serving/flags.ts';
import type { MasterOptions } from '../flags.ts';

/** Throws FlagError for the first that is set. */
export function refuseUnsupported(options: MasterOptions): void {
  const refused: readonly (readonly [flag: string, isSet: boolean])[] = [
    ['authenticate_frameworks', options.authenticateFrameworks],
    ['authenticate_agents', options.authenticateAgents],
    ['authenticate_http_readonly', options.authenticateHttpReadonly],
    ['authenticate_http_readwrite', options.authenticateHttpReadwrite],
    ['authenticate_http_frameworks', options.authenticateHttpFrameworks],
    ['credentials', options.credentials !== undefined],
    ['acls', options.acls !== undefined],
    ['firewall_rules', options.firewallRules !== undefined],
  ];
  for (const [flag, isSet] of refused) {
    if (!isSet) continue;
    const value = options.flagTexts[flag] ?? '';
    throw new FlagError('invalid-value', flag, `--${flag}=${value} is not supported by this version: leave it out`);
  }
}
