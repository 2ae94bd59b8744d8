// The settings as flags of a command.
import { Flags, type Interfaces } from '@oclif/core';
import type { Setting } from './table.ts';

/** For help, completion and parsing; values stay text. */
export function flagsOf(table: Readonly<Record<string, Setting>>): Interfaces.FlagInput {
  return {
    'config-file': Flags.string({
      summary: 'Settings from this file, YAML or JSON, called as the flags.',
      helpValue: '<file>',
    }),
    ...Object.fromEntries(Object.entries(table).map(([name, setting]) => [name, flagOf(setting)])),
  };
}

function flagOf({ kind, summary, char, value, aliases }: Setting): Interfaces.FlagInput[string] {
  const common = { summary, ...(char && { char }), ...(aliases && { aliases: [...aliases] }) };
  if (kind === 'switch') return Flags.boolean({ ...common, allowNo: true });
  const text = { ...common, ...(value && { helpValue: value }) };
  return kind === 'list' || kind === 'paths' ? Flags.string({ ...text, multiple: true }) : Flags.string(text);
}
