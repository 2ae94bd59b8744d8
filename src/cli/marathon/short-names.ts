// Task ids shortened so that people can tell them apart: of `shop_web.instance-3f0c…._app.2` what differs.

const INSTANCE = /\.(?:instance-|marathon-)?([0-9a-f]{8})[0-9a-f-]*(?:\._app)?(?:\.(\d+))?$/;

/** The first part of the uuid, and the incarnation when two share it; the whole id where it is of another form. */
export function shortNames(taskIds: readonly string[]): Map<string, string> {
  const short = taskIds.map((id): [string, string] => [id, INSTANCE.exec(id)?.[1] ?? id]);
  const counts = new Map<string, number>();
  for (const [, name] of short) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    short.map(([id, name]) => {
      const incarnation = INSTANCE.exec(id)?.[2];
      return [id, (counts.get(name) ?? 0) > 1 && incarnation !== undefined ? `${name}.${incarnation}` : name];
    }),
  );
}
