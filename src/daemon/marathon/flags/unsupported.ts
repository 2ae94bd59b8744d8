// Flags of the original that this version knows but cannot honour: refused in so many words rather than ignored, since
// whoever sets them relies on what they do.
import { FlagError } from '../../serving/flags.ts';
import { FEATURES, type MarathonOptions } from '../flags.ts';
import { REFUSED_FLAGS } from './refused.ts';

/** Throws FlagError for the first that is set. */
export function refuseUnsupported(options: MarathonOptions): void {
  for (const [option, { name }] of Object.entries(REFUSED_FLAGS)) {
    const value = options[option as keyof typeof REFUSED_FLAGS];
    if (value !== undefined && value !== false)
      throw new FlagError('invalid-value', name, `--${name} is not supported by this version: leave it out`);
  }
  const known: readonly string[] = FEATURES;
  for (const feature of options.enableFeatures?.value ?? []) {
    if (known.includes(feature)) continue;
    const why = `'${feature}' is not a feature of this version; there are ${FEATURES.join(', ')}`;
    throw new FlagError('invalid-value', 'enable_features', `Failed to load value for flag --enable_features: ${why}`);
  }
  const [deprecated] = options.deprecatedFeatures?.value ?? [];
  if (deprecated === undefined || deprecated === 'text_plain_tasks') return;
  throw new FlagError(
    'invalid-value',
    'deprecated_features',
    `Failed to load value for flag --deprecated_features: '${deprecated}' is not there any more`,
  );
}
