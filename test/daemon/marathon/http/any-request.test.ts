// Whatever is asked, the answer is one that the original could have given: never a 500, never a member too many, and
// Marathon goes on.
import { expect, test } from 'vitest';
import fc from '../../../fast-check.ts';
import { Scene, SLEEP } from './support/scene.ts';

const web = { cmd: SLEEP, cpus: 0.1, mem: 16 };
const good = fc.constantFrom('a', '/a', 'g/b', '/g/b', '/g/c', '/b');
const id = fc.oneof(
  { weight: 5, arbitrary: good },
  fc.constantFrom('/g', '/', '..', 'g//b/', 'Ä b', 'restart', '%2e', 'a.b', '__proto__'),
);
const version = fc.constantFrom('2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00+00:00', 'now', '');
const number = fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constantFrom(0.5, 1e308, '1', null));
const odd = fc.oneof({ depthSize: 'small' }, fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined));
const strings = fc.dictionary(
  fc.constantFrom('A', '', 'a b', '__proto__'),
  fc.oneof(fc.string({ maxLength: 3 }), odd),
  { maxKeys: 2 },
);

const members = fc.record(
  {
    id: fc.oneof(id, odd),
    cmd: fc.constantFrom(SLEEP, '', 'x', 7),
    args: fc.oneof(fc.constant(['x']), odd),
    instances: number,
    cpus: number,
    mem: number,
    env: fc.oneof(strings, odd),
    labels: fc.oneof(strings, odd),
    constraints: fc.oneof(
      fc.array(fc.array(fc.constantFrom('hostname', 'UNIQUE', 'LIKE', '(', '1'), { maxLength: 4 }), { maxLength: 2 }),
      odd,
    ),
    networks: fc.oneof(
      fc.array(fc.record({ mode: fc.constantFrom('host', 'container', 'container/bridge', 'x') }), { maxLength: 2 }),
      odd,
    ),
    portDefinitions: fc.oneof(fc.array(fc.record({ port: number }), { maxLength: 2 }), odd),
    container: fc.oneof(
      fc.constant({ docker: { image: 'i' } }),
      fc.constant({ type: 'MESOS', portMappings: [{}] }),
      odd,
    ),
    healthChecks: fc.oneof(
      fc.array(fc.record({ protocol: fc.constantFrom('HTTP', 'TCP', 'COMMAND', 'x'), portIndex: number }), {
        maxLength: 2,
      }),
      odd,
    ),
    dependencies: fc.oneof(fc.array(id, { maxLength: 2 }), odd),
    upgradeStrategy: odd,
    unreachableStrategy: odd,
    version: fc.oneof(version, odd),
    acceptedResourceRoles: odd,
    fetch: odd,
    check: odd,
    readinessChecks: odd,
    whatever: odd,
  },
  { requiredKeys: [] },
);
/** A sound app, but for a few members. */
const app = fc.tuple(id, members, fc.array(fc.nat(), { maxLength: 3 })).map(([appId, given, picks]) => {
  const all = Object.entries(given);
  const some = all.length === 0 ? [] : picks.map((pick) => all[pick % all.length] ?? ['id', appId]);
  return { id: appId, ...web, ...Object.fromEntries(some) };
});
const group = fc.letrec<{ group: object }>((tie) => ({
  group: fc.record(
    {
      id: fc.oneof(id, odd),
      apps: fc.oneof(fc.array(app, { maxLength: 2 }), odd),
      groups: fc.oneof({ maxDepth: 2 }, odd, fc.array(tie('group'), { maxLength: 2 })),
      dependencies: fc.oneof(fc.array(id, { maxLength: 2 }), odd),
      scaleBy: number,
      version,
      enforceRole: fc.oneof(fc.boolean(), odd),
    },
    { requiredKeys: [] },
  ),
})).group;

