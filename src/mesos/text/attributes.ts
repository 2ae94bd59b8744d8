// An agent's attributes as text: `rack:abc;level:10;keys:[1000-1500]` (mesos-api.md 13).
import type { Attribute } from '../generated/v1.ts';
import { ResourcesError } from '../resources/errors.ts';
import { formatRanges, toPairs } from '../resources/ranges.ts';
import { formatMillis, toMillis } from '../resources/scalar.ts';
import { parseValue } from '../resources/value-text.ts';
import { TextError } from './text-error.ts';

/** Text after the first colon may hold further ones; sets are not attributes. Throws TextError. */
export function parseAttributes(text: string): Attribute[] {
  return text
    .split(/[;\n]/)
    .filter((pair) => pair.trim() !== '')
    .map(parseAttribute);
}

function parseAttribute(pair: string): Attribute {
  const colon = pair.indexOf(':');
  const name = pair.slice(0, Math.max(colon, 0)).trim();
  const valueText = pair.slice(colon + 1);
  if (name === '' || valueText.trim() === '') {
    throw new TextError(`Invalid attribute key:value pair '${pair}'`);
  }
  const value = parse(pair, valueText);
  switch (value.type) {
    case 'SCALAR':
      return { name, type: 'SCALAR', scalar: { value: value.value } };
    case 'RANGES':
      return { name, type: 'RANGES', ranges: { range: toPairs(value.ranges).map(([begin, end]) => ({ begin, end })) } };
    case 'TEXT':
      return { name, type: 'TEXT', text: { value: value.text } };
    case 'SET':
      throw new TextError(`Invalid attribute '${pair}': sets are not supported`);
  }
}

function parse(pair: string, text: string): ReturnType<typeof parseValue> {
  try {
    return parseValue(text);
  } catch (error) {
    if (!(error instanceof ResourcesError)) throw error;
    throw new TextError(`Invalid attribute '${pair}': ${error.message}`, { cause: error });
  }
}

/** The value alone, as the legacy endpoints show it: `10`, `[1000-1500]`, `{a, b}`, text as it is. */
function formatAttributeValue(attribute: Attribute): string {
  switch (attribute.type) {
    case 'SCALAR':
      return formatMillis(toMillis(attribute.scalar?.value ?? 0));
    case 'RANGES':
      return formatRanges((attribute.ranges?.range ?? []).flatMap(({ begin, end }) => [begin, end]));
    case 'SET':
      return `{${(attribute.set?.item ?? []).join(', ')}}`;
    case 'TEXT':
      return attribute.text?.value ?? '';
  }
}

/** `rack:abc;level:10`. */
export function formatAttributes(attributes: readonly Attribute[]): string {
  return attributes.map((attribute) => `${attribute.name}:${formatAttributeValue(attribute)}`).join(';');
}
