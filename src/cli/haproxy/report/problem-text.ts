// What was wrong with a service, as a line for people.
import type { Problem } from '../../../haproxy/model/model.ts';

const EFFECTS: Readonly<Record<Problem['effect'], string>> = {
  'left-out': 'left out',
  changed: 'served without it',
  warning: 'note',
};

/** `/web port 0, HAPROXY_0_MODE: left out: …`. */
export function problemText({ appId, portIndex, where, effect, message }: Problem): string {
  const place = [
    portIndex === undefined ? appId : `${appId} port ${portIndex}`,
    ...(where === undefined ? [] : [where]),
  ];
  return `${place.join(', ')}: ${EFFECTS[effect]}: ${message}`;
}
