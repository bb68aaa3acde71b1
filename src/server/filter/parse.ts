// Filters of lists (google.aip.dev/160) as trees. As there, OR binds closer than AND, and comparisons side by side are joined by AND.

import { invalidField } from '../../machine/errors.ts';

export const COMPARATORS = ['<=', '>=', '!=', '=', '<', '>', ':'] as const;
export type Comparator = (typeof COMPARATORS)[number];

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'compare'; readonly field: string; readonly comparator: Comparator; readonly value: string };

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(<=|>=|!=|[=<>:()])|(-(?=[\w("']))|([^\s"'()<>=!:]+))/y;
const DEEPEST = 32;

interface Token {
  readonly kind: 'quoted' | 'symbol' | 'minus' | 'word';
  readonly text: string;
}

/** Null for an empty one. Throws INVALID_FIELD for `field`. */
export function parseFilter(field: string, text: string): Filter | null {
  const tokens = tokenize(field, text);
  if (tokens.length === 0) return null;
  return new Parser(field, tokens).parse();
}

function tokenize(field: string, text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end; ) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw invalidField(field, `cannot be read from ${JSON.stringify(text.slice(at, at + 40))} on`);
    const [, quoted, symbol, minus, word] = match;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.slice(1, -1).replace(/\\(.)/gs, '$1') });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (minus !== undefined) tokens.push({ kind: 'minus', text: minus });
    else tokens.push({ kind: 'word', text: word! });
  }
  return tokens;
}

class Parser {
  private readonly field: string;
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(field: string, tokens: readonly Token[]) {
    this.field = field;
    this.tokens = tokens;
  }

  parse(): Filter {
    const filter = this.conjunction();
    if (this.at < this.tokens.length) throw this.unexpected('the end');
    return filter;
  }

  private conjunction(): Filter {
    const parts = [this.disjunction()];
    while (this.at < this.tokens.length && !this.isSymbol(')')) {
      this.takeWord('AND');
      parts.push(this.disjunction());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  private disjunction(): Filter {
    const parts = [this.term()];
    while (this.takeWord('OR')) parts.push(this.term());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  private term(): Filter {
    if (++this.depth > DEEPEST) throw invalidField(this.field, `is nested deeper than ${DEEPEST} levels`);
    try {
      if (this.takeWord('NOT') || this.take('minus')) return { kind: 'not', part: this.term() };
      if (!this.isSymbol('(')) return this.comparison();
      this.at++;
      const inner = this.conjunction();
      if (!this.isSymbol(')')) throw this.unexpected('")"');
      this.at++;
      return inner;
    } finally {
      this.depth--;
    }
  }

  private comparison(): Filter {
    const field = this.take('word');
    if (!field) throw this.unexpected('the name of a field');
    const comparator = this.take('symbol')?.text as Comparator | undefined;
    if (!comparator || !COMPARATORS.includes(comparator))
      throw invalidField(this.field, `"${field.text}" must be compared: field = "value"`);
    const value = this.take('quoted') ?? this.take('word');
    if (!value) throw this.unexpected('a value');
    return { kind: 'compare', field: field.text, comparator, value: value.text };
  }

  private take(kind: Token['kind']): Token | undefined {
    return this.tokens[this.at]?.kind === kind ? this.tokens[this.at++] : undefined;
  }

  private takeWord(text: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'word' || token.text !== text) return false;
    this.at++;
    return true;
  }

  private isSymbol(text: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === 'symbol' && token.text === text;
  }

  private unexpected(wanted: string): Error {
    const token = this.tokens[this.at];
    return invalidField(this.field, `has ${token ? JSON.stringify(token.text) : 'its end'} where ${wanted} should be`);
  }
}
