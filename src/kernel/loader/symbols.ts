// The symbol table of a program: turns addresses into "main+0x1c" for events and reports (ELF-64 object file format, symbol table).

export interface ProgramSymbol {
  /** Where it was loaded. */
  readonly address: number;
  /** 0 if the file does not say: then it reaches to the next one. */
  readonly size: number;
  readonly name: string;
}

export class SymbolTable {
  /** By ascending address. */
  private readonly symbols: readonly ProgramSymbol[];

  constructor(symbols: readonly ProgramSymbol[]) {
    this.symbols = [...symbols].sort((a, b) => a.address - b.address || b.size - a.size);
  }

  /** "main+0x1c", "main" at its first byte, "" if no symbol covers the address. */
  describe(address: bigint | number): string {
    const at = Number(address);
    const symbol = this.find(at);
    if (!symbol) return '';
    return at === symbol.address ? symbol.name : `${symbol.name}+0x${(at - symbol.address).toString(16)}`;
  }

  /** Address of a name, -1 if there is none. */
  addressOf(name: string): number {
    return this.symbols.find((symbol) => symbol.name === name)?.address ?? -1;
  }

  /** These and `more`. */
  with(more: readonly ProgramSymbol[]): SymbolTable {
    return new SymbolTable([...this.symbols, ...more]);
  }

  get length(): number {
    return this.symbols.length;
  }

  private find(address: number): ProgramSymbol | null {
    let low = 0;
    let high = this.symbols.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.symbols[middle]!.address > address) high = middle;
      else low = middle + 1;
    }
    const next = this.symbols[low];
    for (let i = low - 1; i >= 0 && i >= low - 8; i--) {
      const symbol = this.symbols[i]!;
      const end = symbol.size > 0 ? symbol.address + symbol.size : (next?.address ?? symbol.address + 1);
      if (address < end) return symbol;
    }
    return null;
  }
}
