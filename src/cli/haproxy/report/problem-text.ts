// What was wrong with a service, as a line for people.
import type { Problem } from '../../../haproxy/model/model.ts';

const EFFECTS: Readonly<Record<Problem['effect'], string>> = {
  'left-out': 'left out',
  changed: 'served without it',
  warning: 'note',
};

/** `/web port 0, HAPROXY_0_MODE: left out: …`. */
export function problemText(problem: Problem): string {
  return `${whereOf(problem)}: ${EFFECTS[problem.effect]}: ${problem.message}`;
}

/** Of one that is not there any more: `/web port 0, HAPROXY_0_MODE: in order again, or gone`. */
export function endedText(problem: Problem): string {
  return `${whereOf(problem)}: in order again, or gone`;
}

/** `/web port 0, HAPROXY_0_MODE`. */
export function whereOf({ appId, portIndex, where }: Problem): string {
  const place = [
    portIndex === undefined ? appId : `${appId} port ${portIndex}`,
    ...(where === undefined ? [] : [where]),
  ];
  return place.join(', ');
}

/** `served without it`. */
export function effectText({ effect }: Problem): string {
  return EFFECTS[effect];
}
