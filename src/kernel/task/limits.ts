// Resource limits (getrlimit(2)). Infinity stands for RLIM_INFINITY.

import { STACK_LIMIT } from '../abi/layout.ts';

export const RLIMIT = {
  CPU: 0,
  FSIZE: 1,
  DATA: 2,
  STACK: 3,
  CORE: 4,
  RSS: 5,
  NPROC: 6,
  NOFILE: 7,
  MEMLOCK: 8,
  AS: 9,
  LOCKS: 10,
  SIGPENDING: 11,
  MSGQUEUE: 12,
  NICE: 13,
  RTPRIO: 14,
  RTTIME: 15,
} as const;

export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

export const FREE_LIMIT: Limit = { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };

/** What the first process of a machine has; children inherit. */
export function startingLimits(): Limit[] {
  const limits = Array.from({ length: 16 }, () => FREE_LIMIT);
  limits[RLIMIT.STACK] = { soft: STACK_LIMIT, hard: Number.POSITIVE_INFINITY };
  limits[RLIMIT.CORE] = { soft: 0, hard: Number.POSITIVE_INFINITY };
  limits[RLIMIT.NPROC] = { soft: 4096, hard: 4096 };
  limits[RLIMIT.NOFILE] = { soft: 1024, hard: 1_048_576 };
  limits[RLIMIT.MEMLOCK] = { soft: 8 << 20, hard: 8 << 20 };
  limits[RLIMIT.SIGPENDING] = { soft: 4096, hard: 4096 };
  limits[RLIMIT.MSGQUEUE] = { soft: 819_200, hard: 819_200 };
  limits[RLIMIT.NICE] = { soft: 0, hard: 0 };
  limits[RLIMIT.RTPRIO] = { soft: 0, hard: 0 };
  return limits;
}
