// Changes of single servers while HAProxy runs (haproxy.md 11): sent, read back, and cleaned up after.
import type { World } from '../../../world/world.ts';
import { type Files, type Leftover, planChange } from '../../plan/plan-change.ts';
import type { AdminSocket } from '../../runtime/admin-socket.ts';
import type { RuntimeCommand } from '../../runtime/command-text.ts';
import { RuntimeError } from '../../runtime/runtime-error.ts';
import { type Draft, noteApplied } from '../memory/draft.ts';
import type { ApplySettings } from '../settings.ts';

/** Those of one turn. */
export class RuntimeChanges {
  readonly #clock: World['clock'];
  readonly #settings: Pick<ApplySettings, 'drainMs'>;
  readonly #admin: AdminSocket | undefined;
  readonly #draft: Draft;
  readonly #warnings: string[];
  /** Commands sent so far. */
  commands = 0;

  constructor(
    { clock }: Pick<World, 'clock'>,
    settings: Pick<ApplySettings, 'drainMs'>,
    admin: AdminSocket | undefined,
    draft: Draft,
    warnings: string[],
  ) {
    this.#clock = clock;
    this.#settings = settings;
    this.#admin = admin;
    this.#draft = draft;
    this.#warnings = warnings;
  }

  /** Brings HAProxy to `next`; says why it takes a reload after all. */
  async bring(commands: readonly RuntimeCommand[], next: Files): Promise<string | undefined> {
    const admin = this.#admin;
    if (admin === undefined) return 'there is no runtime socket';
    try {
      for (const command of commands) await this.#run(admin, command);
      // Read back: what HAProxy says of a command and what it does have been two things before (haproxy.md 11.7).
      const rest = planChange(next, next, await admin.serversState());
      if (rest.kind !== 'nothing') return 'changes while it runs did not take';
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      return error.message;
    }
    noteApplied(this.#draft, next, this.#clock.nowMs());
    this.#draft.runtimeUpdates += 1;
    return undefined;
  }

  /** What a reload that has to wait will bring anyway: whatever fails is a warning. */
  async tryAhead(commands: readonly RuntimeCommand[]): Promise<void> {
    const admin = this.#admin;
    if (admin === undefined) return;
    for (const command of commands) {
      try {
        await this.#run(admin, command);
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        this.#warnings.push(error.message);
      }
    }
  }

  /** Servers that are in no file and had connections the last time (haproxy.md 11.5). */
  async cleanUp(leftovers: readonly Leftover[]): Promise<void> {
    const known = this.#draft.leftovers;
    const stillThere: Record<string, number> = {};
    const nowMs = this.#clock.nowMs();
    for (const { backend, server } of leftovers) {
      const key = `${backend}/${server}`;
      const sinceMs = known[key] ?? nowMs;
      try {
        if (nowMs - sinceMs > this.#settings.drainMs) await this.#admin?.shutdownSessions(backend, server);
        if ((await this.#admin?.run({ kind: 'remove', backend, server })) !== 'done') stillThere[key] = sinceMs;
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        stillThere[key] = sinceMs;
      }
    }
    this.#draft.leftovers = stillThere;
  }

  async #run(admin: AdminSocket, command: RuntimeCommand): Promise<void> {
    this.commands += 1;
    if ((await admin.run(command)) === 'done') return;
    const { leftovers } = this.#draft;
    const key = `${command.backend}/${command.server}`;
    this.#draft.leftovers = { ...leftovers, [key]: leftovers[key] ?? this.#clock.nowMs() };
  }
}
