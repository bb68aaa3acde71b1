// What is wrong with something in the data directory, and what to do about it: for the person who starts the daemon.

export class StoreError extends Error {
  readonly path: string;
  readonly problem: string;
  readonly remedy: string;

  /** `problem` continues a sentence that begins with the path. */
  constructor(path: string, problem: string, remedy: string) {
    super(`${path} ${problem}; ${remedy}`);
    this.path = path;
    this.problem = problem;
    this.remedy = remedy;
  }
}
