// Every refusal of the API: status and body (marathon.md 1.5).
import { expect, test } from 'vitest';
import { type Answer, Scene, SLEEP } from './support/scene.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };
const UUID = '00000000-0000-4000-8000-000000000000';
const TASK = `web.instance-${UUID}._app.1`;

/** With `/web` running, `/g/a` in a group, and `/stuck` locked by its deployment. */
async function prepared(): Promise<Scene> {
  const scene = await Scene.start({ flags: ['--max_running_deployments=2'] });
  await scene.run(web);
  await scene.run({ ...web, id: '/g/a' });
  await scene.post('/v2/apps', { ...web, id: '/stuck', cpus: 1000 });
  return scene;
}

function told({ status, json }: Answer): [number, unknown] {
  return [status, json];
}

test('what does not exist is told by name, with 404', async () => {
  const scene = await prepared();
  const { version } = await scene.app('/web');
  const old = '2001-02-03T04:05:06.789Z';
  const cases: [string, string, unknown, string][] = [
    ['GET', '/v2/apps/none', undefined, "App '/none' does not exist"],
    ['PATCH', '/v2/apps/none', { instances: 2 }, "App '/none' does not exist"],
    ['DELETE', '/v2/apps/none', undefined, "App '/none' does not exist"],
    ['POST', '/v2/apps/none/restart', undefined, "App '/none' does not exist"],
    ['GET', '/v2/apps/none/tasks', undefined, "App '/none' does not exist"],
    ['DELETE', '/v2/apps/none/tasks', undefined, "App '/none' does not exist"],
    ['GET', '/v2/apps/none/versions', undefined, "App '/none' does not exist"],
    ['PATCH', '/v2/apps', [{ id: '/none', instances: 2 }], "App '/none' does not exist"],
    ['GET', `/v2/apps/web/versions/${old}`, undefined, `App '/web' does not exist in version ${old}`],
    ['PUT', '/v2/apps/web', { version: old }, `App '/web' does not exist in version ${old}`],
    ['PUT', '/v2/apps/none', { version }, "App '/none' does not exist"],
    ['DELETE', `/v2/apps/web/tasks/${TASK}`, undefined, `Task '${TASK}' does not exist`],
    ['GET', '/v2/apps/none/*', undefined, "Group '/none' does not exist"],
    ['GET', '/v2/groups/none', undefined, "Group '/none' does not exist"],
    ['DELETE', '/v2/groups/none', undefined, "Group '/none' does not exist"],
    ['GET', `/v2/groups/g/versions/${old}`, undefined, `Group '/g' does not exist in version ${old}`],
    ['PUT', '/v2/groups/g', { version: old }, `Group '/g' does not exist in version ${old}`],
    ['DELETE', `/v2/deployments/${UUID}`, undefined, `DeploymentPlan ${UUID} does not exist`],
    ['DELETE', '/v2/queue/web/delay', undefined, 'Application /web not found in tasks queue.'],
    ['GET', '/v2/plugins/x', undefined, 'No plugin with this pluginId: x'],
  ];
  for (const [method, path, body, message] of cases)
    expect([method, path, ...told(await scene.request(method, path, { body }))]).toEqual([
      method,
      path,
      404,
      { message },
    ]);
});

test('paths that are not there, or were given up long ago, are 404', async () => {
  const scene = await Scene.start();
  const gone = ['/v2/schemas', '/v2/eventSubscriptions', '/v2/artifacts', '/v2/artifacts/a/b', '/admin', '/health'];
  // /v2/pods is how clients ask whether there are pods: there are none here.
  const pods = ['/v2/pods', '/v2/pods/::status', '/v2/pods/a'];
  for (const path of [
    ...gone,
    ...pods,
    '/v2',
    '/v1/apps',
    '/v2/info/x',
    '/v2/deployments/a/b',
    '/ui/x',
    '/metrics/x',
    '/%zz',
  ])
    expect([path, ...told(await scene.get(path))]).toEqual([path, 404, { message: 'URI not found' }]);
  expect((await scene.request('HEAD', '/v2/pods')).status).toBe(404);
});

