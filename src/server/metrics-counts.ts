// What streams of events add up to, for all machines that are and were.

export interface StreamCounts {
  appended: number;
  subscribers: number;
  dropped: number;
}

export const noStreams = (): StreamCounts => ({ appended: 0, subscribers: 0, dropped: 0 });
