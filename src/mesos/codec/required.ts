// Which required fields a message lacks, by path, as the original lists them (mesos-api.md 1.8).
import type { Field, MessageType } from './descriptor.ts';
import type { Draft } from './json-reader.ts';

/** Paths such as `subscribe.framework_info.user`, `tasks[0].name`, `limits[0].value.value`; own fields before nested ones. */
export function missingRequired(type: MessageType, message: Draft, prefix = ''): string[] {
  const own = type.fields.filter((field) => field.label === 'required' && message[field.name] === undefined);
  return [
    ...own.map((field) => prefix + field.name),
    ...type.fields.flatMap((field) => missingInField(field, message[field.name], prefix + field.name)),
  ];
}

function missingInField(field: Field, value: unknown, path: string): string[] {
  const type = field.type;
  if (value === undefined || typeof type === 'string' || type.kind === 'enum') return [];
  switch (field.label) {
    case 'map':
      return Object.values(value as Draft).flatMap((item, index) =>
        missingRequired(type, item as Draft, `${path}[${index}].value.`),
      );
    case 'repeated':
      return (value as Draft[]).flatMap((item, index) => missingRequired(type, item, `${path}[${index}].`));
    default:
      return missingRequired(type, value as Draft, `${path}.`);
  }
}
