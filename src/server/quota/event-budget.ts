// What the event logs of a project's machines may hold together. Where that is more than the project may have, the log that grows drops its
// oldest events, as it does for a bound of its own.

export class EventBudget {
  /** Infinite if there is none. */
  limit = Number.POSITIVE_INFINITY;
  held = 0;

  get isExceeded(): boolean {
    return this.held > this.limit;
  }
}
