// Why generated code stopped, as it leaves it in the CPU block. The range says where RIP is.

export const STOP_REASON = {
  // RIP is that of the record CURRENT.
  DEADLINE: 0,
  MISS: 1,
  /** A fault raised by a definition: vector | error code << 8 in STOP_DETAIL. */
  FAULT: 2,
  /** A fault raised by the slow path: the exception waits in TypeScript. */
  ACCESS: 3,
  /** STOP_DETAIL is the helper's number. */
  HELPER: 4,
  /** CURRENT is a HEAT record that has counted to zero. */
  HOT: 5,
  /** CURRENT is a SPANNING record whose pages were not looked at in this address space. */
  UNPROVEN: 6,
  /** CURRENT is a head whose region gave up on entry: its frame is not on one page. */
  REFUSED: 7,
  // RIP is behind CURRENT.
  SYSCALL: 16,
  /** Vector in STOP_DETAIL. */
  TRAP: 17,
  /** RFLAGS.TF or the like may have changed. */
  RECHECK: 18,
  // RIP is set already.
  JUMP: 32,
} as const;
export const FIRST_BEHIND = 16;
export const FIRST_SET = 32;
