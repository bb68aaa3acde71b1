// One line of progress on standard error, only where that is a terminal; it is gone when the work is done.

export interface Progress {
  show(text: string): void;
  clear(): void;
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Not more often than this, so that a fast upload does not flood a slow terminal. */
const INTERVAL_MILLISECONDS = 80;

export function progressOn(stream: Terminal = process.stderr): Progress {
  if (stream.isTTY !== true || process.env['TERM'] === 'dumb') return { show: () => {}, clear: () => {} };
  let shown = false;
  let last = Number.NEGATIVE_INFINITY;
  return {
    show(text) {
      const now = performance.now();
      if (now - last < INTERVAL_MILLISECONDS) return;
      last = now;
      shown = true;
      stream.write(`\r\u001b[K${text.slice(0, (stream.columns || 80) - 1)}`);
    },
    clear() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
      last = Number.NEGATIVE_INFINITY;
    },
  };
}
