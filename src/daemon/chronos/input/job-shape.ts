// JSON shape of a job: every member but the name may be missing, unknown ones are ignored (chronos.md 2.1).
import * as z from 'zod';
import { CalendarError } from '../calendar/calendar-error.ts';
import { constraint } from './constraint.ts';
import { container } from './container.ts';
import { parseDurationMs } from './duration.ts';
import { amount, count, factor, flag, member, name, optional, refuse, text, word } from './members.ts';

/** An ISO duration as written and in ms; an empty one is none. */
const duration = text.transform((written, context) => {
  if (written.trim() === '') return undefined;
  try {
    return { text: written.trim(), ms: parseDurationMs(written) };
  } catch (error) {
    if (error instanceof CalendarError) return refuse(context, error.message);
    throw error;
  }
});

/** ms since 1970 of an ISO instant; an empty one is none. */
const instant: z.ZodType<number | undefined> = text.transform((written, context) => {
  if (written.trim() === '') return undefined;
  const ms = Date.parse(written);
  return Number.isNaN(ms) ? refuse(context, `an instant is expected, not '${written}'`) : ms;
});

const fetchItem = z.object({
  uri: name,
  executable: member(flag, false),
  cache: member(flag, false),
  extract: member(flag, true),
  output_file: member(text, ''),
});

const CHANNELS = ['mail', 'slack', 'mattermost', 'http'] as const;
const OCCASIONS = ['failure', 'recovered', 'late', 'disabled', 'removed', 'success'] as const;

/** What is in it, defaults filled in; the schedule and the parents as they came. */
export const jobShape = z.object({
  name,
  command: member(text, ''),
  arguments: member(z.array(text), []),
  shell: member(flag, true),
  executor: member(text, ''),
  executorFlags: member(text, ''),
  taskInfoData: member(text, ''),
  description: member(text, ''),
  owner: member(text, ''),
  ownerName: member(text, ''),
  retries: member(count, 2),
  cpus: member(amount, 0),
  mem: member(amount, 0),
  disk: member(amount, 0),
  disabled: member(flag, false),
  softError: member(flag, false),
  highPriority: member(flag, false),
  concurrent: member(flag, false),
  maxCompletionTime: member(count, 0),
  epsilon: optional(duration),
  async: member(flag, false),
  runAsUser: member(text, ''),
  environmentVariables: member(z.array(z.object({ name, value: member(text, '') })), []),
  uris: member(z.array(name), []),
  fetch: member(z.array(fetchItem), []),
  constraints: member(z.array(constraint), []),
  container: optional(container),
  dataProcessingJobType: member(flag, false),
  notify: optional(z.object({ on: z.array(word(...OCCASIONS)), channels: optional(z.array(word(...CHANNELS))) })),
  retryDelay: optional(duration),
  retryFactor: member(factor, 1),
  schedule: optional(text),
  cron: optional(text),
  scheduleTimeZone: member(text, ''),
  originalSchedule: optional(text),
  parents: optional(z.array(text)),
  // Of new jobs, and of those that are imported (chronos.md 2.2.2).
  successCount: member(count, 0),
  errorCount: member(count, 0),
  errorsSinceLastSuccess: member(count, 0),
  lastSuccess: optional(instant),
  lastError: optional(instant),
});

/** What it lets through. */
export type JobShape = z.infer<typeof jobShape>;
