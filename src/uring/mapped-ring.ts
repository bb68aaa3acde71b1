// Pages of a ring as a range of memory shows them. The range holds the ring's file, as every mapping of a file does in Linux: a ring whose
// descriptor is closed goes on as long as any of its memory is mapped.

import type { Kernel } from '../kernel/kernel.ts';
import type { PageSource, SharedPages } from '../kernel/mm/page-source.ts';
import { dropReference } from '../kernel/vfs/fd-table.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';

export class MappedRing implements PageSource {
  static readonly transient = ['kernel'];

  private readonly file: FileDescription;
  private readonly pages: SharedPages;
  /** Ranges end inside changes of address spaces, which know no kernel. */
  private readonly kernel: Kernel;

  constructor(kernel: Kernel, file: FileDescription, pages: SharedPages) {
    this.kernel = kernel;
    this.file = file;
    this.pages = pages;
  }

  get size(): number {
    return this.pages.size;
  }

  pageFrame(index: number, create: boolean): number {
    return this.pages.pageFrame(index, create);
  }

  hold(): void {
    this.file.references++;
    this.pages.hold();
  }

  drop(): void {
    this.pages.drop();
    dropReference(this.kernel, this.file);
  }
}
