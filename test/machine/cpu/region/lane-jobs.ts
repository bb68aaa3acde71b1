// The loops of lane-writers.ts: first it is learnt which lanes of XMM0 and XMM1 are zero or normal, then one of them is written, and
// then each lane is added to 1, where a denormal one must set DE and nothing else tells.

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

/** What relies on a lane: MOVAPS or PSHUFD to XMM2, and sums with 1, in which it is the second operand or the first. */
const LANES = {
  doubles: { second: '0f28def20f58da', first: 'f20f58d6', moves: ['0f28d0', '660f70d0ee'] },
  singles: { second: '0f28dff30f58da', first: 'f30f58d7', moves: ['0f28d0', '660f70d055', '660f70d0aa', '660f70d0ff'] },
};
type Lanes = keyof typeof LANES;
type Place = 'first' | 'second';

const sums = (lanes: Lanes, place: Place): number[] =>
  LANES[lanes].moves.flatMap((move, n) => [...bytesOf(move + LANES[lanes][place]), ...keepControl(n)]);

const LDMXCSR = bytesOf('0fae16');

function bodyOf(
  { opcode, immediate }: LaneWriter,
  form: LaneWriter['forms'][number],
  learnt: Learnt,
  lanes: Lanes,
  place: Place,
): number[] {
  return [
    ...bytesOf('488b4710'), // mov rax, [rdi+16]
    ...learn(learnt),
    ...LDMXCSR,
    ...bytesOf(opcode + MODRM[form]),
    ...(immediate === undefined ? [] : [immediate]),
    ...[0x0f, 0x29, 0x47, RESULT], // movaps [rdi+32], xmm0
    ...LDMXCSR,
    ...sums(lanes, place),
  ];
}

/** The lanes as first operands behind moves alone: there is no difference behind the others. */
export function laneJobs(
  writer: LaneWriter,
): { readonly form: string; readonly learnt: string; readonly lanes: string; readonly job: Job }[] {
  const vectors = VECTORS.map(([low, high]) => new Uint8Array(BigUint64Array.of(low, high).buffer));
  const operands = vectors.flatMap((x) => vectors.map((y) => [x, y] as const));
  const places: readonly Place[] = writer.name.startsWith('MOV') ? ['first', 'second'] : ['second'];
  const all = places.flatMap((place) => (['doubles', 'singles'] as const).map((lanes) => ({ place, lanes })));
  return writer.forms.flatMap((form) =>
    (Object.keys(LEARNT) as Learnt[]).flatMap((learnt) =>
      all.map(({ place, lanes }) => ({
        form,
        learnt,
        lanes: `${lanes} as ${place} operands`,
        job: loopJob(turns(bodyOf(writer, form, learnt, lanes, place)), operands, MXCSR, MXCSR),
      })),
    ),
  );
}
