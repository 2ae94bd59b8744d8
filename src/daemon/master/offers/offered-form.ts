// Resources as a framework of given capabilities is told them (mesos-api.md 12.3, 17.14).
import type { Resource } from '../../../mesos/generated/v1.ts';
import { toPreFormat } from '../../../mesos/resources/reservation-format.ts';
import type { Resources } from '../../../mesos/resources.ts';

/** Old frameworks see no `allocation_info` and the old reservation format, which cannot say refined reservations. */
export function offeredForm(resources: Resources, capabilities: ReadonlySet<string>): Resource[] {
  const shown = capabilities.has('MULTI_ROLE') ? resources : resources.unallocated();
  const messages = shown.toMessages();
  if (capabilities.has('RESERVATION_REFINEMENT')) return messages;
  return messages.flatMap((message) => toPreFormat(message) ?? []);
}