const query = fc.constantFrom(
  '',
  '?force=true',
  '?force=True&partialUpdate=false',
  '?dryRun=true',
  '?embed=group.apps&embed=app.tasks',
  '?scale=true',
  '?wipe=true',
  '?host=agent',
  '?label=a%3D%3D1',
  '?label=(',
  '?status=running',
  '?&=&%zz',
);
const path = fc.oneof(
  fc.constantFrom(
    '/v2/apps',
    '/v2/groups',
    '/v2/tasks',
    '/v2/tasks/delete',
    '/v2/queue',
    '/v2/info',
    '/v2/deployments',
    '/v2/nothing',
    '/ping',
    '/logging',
    '/metrics',
    '/v2/plugins',
    '/',
  ),
  fc
    .tuple(
      fc.constantFrom('/v2/apps', '/v2/groups', '/v2/deployments', '/v2/queue', '/v2/pods'),
      id,
      fc.constantFrom(
        '',
        '/',
        '/tasks',
        '/versions',
        '/restart',
        '/delay',
        '/*',
        '/tasks/a._app.1',
        '/versions/x',
        '/versions/2024-01-01T00:00:00.000Z',
        '/apps',
      ),
    )
    .map(([base, one, rest]) => `${base}/${encodeURI(one)}${rest}`),
);
const body = fc.oneof(
  app,
  group,
  fc.array(app, { maxLength: 3 }),
  fc.record({ ids: fc.array(fc.constantFrom('a', 'a.instance-00000000-0000-4000-8000-000000000000._app.1')) }),
  odd,
  fc.constantFrom('{', '[]', 'null'),
);
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body?: unknown;
}
const to = (
  methods: readonly string[],
  where: fc.Arbitrary<string>,
  what: fc.Arbitrary<unknown>,
): fc.Arbitrary<Asked> => fc.record({ method: fc.constantFrom(...methods), path: where, query, body: what });
const none = fc.constant(undefined);
const below = (base: string, rest = '') => good.map((one) => `${base}/${one}${rest}`);
/** Requests that may well be right, and such that cannot be. */
const request: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 4, arbitrary: to(['POST'], fc.constant('/v2/apps'), app) },
  { weight: 4, arbitrary: to(['PUT', 'PATCH'], below('/v2/apps'), app) },
  { weight: 1, arbitrary: to(['PUT', 'PATCH'], fc.constant('/v2/apps'), fc.array(app, { maxLength: 3 })) },
  { weight: 2, arbitrary: to(['PUT', 'POST'], fc.constantFrom('/v2/groups', '/v2/groups/g', '/v2/groups/g/h'), group) },
  { weight: 1, arbitrary: to(['DELETE'], fc.constantFrom('/v2/groups', '/v2/groups/g'), none) },
  { weight: 2, arbitrary: to(['DELETE', 'GET'], below('/v2/apps', '/tasks'), none) },
  { weight: 1, arbitrary: to(['DELETE', 'GET'], below('/v2/apps'), none) },
  { weight: 1, arbitrary: to(['POST'], below('/v2/apps', '/restart'), none) },
  { weight: 3, arbitrary: to(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], path, body) },
);

test('random requests are answered, and never with a 500', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 10, maxLength: 40 }), async (requests) => {
      const scene = await Scene.start({ agents: 1 });
      for (const { method, path: target, query: parameters, body: content } of requests) {
        const { status, text } = await scene.request(method, `${target}${parameters}`, { body: content });
        if (status >= 500)
          throw new Error(`${status} ${text} for ${method} ${target}${parameters} ${JSON.stringify(content)}`);
        await scene.pass(50);
      }
      await scene.pass(5_000);
      expect((await scene.get('/v2/groups')).status).toBe(200);
      expect((await scene.get('/v2/queue')).status).toBe(200);
      const { apps } = (await scene.get('/v2/apps?embed=apps.tasks&embed=apps.taskStats')).json;
      // What is stored can be loaded.
      await scene.restartMarathon();
      expect((await scene.get('/v2/apps')).json.apps).toHaveLength(apps.length);
    }),
    { seed: 5, numRuns: 12 },
  );
});
