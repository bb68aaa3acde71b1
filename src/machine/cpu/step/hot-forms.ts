// The forms that the dispatch loop holds as arms of its br_table: those executed most by the programs of the cpu
// benchmark, a static busybox shell and musl's and glibc's string functions. Order does not matter.
// A name is iced's Code and the shape: R register, B base + displacement, I indexed.

export const HOT_FORMS: readonly string[] = [];
