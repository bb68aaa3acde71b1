// Figures that others have published, to stand beside the model's. None of them is measured here.

export interface PublishedFigure {
  readonly what: string;
  readonly figure: string;
  readonly role: string;
  readonly source: string;
}

/** UIPI end to end, SENDUIPI to handler, on silicon; the model's flight time is set so that its own sum is this. */
export const END_TO_END_CYCLES = 1360;

export const PUBLISHED: readonly PublishedFigure[] = [
  {
    what: 'UIPI end to end, receiver running',
    figure: `${END_TO_END_CYCLES} cycles, 680 ns`,
    role: 'input of the model',
    source: 'xUI, ASPLOS 2025 (Xeon Gold 5420+, 2.0 GHz fixed)',
  },
  { what: 'SENDUIPI that sends an IPI', figure: '383 cycles', role: 'input of the model', source: 'xUI, ASPLOS 2025' },
  {
    what: 'receiver’s cost of one UIPI: notification, delivery, UIRET',
    figure: '720 cycles',
    role: 'input of the model',
    source: 'xUI, ASPLOS 2025',
  },
  {
    what: 'UIPI one way, loaded database, 8 threads',
    figure: 'min 371, P50 514, P99 794 ns',
    role: 'context: another clock',
    source: 'PreemptDB, SIGMOD 2025',
  },
  {
    what: 'ping-pong latency of blocked UIPI, relative to UIPI',
    figure: '8.9',
    role: 'context here: round trips',
    source: 'cover letter of the Linux RFC, September 2021',
  },
];
