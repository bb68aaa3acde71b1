// The io_uring of a machine: its rings. The board makes it and gives its system calls to the kernel.

export class Uring {
  /** Numbers given out so far. */
  rings = 0;
  requests = 0;
}