test('what is no JSON is 400, and what is none of an app is 422, member by member', async () => {
  const scene = await prepared();
  const broken = await scene.post('/v2/apps', '{"id": "/x",');
  expect([broken.status, broken.json.message, typeof broken.json.details]).toEqual([400, 'Invalid JSON', 'string']);
  for (const [method, path] of [
    ['POST', '/v2/apps'],
    ['PUT', '/v2/apps/web'],
    ['PUT', '/v2/apps'],
    ['POST', '/v2/groups'],
    ['PUT', '/v2/groups/g'],
    ['PATCH', '/v2/groups/g'],
    ['POST', '/v2/tasks/delete'],
  ] as const) {
    const empty = await scene.request(method, path);
    expect([path, empty.status, empty.json.message]).toEqual([path, 400, 'Please specify data in JSON format']);
  }
  expect(told(await scene.post('/v2/apps', { ...web, id: 7 }))).toEqual([
    422,
    { message: 'Invalid JSON', details: [{ path: '/id', errors: ['error.expected.jsstring'] }] },
  ]);
  expect(told(await scene.post('/v2/apps', { cmd: SLEEP }))).toEqual([
    422,
    { message: 'Invalid JSON', details: [{ path: '/id', errors: ['error.path.missing'] }] },
  ]);
  expect(told(await scene.put('/v2/apps', [{ instances: 2 }]))).toEqual([
    422,
    { message: 'Invalid JSON', details: [{ path: '(0)/id', errors: ['App Update must have app id set'] }] },
  ]);
});

