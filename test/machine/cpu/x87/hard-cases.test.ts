// Hard operands, with what a processor (AuthenticAMD family 25 model 17) makes of them: near multiples of pi/2 and steps of tables, at the
// ends of the domains, near 1, exact results that count as inexact. The long test compares millions natively.

import { describe, expect, it } from 'vitest';
import { isNeighbour } from './comparison.ts';
import { type State, replay } from './recording.ts';

/** ST(0), ST(1), the result, and the flags raised; with everything masked, to nearest, of 64 bits. */
const CASES: readonly (readonly [code: string, st0: string, st1: string, result: string, flags: number])[] = [
  ['Fsqrt', '55f3 fffffffefffffffd', 'd5f3 fffffffefffffffb', '4af9 b504f3339f5beae9', 0x20],
  ['Fsqrt', '592c c36d5bed7930be11', '1b7a e684071e4956c204', '4c95 dfac24d580000002', 0x20],
  ['Fsqrt', '36d5 ffffffffff874c5a', '36d5 ffffffffff874c5d', '3b6a b504f333f9b3b7d7', 0x20],
  ['Fscale', '17a0 ab01eb1504b21c85', '4010 f7f054633462d722', '7fff 8000000000000000', 0x28],
  ['Fscale', '3b37 c3a27c66c6d1993c', 'c002 fe0461f2b4f01ab8', '3b28 c3a27c66c6d1993c', 0x0],
  ['Fscale', '4012 a08ac57bb62368e8', '400c d5fe4b652a29dd18', '7591 a08ac57bb62368e8', 0x0],
  ['Fscale', 'f719 f8b1806fa74de7a5', 'c01c ffffff0000000000', '8000 0000000000000000', 0x30],
  ['Fscale', '4962 cff22921f22e5eb5', '3fff c90fdaa22168c235', '4963 cff22921f22e5eb5', 0x0],
  ['Fprem', '26fe ffffc1eda30dfdbb', 'a13e fde17349445820c7', '26db d69eb508730ee248', 0x0],
  ['Fprem', '4000 ffe5c8eac5f5223a', 'bffe fa185b80c50f93f3', '3ffb b9adad401cb1c8e0', 0x0],
  ['Fprem', '43fe fffffffffffff800', 'c049 badc048ff4000000', '43c8 8d1a3bb288000000', 0x0],
  ['Fprem', 'c025 fffffffffae81c50', '2e18 cbb3a8caa47db82a', 'bff8 804cb6c3fc4e309e', 0x0],
  ['Fprem', 'f993 a4fe8fb77a4047dc', '400d fffe000000000000', 'f96c d74fee0000000000', 0x0],
  ['Fprem1', '3fee f42004e7e0d58855', 'bfbd e9d06ab2d5a68383', 'bfb9 8678a53f3b5ea5d0', 0x0],
  ['Fprem1', 'e137 b368deb1559131ec', 'e122 fe74c0bcfa365ab9', '6121 f83521dce4ea33c4', 0x0],
  ['Fprem1', '24f7 f459a9f8ba4002b8', '24ec ea944066bb800000', '24eb 90265bb37d2b8000', 0x0],
  ['Fprem1', '3ffb eec271e4e5cab02f', '3ff8 af7540a1f01bc986', 'bff5 9fb1be7116e13a50', 0x0],
  ['Fprem1', 'c035 dac670a709753608', '0000 8000000000000000', 'c000 c100000000000000', 0x2],
  ['F2xm1', 'bffb dc44c61dd7571af0', 'bff8 c6cade02edf76100', 'bffb 9320565ba7a7a8bd', 0x20],
  ['F2xm1', 'bffe ea8c7873aa34f200', '3fff 8000000000000000', 'bffd f0b0d91ffa50637e', 0x20],
  ['F2xm1', '3ffe fa00000000000001', '3fff 8000000000000000', '3ffe f7bfdad9cbe13892', 0x20],
  ['F2xm1', 'bffd c000000000033c7b', 'bffa 80000773706cc174', 'bffc ea6357baabe80a2c', 0x20],
  ['F2xm1', '3fac ffffffffb90b7e09', '3ffd a8000023aa027bcb', '3fac b17217f7a0a0cc49', 0x20],
  ['Fyl2x', '3ffe b800000000000001', 'db78 e2a996e1e795413c', '5b77 d7fb3255089a1321', 0x20],
  ['Fyl2x', '2ebb ffffffffd3b1446d', '2ebb ffffffffd3b1446b', 'aec8 8a17ffffe81b66e1', 0x20],
  ['Fyl2x', '400a fffffff8c35593da', '53af e7a1a577c8e5c177', '53b3 adb93c193f85d405', 0x20],
  ['Fyl2x', '2ee5 fffffffffffffffd', 'c001 fbfbf06050000000', '400e 86a2b486f5be8000', 0x20],
  ['Fyl2xp1', '3ff8 ff9aa298fc8d1d54', '3fff 8000000000000000', '3ff9 b6f4b566b2b57fc6', 0x20],
  ['Fyl2xp1', 'bffd 90003e06b5e8f72c', 'bfef d4c19c960eaecf2a', '3fee cabb6215f4f3a3a8', 0x20],
  ['Fyl2xp1', '3ffb e000000000000011', '407e ffffff7fffffffff', '407c 99574ec719c94722', 0x20],
  ['Fyl2xp1', '3ffd e600000000000004', '3fff 8000000000000000', '3ffe 8907ce9cf0c0396c', 0x20],
  ['Fyl2xp1', 'bffe b4fffffffffffffe', '3fff 8000000000000000', 'bfff e2b611b3cda69032', 0x20],
  ['Fsin', 'c02a ffffffffffffffbd', '3fff 96cbe3f9990e91a4', 'bffd c7bc8d45eb842db3', 0x20],
  ['Fsin', '4012 ac6690f3bd95512b', '407f 8000000000000000', 'bfff 8000000000000000', 0x20],
  ['Fsin', 'c03a d658b01eb0d50df8', 'c00b 9d80000000000000', '3ffe ff035bdbac4e8dc4', 0x20],
  ['Fsin', '4012 ebfeb12a22677c0b', '403a 9e748835a29d5427', 'bfff 8000000000000000', 0x20],
  ['Fsin', '4035 b22a9b1f78aa3716', 'c00b ae8e038f41813298', '3ff1 ba6adb6172eebb0d', 0x20],
  ['Fcos', '4012 ce7ba710367d5c4a', 'c002 8a3ae64f76f80583', '3fff 8000000000000000', 0x20],
  ['Fcos', '403d fffffffffffffa14', '4000 c90fdaa22168c235', 'bffe c4abc3a13fca85e9', 0x20],
  ['Fcos', '402a b566227c08f914dd', 'c00a dc8023054e23a2fe', '3fec 91b6ab1985a01c5b', 0x20],
  ['Fcos', 'c02d 9979deebf5844ac5', 'c023 90fcd32f44cfd19b', 'bffe ffffffff9a534981', 0x20],
  ['Fcos', 'c036 a4a322dae34938a6', 'bfc8 be828a2620a964b3', 'bffe fff9045f92d03b9b', 0x20],
  ['Fptan', 'c033 fffff02a0473ee40', '3fff a35ce1a3bb251dc7', 'bfff 89975befbe373ade', 0x20],
  ['Fptan', '402b d3b74a0e287b618b', '3ffd ffffffffe6b43aff', '3fff a6fa179f8201fe34', 0x20],
  ['Fptan', 'c015 ef05a5995c962900', '4003 fe3fe0df4005cea8', 'c026 9ace446e9cfb426b', 0x20],
  ['Fpatan', '3dff 9ad0ecbe759d0f67', '3ffe d7fffffffffffffc', '3fff c90fdaa22168c235', 0x20],
  ['Fpatan', 'bfff 800000029e9b61cd', '3fee ffcf7609b8e6a9f3', '4000 c90f9aae43e7b852', 0x20],
  ['Fpatan', 'eca1 b9df05a8b5f62b1d', 'bffe fffffffff16ed71e', 'c000 c90fdaa22168c235', 0x20],
  ['Fpatan', '4000 ee00000000000002', 'bfff cc00000000000000', 'bffd cf4df9e906e386a8', 0x20],
  ['Fpatan', '0942 fffffffffffffffe', '3fff 800b87045b79687a', '3fff c90fdaa22168c235', 0x20],
  // The product with a power of two's exponent is exact, and yet inexact, and so an underflow if it is a denormal.
  ['Fyl2x', '3ffe 8000000000000000', '0000 7fffffffffffffff', '8000 7fffffffffffffff', 0x32],
  ['Fyl2x', '55e7 8000000000000000', '8000 0000000000000001', '8000 00000000000015e8', 0x32],
  // Division by zero comes before the denormal operand.
  ['Fyl2x', '0000 0000000000000000', '0000 0000000000000001', 'ffff 8000000000000000', 0x04],
];
const POPPING = ['Fyl2x', 'Fyl2xp1', 'Fpatan'];

