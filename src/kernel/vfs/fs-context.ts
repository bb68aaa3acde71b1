// Root, working directory and umask of a task; shared by CLONE_FS.

import type { Dentry } from './dentry.ts';

export class FsContext {
  root: Dentry;
  cwd: Dentry;
  umask: number;

  constructor(root: Dentry, cwd: Dentry, umask = 0o022) {
    this.root = root;
    this.cwd = cwd;
    this.umask = umask;
  }

  /** fork without CLONE_FS. */
  copy(): FsContext {
    return new FsContext(this.root, this.cwd, this.umask);
  }
}