test('what contradicts a rule is 422, with the place in the request', async () => {
  const scene = await prepared();
  const upgradeStrategy = { minimumHealthCapacity: 1.5, maximumOverCapacity: 0 };
  const details = [
    { path: '/upgradeStrategy/minimumHealthCapacity', errors: ['got 1.5, expected between 0.0 and 1.0'] },
  ];
  const message = 'Object is not valid';
  expect(told(await scene.post('/v2/apps', { ...web, id: '/x', upgradeStrategy }))).toEqual([
    422,
    { message, details },
  ]);
  const group = await scene.post('/v2/groups', { id: '/n', apps: [{ ...web, id: 'x', upgradeStrategy }] });
  expect(told(group)).toEqual([422, { message, details: [{ ...details[0], path: `/apps(0)${details[0]?.path}` }] }]);
  for (const id of ['Test', 'a_b', '-a', 'a-', 'a..b']) {
    const refused = await scene.post('/v2/apps', { ...web, id });
    expect([id, refused.status, refused.json.details[0].path]).toEqual([id, 422, '/id']);
    expect(refused.json.details[0].errors[0]).toMatch(/^must fully match regular expression '\^/);
    expect([id, (await scene.put(`/v2/apps/${id}`, { ...web, id: undefined })).status]).toEqual([id, 422]);
  }
  const reserved = await scene.post('/v2/apps', { ...web, id: '/foo/restart' });
  expect(reserved.json.details[0].errors).toEqual([
    'must not end with any of the following reserved keywords: restart, tasks, versions, ., ..',
  ]);
  const both = await scene.put('/v2/apps/web', { version: '2021-01-01T00:00:00Z', instances: 2 });
  expect(told(both)).toEqual([
    422,
    { message, details: [{ path: '/', errors: ["The 'version' field may only be combined with the 'id' field."] }] },
  ]);
});

test('selectors and versions that cannot be read are 422', async () => {
  const scene = await prepared();
  const selector = await scene.get(`/v2/apps?label=${encodeURIComponent('a in (b')}`);
  expect([selector.status, selector.json.message]).toEqual([
    422,
    expect.stringMatching(/^Can not parse label selector /),
  ]);
  const message = "Invalid timestamp provided 'soon'. Expecting ISO-8601 datetime string.";
  for (const path of ['/v2/apps/web/versions/soon', '/v2/groups/versions/soon', '/v2/groups/g/versions/soon'])
    expect(told(await scene.get(path))).toEqual([422, { message }]);
  expect(told(await scene.put('/v2/apps/web', { version: 'soon' }))).toEqual([422, { message }]);
  expect(told(await scene.put('/v2/groups/g', { version: 'soon' }))).toEqual([422, { message }]);
});

test('what is there already is 409, whatever is forced', async () => {
  const scene = await prepared();
  for (const force of ['', '?force=true'])
    expect(told(await scene.post(`/v2/apps${force}`, web))).toEqual([
      409,
      { message: 'An app with id [/web] already exists.' },
    ]);
  expect(told(await scene.post('/v2/groups', { id: '/g' }))).toEqual([
    409,
    { message: 'Group /g is already created. Use PUT to change this group.' },
  ]);
  expect(told(await scene.post('/v2/groups', { id: '/web' }))).toEqual([
    409,
    { message: 'An app with the path /web already exists.' },
  ]);
});

test('what a deployment holds is 409 and names the deployment; removing an app is forced by itself', async () => {
  const scene = await prepared();
  const [{ id }] = (await scene.deployments()) as [{ id: string }];
  const body = {
    message:
      "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
    deployments: [{ id }],
  };
  expect(told(await scene.put('/v2/apps/stuck', { cpus: 0.1 }))).toEqual([409, body]);
  expect(told(await scene.put('/v2/apps', [{ id: '/stuck', cpus: 0.1 }]))).toEqual([409, body]);
  expect(told(await scene.post('/v2/apps/stuck/restart'))).toEqual([409, body]);
  expect(told(await scene.delete('/v2/apps/stuck?force=false'))).toEqual([409, body]);
  expect(told(await scene.delete('/v2/groups'))).toEqual([409, body]);
  // Its root is as it was.
  expect((await scene.app('/stuck')).cpus).toBe(1000);
  // No value is as no parameter.
  expect((await scene.delete('/v2/apps/stuck?force')).status).toBe(200);
});

test('too many deployments are 403, and there is a limit to what a single parameter can ask for', async () => {
  const scene = await prepared();
  await scene.post('/v2/apps', { ...web, id: '/stuck2', cpus: 1000 });
  const third = await scene.post('/v2/apps', { ...web, id: '/stuck3' });
  expect([third.status, third.json.message]).toEqual([
    403,
    expect.stringMatching(/^Max number \(2\) of running deployments is achieved\./),
  ]);
  expect((await scene.get('/v2/apps/stuck3')).status).toBe(404);
});

test('a kill that contradicts itself, or names what no task is called, is 400', async () => {
  const scene = await prepared();
  const message = 'You cannot use scale and wipe at the same time.';
  for (const [method, path, body] of [
    ['DELETE', '/v2/apps/web/tasks', undefined],
    ['POST', '/v2/tasks/delete', { ids: [] }],
  ] as const)
    expect(told(await scene.request(method, `${path}?scale=true&wipe=true`, { body }))).toEqual([400, { message }]);
  const bad = await scene.post('/v2/tasks/delete', { ids: ['x'] });
  expect([bad.status, bad.json.message]).toEqual([400, expect.stringMatching(/^Invalid task id 'x'\. \[.*\]$/)]);
  expect((await scene.post('/v2/tasks/delete', { ids: 'x' })).status).toBe(422);
});

test('a method that is not for a path is 405, with those that are', async () => {
  const scene = await Scene.start();
  const allowed = async (method: string, path: string) => {
    const { status, headers, json } = await scene.request(method, path);
    return [status, headers.allow, json];
  };
  const body = { message: 'HTTP 405 Method Not Allowed' };
  expect(await allowed('DELETE', '/v2/apps')).toEqual([405, 'GET, POST, PUT, PATCH, HEAD, OPTIONS', body]);
  expect(await allowed('POST', '/v2/info')).toEqual([405, 'GET, HEAD, OPTIONS', body]);
  expect(await allowed('TRACE', '/v2/apps')).toEqual([405, 'GET, POST, PUT, PATCH, HEAD, OPTIONS', body]);
  expect((await allowed('TRACE', '/v2/events')).slice(0, 2)).toEqual([405, 'GET, HEAD, OPTIONS']);
  expect((await allowed('GET', '/v2/events'))[0]).toBe(405);
  const options = await scene.request('OPTIONS', '/v2/events');
  expect([options.status, options.headers.allow]).toEqual([200, 'GET, HEAD, OPTIONS']);
});