describe('x87 on hard operands', () => {
  it.each(CASES)('%s of %s and %s', (code, st0, st1, result, flags) => {
    const registers = Array.from({ length: 8 }, () => '0000 0000000000000000');
    [registers[6], registers[7]] = [st0, st1];
    const before: State = { fcw: 0x37f, fsw: 0x3000, ftw: code === 'Fptan' ? 0xdf : 0xff, rflags: 0, registers, memory: '' };
    const after = replay({ operation: { code, sti: code.includes('prem') ? 1 : 0, bytes: 0, store: false }, before, after: before });
    const actual = after.registers[POPPING.includes(code) ? 7 : 6]!;
    expect(isNeighbour(result, actual) ? result : actual).toBe(result);
    expect(after.fsw & 0x3f).toBe(flags);
  });

  it.each(['Fsin', 'Fcos', 'Fsincos', 'Fptan'])('%s of 2^63 and more sets C2, clears C1 and leaves ST(0)', (code) => {
    const registers = Array.from({ length: 8 }, () => '403e 8000000000000000');
    const before: State = { fcw: 0x37f, fsw: 0x3200, ftw: 0x40, rflags: 0, registers, memory: '' };
    const after = replay({ operation: { code, sti: 0, bytes: 0, store: false }, before, after: before });
    expect([after.registers, after.fsw, after.ftw]).toEqual([registers, 0x3400, 0x40]);
  });
});
