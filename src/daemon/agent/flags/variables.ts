// `--executor_environment_variables`: a JSON object of strings.

/** Throws on anything but an object whose values are strings. */
export function parseVariables(text: string): Readonly<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error('expected a JSON object', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('expected a JSON object');
  const variables: Record<string, string> = {};
  for (const [name, content] of Object.entries(value)) {
    if (typeof content !== 'string') throw new Error(`the value of '${name}' is not a string`);
    variables[name] = content;
  }
  return variables;
}
