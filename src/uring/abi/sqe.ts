// Submission entries, one after the other, read where they are. Only preparation may look: afterwards the entry belongs to the program again.

export const SQE_FLAG = {
  FIXED_FILE: 1,
  IO_DRAIN: 2,
  IO_LINK: 4,
  IO_HARDLINK: 8,
  ASYNC: 16,
  BUFFER_SELECT: 32,
  CQE_SKIP_SUCCESS: 64,
} as const;
export const SQE_FLAGS_KNOWN = 0x7f;

export const CQE_FLAG = { BUFFER: 1, MORE: 2, SOCK_NONEMPTY: 4, NOTIF: 8, BUF_MORE: 16, SKIP: 32, BIG: 1 << 15 } as const;
/** The number of the chosen buffer is in the bits from here on (CQE_FLAG.BUFFER). */
export const CQE_BUFFER_SHIFT = 16;

export class Sqe {
  private readonly view: DataView;
  private at = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  /** To the entry at this offset of the view. */
  moveTo(at: number): void {
    this.at = at;
  }

  get opcode(): number {
    return this.view.getUint8(this.at);
  }
  get flags(): number {
    return this.view.getUint8(this.at + 1);
  }
  get ioprio(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  get fd(): number {
    return this.view.getInt32(this.at + 4, true);
  }
  /** off, addr2. */
  get offset(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  get addr(): bigint {
    return this.view.getBigUint64(this.at + 16, true);
  }
  /** As an address: what is too large for one stays too large. */
  get address(): number {
    return Number(this.addr);
  }
  get len(): number {
    return this.view.getUint32(this.at + 24, true);
  }
  /** rw_flags, fsync_flags, poll32_events, timeout_flags, ...: the operation's own word. */
  get operationFlags(): number {
    return this.view.getUint32(this.at + 28, true);
  }
  get userData(): bigint {
    return this.view.getBigUint64(this.at + 32, true);
  }
  /** buf_index, buf_group. */
  get bufferIndex(): number {
    return this.view.getUint16(this.at + 40, true);
  }
  get personality(): number {
    return this.view.getUint16(this.at + 42, true);
  }
  /** file_index, splice_fd_in. */
  get fileIndex(): number {
    return this.view.getUint32(this.at + 44, true);
  }
  get addr3(): bigint {
    return this.view.getBigUint64(this.at + 48, true);
  }
  /** The reserved word behind addr3. */
  get pad(): bigint {
    return this.view.getBigUint64(this.at + 56, true);
  }
}
