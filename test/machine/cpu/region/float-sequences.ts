// Sequences that show what regions know of floats (region-floats.ts): the MXCSR that they are made for, and lanes that are zero or normal.
// Each fails where one condition is left out: what the processor makes of it. Instructions by themselves are in float-operations.ts.

import type { Sequence } from '../sequence.ts';

export const floatSequences: readonly Sequence[] = [
  {
    name: 'a region that is entered with another rounding than it was made for: down',
    // head: divsd xmm0, xmm1; ldmxcsr [rsi]; dec ecx; jnz head; int3
    code: 'f20f5ec10fae16ffc975f5cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000402a000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: 'a03f0000' },
    expected: { xmm: { 0: '00000000000000003f783c977ab2bedd' }, mxcsr: 0x3fa0 },
  },
  {
    name: 'a region that is entered with another rounding than it was made for: up',
    // head: divsd xmm0, xmm1; ldmxcsr [rsi]; dec ecx; jnz head; int3
    code: 'f20f5ec10fae16ffc975f5cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000401c000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: 'a05f0000' },
    expected: { xmm: { 0: '00000000000000003f94e5e0a72f053a' }, mxcsr: 0x5fa0 },
  },
  {
    name: 'a region that is entered with another rounding than it was made for: towards zero',
    // head: divsd xmm0, xmm1; ldmxcsr [rsi]; dec ecx; jnz head; int3
    code: 'f20f5ec10fae16ffc975f5cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000402a000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: 'a07f0000' },
    expected: { xmm: { 0: '00000000000000003f783c977ab2bedd' }, mxcsr: 0x7fa0 },
  },
  {
    name: 'a region made where PE is set, entered where it is not',
    // head: divsd xmm0, xmm1; stmxcsr [rsi+4]; ldmxcsr [rsi]; dec ecx; jnz head; int3
    code: 'f20f5ec10fae5e040fae16ffc975f1cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000401c000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '801f0000' },
    expected: { xmm: { 0: '00000000000000003f94e5e0a72f0539' }, memory: { 0x39000004: 'a01f0000' } },
  },
  {
    name: 'a region made where #P is masked, entered where it is not',
    // head: divsd xmm0, xmm1; ldmxcsr [rsi]; dec ecx; jnz head; int3
    code: 'f20f5ec10fae16ffc975f5cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000401c000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: 'a00f0000' },
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'a region made where PE is not set and results are exact, entered with another rounding',
    // head: divsd xmm0, xmm1; ldmxcsr [rsi]; movapd xmm1, xmm2; dec ecx; jnz head; int3
    code: 'f20f5ec10fae16660f28caffc975f1cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '00000000000000004000000000000000', 2: '00000000000000004008000000000000' },
    mxcsr: 0x1f80,
    memory: { 0x39000000: '805f0000' },
    expected: { xmm: { 0: '00000000000000003fc5555555555556' }, mxcsr: 0x5f80 },
  },
  {
    name: 'another rounding within a region: down',
    // mulsd xmm2, xmm2; ldmxcsr [rsi]; divsd xmm0, xmm1; int3
    code: 'f20f59d20fae16f20f5ec1cc',
    gpr: { rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000402a000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: 'a03f0000' },
    expected: { xmm: { 0: '00000000000000003fb3b13b13b13b13' }, mxcsr: 0x3fa0 },
  },
  {
    name: 'another rounding within a region: up',
    // mulsd xmm2, xmm2; ldmxcsr [rsi]; divsd xmm0, xmm1; int3
    code: 'f20f59d20fae16f20f5ec1cc',
    gpr: { rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000401c000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: 'a05f0000' },
    expected: { xmm: { 0: '00000000000000003fc2492492492493' }, mxcsr: 0x5fa0 },
  },
  {
    name: 'another rounding within a region: towards zero',
    // mulsd xmm2, xmm2; ldmxcsr [rsi]; divsd xmm0, xmm1; int3
    code: 'f20f59d20fae16f20f5ec1cc',
    gpr: { rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000402a000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: 'a07f0000' },
    expected: { xmm: { 0: '00000000000000003fb3b13b13b13b13' }, mxcsr: 0x7fa0 },
  },
  {
    name: 'PE is no longer set within a region',
    // mulsd xmm2, xmm2; ldmxcsr [rsi]; divsd xmm0, xmm1; int3
    code: 'f20f59d20fae16f20f5ec1cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000401c000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '801f0000' },
    expected: { mxcsr: 0x1fa0 },
  },
  {
    name: '#P is no longer masked within a region',
    // mulsd xmm2, xmm2; ldmxcsr [rsi]; divsd xmm0, xmm1; int3
    code: 'f20f59d20fae16f20f5ec1cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000401c000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: 'a00f0000' },
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'another rounding within a region made for exact results',
    // mulsd xmm2, xmm2; ldmxcsr [rsi]; divsd xmm0, xmm1; int3
    code: 'f20f59d20fae16f20f5ec1cc',
    gpr: { rcx: 2n, rsi: 0x39000000n },
    xmm: { 0: '00000000000000003ff0000000000000', 1: '0000000000000000401c000000000000' },
    mxcsr: 0x1f80,
    memory: { 0x39000000: '805f0000' },
    expected: { xmm: { 0: '00000000000000003fc2492492492493' }, mxcsr: 0x5fa0 },
  },
  {
    name: 'a lane that the next turn of a loop has changed',
    // addsd xmm2, xmm0; head: addsd xmm1, xmm0; movq xmm0, [rdi]; dec ecx; jnz head; int3
    code: 'f20f58d0f20f58c8f30f7e07ffc975f4cc',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 0: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '0100000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that a loop learns behind its head',
    // head: addsd xmm1, xmm0; test ecx, ecx; jz out; movapd xmm0, xmm3; addsd xmm2, xmm0; movapd xmm0, xmm4; dec ecx; jmp head; out: int3
    code: 'f20f58c885c97410660f28c3f20f58d0660f28c4ffc9ebe8cc',
    gpr: { rcx: 1n },
    xmm: { 0: '00000000000000003ff0000000000000', 3: '00000000000000003ff0000000000000', 4: '00000000000000000000000000000001' },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that only one of two ways has learnt: the way past it',
    // head: movq xmm0, [rdi]; mov eax, [rdi+8]; add rdi, 16; test eax, eax; jz over; addsd xmm2, xmm0; over: addsd xmm1, xmm0; dec ecx; jnz head; int3
    code: 'f30f7e078b47084883c71085c07404f20f58d0f20f58c8ffc975e5cc',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 4: '00000000000000000000000000000001', 5: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '000000000000f03f0100000000000000000000000000f03f000000000000000001000000000000000000000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that only one of two ways has learnt: the jump',
    // head: movq xmm0, [rdi]; mov eax, [rdi+8]; add rdi, 16; test eax, eax; jz over; nop; jmp join; over: addsd xmm2, xmm0; join: addsd xmm1, xmm0; dec ecx; jnz head; int3
    code: 'f30f7e078b47084883c71085c0740390eb04f20f58d0f20f58c8ffc975e2cc',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 4: '00000000000000000000000000000001', 5: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '000000000000f03f0100000000000000000000000000f03f000000000000000001000000000000000100000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that only one of two ways has changed: the way past it',
    // head: movq xmm0, [rdi]; mov eax, [rdi+8]; add rdi, 16; test eax, eax; movapd xmm6, xmm0; movapd xmm0, xmm5; addsd xmm2, xmm0; test eax, eax; jz over; movapd xmm0, xmm6; over: addsd xmm1, xmm0; dec ecx; jnz head; int3
    code: 'f30f7e078b47084883c71085c0660f28f0660f28c5f20f58d085c07404660f28c6f20f58c8ffc975d7cc',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 4: '00000000000000000000000000000001', 5: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '000000000000f03f0000000000000000000000000000f03f010000000000000001000000000000000100000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that only one of two ways has changed: the jump',
    // head: movq xmm0, [rdi]; mov eax, [rdi+8]; add rdi, 16; test eax, eax; movapd xmm6, xmm0; movapd xmm0, xmm5; addsd xmm2, xmm0; test eax, eax; jz over; addsd xmm2, xmm0; jmp join; over: movapd xmm0, xmm6; join: addsd xmm1, xmm0; dec ecx; jnz head; int3
    code: 'f30f7e078b47084883c71085c0660f28f0660f28c5f20f58d085c07406f20f58d0eb04660f28c6f20f58c8ffc975d1cc',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 4: '00000000000000000000000000000001', 5: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '000000000000f03f0000000000000000000000000000f03f010000000000000001000000000000000000000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that is learnt where a branch goes to, used where it does not go',
    // head: movq xmm0, [rdi]; mov eax, [rdi+8]; add rdi, 16; test eax, eax; jz over; addsd xmm1, xmm0; dec ecx; jnz head; int3; over: addsd xmm2, xmm0; dec ecx; jnz head; int3
    code: 'f30f7e078b47084883c71085c07409f20f58c8ffc975e9ccf20f58d0ffc975e0cc',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 4: '00000000000000000000000000000001', 5: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '000000000000f03f0000000000000000000000000000f03f010000000000000001000000000000000100000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that is learnt where a branch does not go, used where it goes to',
    // head: movq xmm0, [rdi]; mov eax, [rdi+8]; add rdi, 16; test eax, eax; jz over; addsd xmm2, xmm0; dec ecx; jnz head; int3; over: addsd xmm1, xmm0; dec ecx; jnz head; int3
    code: 'f30f7e078b47084883c71085c07409f20f58d0ffc975e9ccf20f58c8ffc975e0cc',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 4: '00000000000000000000000000000001', 5: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '000000000000f03f0000000000000000000000000000f03f010000000000000001000000000000000000000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that is learnt in a callee, used where it is not called',
    // head: movq xmm0, [rdi]; mov eax, [rdi+8]; add rdi, 16; test eax, eax; jz over; call callee; over: addsd xmm1, xmm0; dec ecx; jnz head; int3; callee: addsd xmm2, xmm0; ret
    code: 'f30f7e078b47084883c71085c07405e809000000f20f58c8ffc975e4ccf20f58d0c3',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 4: '00000000000000000000000000000001', 5: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '000000000000f03f0100000000000000000000000000f03f000000000000000001000000000000000000000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a lane that a callee changes',
    // head: movq xmm0, [rdi]; mov eax, [rdi+8]; add rdi, 16; test eax, eax; movapd xmm6, xmm0; movapd xmm0, xmm5; addsd xmm2, xmm0; call callee; addsd xmm1, xmm0; dec ecx; jnz head; int3; callee: movapd xmm0, xmm6; ret
    code: 'f30f7e078b47084883c71085c0660f28f0660f28c5f20f58d0e809000000f20f58c8ffc975dacc660f28c6c3',
    gpr: { rdi: 0x39000000n, rcx: 3n },
    xmm: { 4: '00000000000000000000000000000001', 5: '00000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '000000000000f03f0000000000000000000000000000f03f000000000000000001000000000000000000000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'an operand in memory, which stands for no register: XMM15',
    // cvttsd2si eax, [rsi]; addsd xmm1, xmm15; int3
    code: 'f20f2c06f2410f58cfcc',
    gpr: { rsi: 0x39000000n },
    xmm: { 1: '00000000000000003ff0000000000000', 15: '00000000000000000000000000000001' },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'an operand in memory, which stands for no register: XMM9',
    // cvttsd2si eax, fs:[rsi]; addsd xmm1, xmm9; int3
    code: '64f20f2c06f2410f58c9cc',
    xmm: { 1: '00000000000000003ff0000000000000', 9: '00000000000000000000000000000001' },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'one lane of four singles that is not known: 0',
    // addps xmm2, xmm0; movss xmm0, xmm4; addps xmm7, xmm0; int3
    code: '0f58d0f30f10c40f58f8cc',
    xmm: {
      0: '40800001408000014080000140800001',
      4: '00000000000000000000000000000001',
      6: '3ff00000000000003ff0000000000000',
      7: '3f8000003f8000003f8000003f800000',
    },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'one lane of four singles that is not known: 1',
    // addps xmm2, xmm0; pshuflw xmm0, xmm0, 0xa4; addps xmm7, xmm0; int3
    code: '0f58d0f20f70c0a40f58f8cc',
    xmm: {
      0: '40800001408000014080000140800001',
      4: '00000000000000000000000000000001',
      6: '3ff00000000000003ff0000000000000',
      7: '3f8000003f8000003f8000003f800000',
    },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'one lane of four singles that is not known: 2',
    // addps xmm2, xmm0; pshufhw xmm0, xmm0, 0xe0; addps xmm7, xmm0; int3
    code: '0f58d0f30f70c0e00f58f8cc',
    xmm: {
      0: '40800001408000014080000140800001',
      4: '00000000000000000000000000000001',
      6: '3ff00000000000003ff0000000000000',
      7: '3f8000003f8000003f8000003f800000',
    },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'one lane of four singles that is not known: 3',
    // addps xmm2, xmm0; pshufhw xmm0, xmm0, 0xa4; addps xmm7, xmm0; int3
    code: '0f58d0f30f70c0a40f58f8cc',
    xmm: {
      0: '40800001408000014080000140800001',
      4: '00000000000000000000000000000001',
      6: '3ff00000000000003ff0000000000000',
      7: '3f8000003f8000003f8000003f800000',
    },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'one lane of two doubles that is not known: 0',
    // addpd xmm2, xmm0; movlpd xmm0, [rdi]; addpd xmm6, xmm0; int3
    code: '660f58d0660f1207660f58f0cc',
    gpr: { rdi: 0x39000000n },
    xmm: { 0: '3ff00000000000003ff0000000000000', 6: '3ff00000000000003ff0000000000000', 7: '3f8000003f8000003f8000003f800000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '0100000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'one lane of two doubles that is not known: 1',
    // addpd xmm2, xmm0; movhpd xmm0, [rdi]; addpd xmm6, xmm0; int3
    code: '660f58d0660f1607660f58f0cc',
    gpr: { rdi: 0x39000000n },
    xmm: { 0: '3ff00000000000003ff0000000000000', 6: '3ff00000000000003ff0000000000000', 7: '3f8000003f8000003f8000003f800000' },
    mxcsr: 0x1fa0,
    memory: { 0x39000000: '0100000000000000' },
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'the upper half of a double that is normal: as a single it is not',
    // addps xmm2, xmm0; addsd xmm0, xmm1; pshufd xmm0, xmm0, 0x55; addss xmm7, xmm0; int3
    code: '0f58d0f20f58c1660f70c055f30f58f8cc',
    xmm: {
      0: '00000000000000000080000000000000',
      1: '0000000000000000807f000000000000',
      6: '3ff00000000000003ff0000000000000',
      7: '3f8000003f8000003f8000003f800000',
    },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a single that is normal, and the double that it is a half of is not',
    // cvtss2sd xmm0, xmm1; addsd xmm6, xmm1; int3
    code: 'f30f5ac1f20f58f1cc',
    xmm: { 1: '0000000000000000000000003f800000', 6: '3ff00000000000003ff0000000000000', 7: '3f8000003f8000003f8000003f800000' },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a scalar operand tells nothing of the lane above: doubles',
    // addsd xmm2, xmm0; addpd xmm6, xmm0; int3
    code: 'f20f58d0660f58f0cc',
    xmm: { 0: '00000000000000013ff0000000000000', 6: '3ff00000000000003ff0000000000000', 7: '3f8000003f8000003f8000003f800000' },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'a scalar operand tells nothing of the lanes above: singles',
    // addss xmm2, xmm0; addps xmm7, xmm0; int3
    code: 'f30f58d00f58f8cc',
    xmm: { 0: '000000013f8000003f8000003f800000', 6: '3ff00000000000003ff0000000000000', 7: '3f8000003f8000003f8000003f800000' },
    mxcsr: 0x1fa0,
    expected: { mxcsr: 0x1fa2 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: ADDSD',
    // addsd xmm0, xmm1; int3
    code: 'f20f58c1cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: MULPD',
    // mulpd xmm0, xmm1; int3
    code: '660f59c1cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: SQRTSD',
    // sqrtsd xmm0, xmm1; int3
    code: 'f20f51c1cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: ROUNDSD 0',
    // roundsd xmm0, xmm1, 0; int3
    code: '660f3a0bc100cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: ROUNDPD 1',
    // roundpd xmm0, xmm1, 1; int3
    code: '660f3a09c101cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: ROUNDSD 4',
    // roundsd xmm0, xmm1, 4; int3
    code: '660f3a0bc104cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: CVTSD2SI',
    // cvtsd2si eax, xmm1; int3
    code: 'f20f2dc1cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: CVTTPD2DQ',
    // cvttpd2dq xmm0, xmm1; int3
    code: '660fe6c1cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: CVTSD2SS',
    // cvtsd2ss xmm0, xmm1; int3
    code: 'f20f5ac1cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: CVTSI2SD',
    // cvtsi2sd xmm0, rax; int3
    code: 'f2480f2ac0cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'an inexact result where #P is not masked, and PE is set: CVTDQ2PS',
    // cvtdq2ps xmm0, xmm2; int3
    code: '0f5bc2cc',
    gpr: { rax: 0x7fffffffffffffffn },
    xmm: { 0: '3fd55555555555553fd5555555555555', 1: '3fb999999999999a3fb999999999999a', 2: '7fffffff7fffffff7fffffff7fffffff' },
    mxcsr: 0xfa0,
    expected: { exception: [19, 0, 0n], mxcsr: 0xfa0 },
  },
  {
    name: 'a product that is tiny and rounds to the smallest normal number: MULSD',
    // mulsd xmm0, xmm1; int3
    code: 'f20f59c1cc',
    xmm: { 0: '3ff00000000000003fefffffffffffff', 1: '3ff00000000000000010000000000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '3ff00000000000000010000000000000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a quotient that is tiny and rounds to the smallest normal number: DIVSD',
    // divsd xmm0, xmm1; int3
    code: 'f20f5ec1cc',
    xmm: { 0: '3ff0000000000000001fffffffffffff', 1: '3ff00000000000004000000000000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '3ff00000000000000010000000000000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a product that is tiny and rounds to the smallest normal number: MULSS',
    // mulss xmm0, xmm1; int3
    code: 'f30f59c1cc',
    xmm: { 0: '3f8000003f8000003f8000003f7fffff', 1: '3f8000003f8000003f80000000800000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '3f8000003f8000003f80000000800000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a quotient that is tiny and rounds to the smallest normal number: DIVSS',
    // divss xmm0, xmm1; int3
    code: 'f30f5ec1cc',
    xmm: { 0: '3f8000003f8000003f80000000ffffff', 1: '3f8000003f8000003f80000040000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '3f8000003f8000003f80000000800000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a product that is tiny and rounds to the smallest normal number: MULPD, lane 0',
    // mulpd xmm0, xmm1; int3
    code: '660f59c1cc',
    xmm: { 0: '3ff00000000000003fefffffffffffff', 1: '3ff00000000000000010000000000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '3ff00000000000000010000000000000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a quotient that is tiny and rounds to the smallest normal number: DIVPD, lane 0',
    // divpd xmm0, xmm1; int3
    code: '660f5ec1cc',
    xmm: { 0: '3ff0000000000000001fffffffffffff', 1: '3ff00000000000004000000000000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '3ff00000000000000010000000000000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a product that is tiny and rounds to the smallest normal number: MULPD, lane 1',
    // mulpd xmm0, xmm1; int3
    code: '660f59c1cc',
    xmm: { 0: '3fefffffffffffff3ff0000000000000', 1: '00100000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '00100000000000003ff0000000000000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a quotient that is tiny and rounds to the smallest normal number: DIVPD, lane 1',
    // divpd xmm0, xmm1; int3
    code: '660f5ec1cc',
    xmm: { 0: '001fffffffffffff3ff0000000000000', 1: '40000000000000003ff0000000000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '00100000000000003ff0000000000000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a product that is tiny and rounds to the smallest normal number: MULPS, lane 0',
    // mulps xmm0, xmm1; int3
    code: '0f59c1cc',
    xmm: { 0: '3f8000003f8000003f8000003f7fffff', 1: '3f8000003f8000003f80000000800000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '3f8000003f8000003f80000000800000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a quotient that is tiny and rounds to the smallest normal number: DIVPS, lane 0',
    // divps xmm0, xmm1; int3
    code: '0f5ec1cc',
    xmm: { 0: '3f8000003f8000003f80000000ffffff', 1: '3f8000003f8000003f80000040000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '3f8000003f8000003f80000000800000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a product that is tiny and rounds to the smallest normal number: MULPS, lane 3',
    // mulps xmm0, xmm1; int3
    code: '0f59c1cc',
    xmm: { 0: '3f7fffff3f8000003f8000003f800000', 1: '008000003f8000003f8000003f800000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '008000003f8000003f8000003f800000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a quotient that is tiny and rounds to the smallest normal number: DIVPS, lane 3',
    // divps xmm0, xmm1; int3
    code: '0f5ec1cc',
    xmm: { 0: '00ffffff3f8000003f8000003f800000', 1: '400000003f8000003f8000003f800000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '008000003f8000003f8000003f800000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a single that is tiny and rounds to the smallest normal one: CVTSD2SS',
    // cvtsd2ss xmm0, xmm1; int3
    code: 'f20f5ac1cc',
    xmm: { 1: '3ff0000000000000380fffffe0000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '00000000000000000000000000800000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a single that is tiny and rounds to the smallest normal one: CVTPD2PS, lane 0',
    // cvtpd2ps xmm0, xmm1; int3
    code: '660f5ac1cc',
    xmm: { 1: '3ff0000000000000380fffffe0000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '00000000000000003f80000000800000' }, mxcsr: 0x1fb0 },
  },
  {
    name: 'a single that is tiny and rounds to the smallest normal one: CVTPD2PS, lane 1',
    // cvtpd2ps xmm0, xmm1; int3
    code: '660f5ac1cc',
    xmm: { 1: '380fffffe00000003ff0000000000000' },
    mxcsr: 0x1fa0,
    expected: { xmm: { 0: '0000000000000000008000003f800000' }, mxcsr: 0x1fb0 },
  },
];
