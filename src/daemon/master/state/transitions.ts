// Which agents have a change on its way to the registry: nothing else may be made of them until it is durable.

/** Agent ids. `delete` when the change is in the books. */
export class Transitions {
  readonly #underWay = new Map<string, PromiseWithResolvers<void>>();

  has(agentId: string): boolean {
    return this.#underWay.has(agentId);
  }

  add(agentId: string): void {
    if (!this.#underWay.has(agentId)) this.#underWay.set(agentId, Promise.withResolvers());
  }

  delete(agentId: string): void {
    const ended = this.#underWay.get(agentId);
    this.#underWay.delete(agentId);
    ended?.resolve();
  }

  /**
   * `add`, when there is none of this agent any more; at once when there is none now. What was true of the agent before has
   * to be looked at again.
   */
  async claim(agentId: string): Promise<void> {
    for (let present = this.#underWay.get(agentId); present; present = this.#underWay.get(agentId)) {
      await present.promise;
    }
    this.add(agentId);
  }
}
