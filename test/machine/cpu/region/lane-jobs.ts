// The loops of lane-writers.ts: first it is learnt which lanes of XMM0 and XMM1 are zero or normal, then one of them is written, and
// then each lane is added to itself, where a denormal one must set DE.

import type { Job } from '../../../../fuzz/cpu/native/batch.ts';
import { RESULT, bytesOf, keepControl, loopJob, turns } from './float-loop.ts';
import { type LaneWriter, VECTORS } from './lane-writers.ts';

/** PE is set, so that sums change no flag but for odd operands. */
const MXCSR = 0x1fa0;

/** What is known before: sums of zeros with both registers tell. */
const LEARNT = { nothing: '', doubles: '66', singles: '' };
type Learnt = keyof typeof LEARNT;

const learn = (what: Learnt): number[] =>
  what === 'nothing' ? [] : ['d0', 'd1'].flatMap((modrm) => bytesOf(`0f57d2${LEARNT[what]}0f58${modrm}`)); // xorps xmm2, xmm2; add xmm2, xmm0/1

const MODRM: Readonly<Record<LaneWriter['forms'][number], string>> = {
  register: 'c1',
  same: 'c0',
  memory: '4710',
  stored: 'c8',
  general: 'c0',
};

/** MOVAPS or PSHUFD of a lane to XMM2, and the sum of that with itself. */
const LANES = ['0f28d0f20f58d2', '660f70d0eef20f58d2', '0f28d0f30f58d2', '660f70d055f30f58d2', '660f70d0aaf30f58d2', '660f70d0fff30f58d2'];

function bodyOf({ opcode, immediate }: LaneWriter, form: LaneWriter['forms'][number], learnt: Learnt): number[] {
  return [
    ...bytesOf('488b4710'), // mov rax, [rdi+16]
    ...learn(learnt),
    0x0f,
    0xae,
    0x16, // ldmxcsr [rsi]
    ...bytesOf(opcode + MODRM[form]),
    ...(immediate === undefined ? [] : [immediate]),
    ...[0x0f, 0x29, 0x47, RESULT],
    0x0f,
    0xae,
    0x16,
    ...LANES.flatMap((sum, n) => [...bytesOf(sum), ...keepControl(n)]),
  ];
}

export function laneJobs(writer: LaneWriter): { readonly form: string; readonly learnt: string; readonly job: Job }[] {
  const vectors = VECTORS.map(([low, high]) => new Uint8Array(BigUint64Array.of(low, high).buffer));
  const operands = vectors.flatMap((x) => vectors.map((y) => [x, y] as const));
  return writer.forms.flatMap((form) =>
    (Object.keys(LEARNT) as Learnt[]).map((learnt) => ({
      form,
      learnt,
      job: loopJob(turns(bodyOf(writer, form, learnt)), operands, MXCSR, MXCSR),
    })),
  );
}
