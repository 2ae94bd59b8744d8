// The JSON of the next colour, from that of the app and the colour that is live (haproxy.md 16.6).
import { isObject, type JsonObject } from '../../discovery/json-fields.ts';
import { isAppId } from '../../grammar/app-id.ts';
import { Refusal } from '../refusal.ts';
import { firstSize, type Pace } from '../steps/amounts.ts';
import { type Colour, colourOf } from './colours.ts';
import * as label from './labels.ts';
import { servicePortOf, withServicePort } from './service-port.ts';

/** What is wanted, and what there is. */
export interface Preparation {
  /** As the person wrote it: of the app, not of a colour. */
  readonly definition: JsonObject;
  /** Undefined: the first of the group. */
  readonly live: Colour | undefined;
  readonly pace: Pace;
  /** Stop with that many new ones. */
  readonly newInstances: number | undefined;
  readonly nowMs: number;
}

/** Ready to be sent. */
export interface PreparedColour {
  readonly id: string;
  readonly group: string;
  readonly target: number;
  readonly definition: JsonObject;
}

/** The group that a JSON belongs to. Throws Refusal. */
export function groupOf(definition: JsonObject): string {
  const { group } = readLabels(definition);
  if (group === undefined) throw missing(label.GROUP, 'It names what the two colours have in common, such as cart.');
  return group;
}

/** Throws Refusal `definition` for a JSON that is no app for this, `conflict` for numbers that do not fit what is live. */
export function prepareColour({ definition, live, pace, newInstances, nowMs }: Preparation): PreparedColour {
  const appId = idOf(definition);
  const labels = readLabels(definition);
  const group = groupOf(definition);
  const ownPort = servicePortOf(definition);
  const { altPort } = labels;
  if (altPort === undefined) throw missing(label.ALT_PORT, 'Marathon lets no two apps have one service port.');
  if (altPort === ownPort) {
    throw new Refusal('definition', `The label ${label.ALT_PORT} is the service port itself, ${ownPort}.`);
  }
  // What is live has been scaled to what it must carry; what the file says was right when it was written.
  const target = live?.instances ?? instancesOf(definition);
  const shared = live === undefined || newInstances === undefined ? undefined : sharedInstances(newInstances, live);
  const colour = live?.colour === 'blue' ? 'green' : 'blue';
  const id = `${appId}-${colour}`;
  if (id === live?.id) {
    throw new Refusal('conflict', `${id} is live already, without the label ${label.COLOUR}.`, {
      next: [`Add the label ${label.COLOUR}=${colour} to it, so that the next one gets the other colour.`],
    });
  }
  const startedAtMs = Math.max(nowMs, (live?.startedAtMs ?? 0) + 1);
  return {
    id,
    group,
    target,
    definition: {
      ...withServicePort(definition, live?.app.servicePorts[0] === ownPort ? altPort : ownPort),
      id,
      instances: live === undefined ? target : firstSize(target, shared, pace),
      labels: {
        ...(definition.labels as Readonly<Record<string, string>>),
        [label.APP_ID]: String(definition.id),
        // The port that is listened on stays the same whichever of the two the app has.
        [label.PORT]: String(labels.port ?? ownPort),
        [label.COLOUR]: colour,
        [label.STARTED_AT]: startedAtText(startedAtMs),
        [label.TARGET_INSTANCES]: String(target),
        [label.NEW_INSTANCES]: String(shared ?? 0),
      },
    },
  };
}

/** The colour as if it had just been created, for a rehearsal. */
export function plannedColour({ id, definition }: PreparedColour): Colour {
  const labels = definition.labels as Readonly<Record<string, string>>;
  return colourOf({ ...definition, id, labels, deployments: [] });
}

function idOf(definition: JsonObject): string {
  const { id } = definition;
  const rooted = typeof id === 'string' ? (id.startsWith('/') ? id : `/${id}`) : '';
  if (isAppId(rooted)) return rooted;
  throw new Refusal('definition', 'The app has no id that can be used.', {
    why: 'Write "id": "/cart", without a colour.',
  });
}

function readLabels(definition: JsonObject): label.DeploymentLabels {
  const { labels } = definition;
  if (labels === undefined || labels === null) throw missing(label.GROUP, 'The app has no labels at all.');
  if (!isObject(labels)) throw new Refusal('definition', 'labels is no object of texts.');
  for (const [name, value] of Object.entries(labels)) {
    if (typeof value !== 'string')
      throw new Refusal('definition', `The label ${name} is no text; put quotes round it.`);
  }
  return label.readDeploymentLabels(labels as Readonly<Record<string, string>>, 'The app', 'definition');
}

function instancesOf({ instances }: JsonObject): number {
  const count = instances ?? 1;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= label.MOST_INSTANCES) return count;
  throw new Refusal('definition', 'instances is no number of instances.');
}

function sharedInstances(newInstances: number, { instances }: Colour): number {
  if (newInstances >= instances) {
    throw new Refusal('conflict', `${newInstances} new instances of ${instances} leave none of the old colour.`, {
      why: '--new-instances is for stopping on the way.',
      next: ['Leave it out to replace all of them.'],
    });
  }
  return newInstances;
}

/** As the original's tool writes it: without a zone, which counts as UTC. */
function startedAtText(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000');
}

function missing(name: string, why: string): Refusal {
  return new Refusal('definition', `The app lacks the label ${name}.`, { why });
}
