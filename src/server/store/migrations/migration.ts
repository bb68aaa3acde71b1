// A step that brings the database of an older version to this one's. Steps are only ever added: a database that has taken one keeps it.

export interface Migration {
  /** Unique; steps are taken in ascending order. Another branch may have taken the next one: leave gaps between subjects. */
  readonly number: number;
  /** A word or two, for people. */
  readonly name: string;
  readonly sql: string;
}
