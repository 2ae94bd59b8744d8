// Where an instance is or may be, as constraints see it: fields and their values as text (marathon.md 13.6).
import type { Attribute } from '../../../mesos/generated/v1.ts';

/** An agent; `InstanceAgent` is one. */
export interface Place {
  readonly host: string;
  readonly region?: string;
  readonly zone?: string;
  readonly attributes: readonly Attribute[];
}

/** Value of a constraint's field there; undefined when it has none. Of several attributes of one name the first. */
export function fieldText(place: Place, field: string): string | undefined {
  switch (field) {
    case 'hostname':
    case '@hostname':
      return place.host;
    case '@region':
      return place.region;
    case '@zone':
      return place.zone;
    default: {
      const attribute = place.attributes.find(({ name }) => name === field);
      return attribute === undefined ? undefined : attributeText(attribute);
    }
  }
}

/** `r1`, `1.5`, `[1-2,5-9]`, `{a,b}`; ranges and sets sorted. */
export function attributeText({ type, text, scalar, ranges, set }: Attribute): string {
  switch (type) {
    case 'TEXT':
      return text?.value ?? '';
    case 'SCALAR':
      return scalarText(scalar?.value ?? 0);
    case 'RANGES': {
      const sorted = [...(ranges?.range ?? [])].sort((a, b) => a.begin - b.begin);
      return `[${sorted.map(({ begin, end }) => `${begin}-${end}`).join(',')}]`;
    }
    case 'SET':
      return `{${[...(set?.item ?? [])].sort().join(',')}}`;
  }
}

/** Up to three decimals, of two that are as near the even one. */
export function scalarText(value: number): string {
  // Only an odd number of sixteenths lies right between two thousandths; everywhere else toFixed is exact.
  const isTie = Number.isInteger(value * 16) && !Number.isInteger(value * 8);
  if (!isTie) return String(Number(value.toFixed(3)));
  const below = Math.floor(value * 1000);
  return String((below % 2 === 0 ? below : below + 1) / 1000);
}
