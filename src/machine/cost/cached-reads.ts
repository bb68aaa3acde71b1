// What a read of a cached file costs on the report's machine, from its `normal` row alone: 200 whole-file reads of 4 KiB, 4 MiB and 40 MiB,
// a third each, took 259, 38753 and 698487 us. Three figures make three constants, which every way to a cached page shares.

import { CONSTANTS, type CostTable } from './constants.ts';

const CYCLES_PER_MICROSECOND = 3386;
const READS = 200 / 3;
const LINES = 64;
const cyclesOf = (microseconds: number): number => (microseconds / READS) * CYCLES_PER_MICROSECOND;

const [ONE_PAGE, MANY, FAR] = [cyclesOf(259), cyclesOf(38_753), cyclesOf(698_487)];
const [PAGES_OF_MANY, PAGES_OF_FAR] = [1024, 10_240];
const PAGE_COPY = LINES * CONSTANTS.copy_per_64_bytes.cycles;

/** The longer read less the shorter one is pages; what is left of the shorter one is the call; what pages cost beyond the cache is the rest. */
const PAGE = Math.round((MANY - ONE_PAGE) / (PAGES_OF_MANY - 1)) - PAGE_COPY;
const CALL = Math.round(ONE_PAGE) - CONSTANTS.syscall.cycles - PAGE - PAGE_COPY;
const FAR_LINE = Math.round(((FAR - CONSTANTS.syscall.cycles - CALL) / PAGES_OF_FAR - PAGE - PAGE_COPY) / LINES);

const REPORT = "derived from the report's `normal` row";

export const CACHED_READS_OF_REPORT: Partial<CostTable> = {
  file_operation: { cycles: CALL, source: `${REPORT}: 4 KiB in 3.9 us, less syscall, page_cache_page and the copy` },
  page_cache_page: { cycles: PAGE, source: `${REPORT}: what each page of 4 MiB adds to a read (0.14 ns a byte), less the copy` },
  copy_far_per_64_bytes: { cycles: FAR_LINE, source: `${REPORT}: what 40 MiB (0.25 ns a byte) takes longer for each 64 bytes than 4 MiB` },
};
