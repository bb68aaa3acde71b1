// What a description of a result is made of. A terminal shows the texts and tables, HTML all of it.

export type Block = Heading | Paragraph | Table | Bars | Distribution | Tracks;

export interface Heading {
  readonly kind: 'heading';
  readonly text: string;
}

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: string;
  /** "aside": what must be known before a figure is read. */
  readonly tone?: 'plain' | 'aside';
}

export interface Table {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Too much for a terminal. */
  readonly detail?: boolean;
}

export interface Column {
  readonly heading: string;
  readonly align: 'start' | 'end';
}

/** Bars of parts that add up. */
export interface Bars {
  readonly kind: 'bars';
  readonly caption: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly label: string;
  /** Equal names have equal colours. */
  readonly parts: readonly { readonly name: string; readonly value: number }[];
}

export interface Distribution {
  readonly kind: 'distribution';
  readonly caption: string;
  readonly unit: string;
  readonly series: readonly { readonly label: string; readonly values: readonly number[] }[];
}

/** What was done when. */
export interface Tracks {
  readonly kind: 'tracks';
  readonly caption: string;
  readonly unit: string;
  /** What is shown: spans that lie beyond are left out. `to` is above `from`. */
  readonly from: number;
  readonly to: number;
  readonly tracks: readonly Track[];
}

export interface Track {
  readonly label: string;
  /** Equal names have equal colours. */
  readonly spans: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

export const text = (heading: string): Column => ({ heading, align: 'start' });
export const figure = (heading: string): Column => ({ heading, align: 'end' });
