// A client that believes nothing: every answer and every event of the acceptance tests goes through here, and is refused
// for a member, a status or a header that the original would not send.
import { z } from 'zod';
import { eventShape } from './event-shapes.ts';
import { info } from './info-shape.ts';
import * as shapes from './shapes.ts';

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: unknown;
}

const wrapped = (name: string, shape: z.ZodType) => z.strictObject({ [name]: shape });
const tasks = wrapped('tasks', z.array(shapes.task));
const killed = z.union([tasks, shapes.deploymentResult]);
const versions = z.array(shapes.time);

/** What 2xx answers are: the first pattern that fits `<method> <path without query>`. null: no body. */
const ANSWERS: readonly (readonly [RegExp, z.ZodType | null])[] = [
  [/^GET \/v2\/apps(\/.+)?\/\*$/, wrapped('*', z.array(shapes.appInfo))],
  [/^GET \/v2\/apps(\/.+)?\/tasks$/, tasks],
  [/^DELETE \/v2\/apps\/.+\/tasks$/, killed],
  [/^DELETE \/v2\/apps\/.+\/tasks\/.+$/, z.union([wrapped('task', shapes.task), shapes.deploymentResult])],
  [/^GET \/v2\/apps\/.+\/versions$/, wrapped('versions', versions)],
  [/^GET \/v2\/apps\/.+\/versions\/.+$/, shapes.app],
  [/^GET \/v2\/apps$/, wrapped('apps', z.array(shapes.appInfo))],
  [/^GET \/v2\/apps\/.+$/, wrapped('app', shapes.appInfo)],
  [/^POST \/v2\/apps$/, shapes.createdApp],
  [/^(PUT|PATCH|POST|DELETE) \/v2\/apps/, shapes.deploymentResult],
  [/^GET \/v2\/groups(\/.+)?\/versions$/, versions],
  // A group of that name is shown as one.
  [/^GET \/v2\/groups(\/.+)?\/apps$/, z.union([z.array(shapes.appInfo), shapes.group])],
  [/^GET \/v2\/groups/, shapes.group],
  [/^PATCH \/v2\/groups\//, null],
  [/^PUT \/v2\/groups/, z.union([shapes.deploymentResult, wrapped('steps', shapes.steps)])],
  [/^(POST|DELETE) \/v2\/groups/, shapes.deploymentResult],
  [/^GET \/v2\/tasks$/, tasks],
  [/^POST \/v2\/tasks\/delete$/, killed],
  [/^GET \/v2\/deployments$/, z.array(shapes.deployment)],
  [/^GET \/v2\/queue$/, wrapped('queue', z.array(shapes.queueItem))],
  [/^DELETE \/v2\/queue\/.+\/delay$/, null],
  [/^GET \/v2\/info$/, info],
  [/^GET \/v2\/leader$/, wrapped('leader', z.string())],
  [/^DELETE \/v2\/leader$/, wrapped('message', z.string())],
];

const error = z.strictObject({
  message: z.string().min(1),
  details: z
    .union([
      z.string(),
      z.array(z.strictObject({ path: z.string().regex(/^[/(]/), errors: z.array(z.string()).nonempty() })).nonempty(),
    ])
    .optional(),
  deployments: z
    .array(z.strictObject({ id: shapes.uuid }))
    .nonempty()
    .optional(),
});
/** marathon.md 1.5; 503 has texts of its own as well. */
const ERRORS: ReadonlySet<number> = new Set([400, 403, 404, 405, 409, 422, 500, 503]);
const HEADERS = { 'cache-control': 'no-cache, no-store, must-revalidate', pragma: 'no-cache', expires: '0' };

/** Throws for what is not allowed. */
export function checkAnswer(method: string, path: string, answer: Received): void {
  const { status, headers, json, text } = answer;
  const what = `${method} ${path
    .split('?')[0]
    ?.replaceAll(/\/{2,}/g, '/')
    .replace(/(.)\/$/, '$1')}`;
  if (status === 503) return;
  for (const [name, value] of Object.entries({
    ...HEADERS,
    'x-frame-options': 'DENY',
    'x-xss-protection': '1; mode=block',
  }))
    if (headers[name] !== value) throw new Error(`${what}: header ${name} is ${headers[name]}`);
  if (headers['x-marathon-leader'] === undefined) throw new Error(`${what}: no X-Marathon-Leader`);
  if (status >= 400) {
    if (!ERRORS.has(status)) throw new Error(`${what}: status ${status}`);
    hold(`${what} → ${status}`, error, json);
    return;
  }
  const shape = ANSWERS.find(([pattern]) => pattern.test(what))?.[1];
  const isText = headers['content-type']?.startsWith('text/plain') === true;
  if (shape === undefined || method === 'OPTIONS' || isText) return;
  if (status === 202 || shape === null) {
    if (text !== '') throw new Error(`${what}: a body where there is none: ${text}`);
    return;
  }
  hold(what, shape, json);
  const { deploymentId } = json as { readonly deploymentId?: string };
  if (deploymentId !== undefined && headers['marathon-deployment-id'] !== deploymentId)
    throw new Error(`${what}: Marathon-Deployment-Id is ${headers['marathon-deployment-id']}, not ${deploymentId}`);
  if ((status === 201) !== (headers.location !== undefined))
    throw new Error(`${what}: ${status} and Location do not fit`);
}

/** Throws for an event that is not allowed. */
export function checkEvent(message: { readonly eventType: string }): void {
  const shape = eventShape(message.eventType);
  if (shape === undefined) throw new Error(`there is no event ${message.eventType}`);
  hold(message.eventType, shape, message);
}

function hold(what: string, shape: z.ZodType, value: unknown): void {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new Error(`${what}: ${z.prettifyError(parsed.error)}\nin ${JSON.stringify(value)}`);
}
