// The loops of lane-writers.ts: first it is learnt which lanes of XMM0 and XMM1 are zero or normal, then one of them is written, and
// then each lane is added to 1, where a denormal one must set DE and nothing else tells.

import type { Job } from '../../../../fuzz/cpu/native/batch.ts';
import { RESULT, bytesOf, keepControl, loopJob, turns } from './float-loop.ts';
import { type LaneWriter, VECTORS } from './lane-writers.ts';

type Form = LaneWriter['forms'][number];

/** PE is set, so that sums change no flag but for odd operands. */
const MXCSR = 0x1fa0;

/** What is known before, of one operand, as a sum with zeros tells: of both it would be known only where both have nothing odd. */
const LEARNT = {
  nothing: '',
  'doubles of XMM0': '660f58d0',
  'singles of XMM0': '0f58d0',
  'doubles of XMM1': '660f58d1',
  'singles of XMM1': '0f58d1',
};
type Learnt = keyof typeof LEARNT;
/** Where XMM1 is the second operand. */
const readsSecond = (form: Form): boolean => form === 'register' || form === 'stored';

const MODRM: Readonly<Record<Form, string>> = {
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

function bodyOf({ opcode, immediate }: LaneWriter, form: Form, learnt: Learnt, lanes: Lanes, place: Place): number[] {
  return [
    ...bytesOf('488b4710'), // mov rax, [rdi+16]
    ...bytesOf(`0f57d2${LEARNT[learnt]}`), // xorps xmm2, xmm2
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
    (Object.keys(LEARNT) as Learnt[])
      .filter((learnt) => readsSecond(form) || !learnt.endsWith('XMM1'))
      .flatMap((learnt) =>
        all.map(({ place, lanes }) => ({
          form,
          learnt,
          lanes: `${lanes} as ${place} operands`,
          job: loopJob(turns(bodyOf(writer, form, learnt, lanes, place)), operands, MXCSR, MXCSR),
        })),
      ),
  );
}
