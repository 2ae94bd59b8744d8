// The World of one term of leadership. Every part of a daemon that leads has it instead of the process' own, so that no part has to
// think of the end: nothing rings, is sent or comes in after it.
import type { World } from '../../../world/world.ts';
import { TermClock } from './term-clock.ts';
import type { TermGate } from './term-gate.ts';
import { TermNet } from './term-net.ts';

/** A World, until `end`. */
export interface TermWorld {
  readonly world: World;
  /** Once the gate is closed: lets go of timers and connections. */
  end(): void;
}

/** `gate` is the term's own. */
export function termWorld(world: World, gate: TermGate): TermWorld {
  const clock = new TermClock(world.clock, gate);
  const net = new TermNet(world.net, gate);
  return {
    world: { ...world, clock, net },
    end: () => {
      clock.end();
      net.end();
    },
  };
}
