// Whether an offer fits one instance of an app, and what the instance takes of it (marathon.md 13.4). A pure function: the
// same offer, app, placed instances and random numbers give the same answer.
import type { App } from '../model/app.ts';
import type { Match, MatchContext, NoMatch } from './match.ts';
import type { OfferView } from './offer-view.ts';
import type { PlacedInstances } from './placed-instances.ts';

/**
 * `placed`: where the app's instances are, those matched a moment ago included. Costs the same whatever their number. The
 * caller looks at back-off; an offer to another role than the app's never fits.
 */
export function matchOffer(
  _view: OfferView,
  _app: App,
  _placed: PlacedInstances,
  _context: MatchContext,
): Match | NoMatch {
  throw new Error('comes within the hour');
}
