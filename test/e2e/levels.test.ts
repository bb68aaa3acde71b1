// A static glibc program chooses its string and mathematical functions by CPUID: at x86-64-v2 those with SSE4, at v1 those with SSE2, and
// says the same with both as on this host.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CpuLevel } from '../../src/machine/machine-spec.ts';
import { Rig } from '../machine/control/rig.ts';
import { run } from '../machine/run-guest.ts';
import { have } from './beside.ts';

const SOURCE = `
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

static char text[4096], other[4096];
static wchar_t wide[300];

static int sign(int value) { return (value > 0) - (value < 0); }

int main(void) {
  unsigned long mix = 88172645463325252ul;
  unsigned long sum = 0;
  for (int round = 0; round < 300; round++) {
    mix ^= mix << 13; mix ^= mix >> 7; mix ^= mix << 17;
    int length = 1 + mix % 200, offset = mix >> 20 & 31;
    char *at = text + offset;
    for (int i = 0; i < length; i++) at[i] = "abcABCxyz,.; "[(mix >> (i & 31)) % 13];
    at[length] = 0;
    strcpy(other, at);
    if (round % 3) other[mix >> 8 & 127] ^= 32;
    sum = sum * 31 + strspn(at, "abcxyz") + strcspn(at, ",.;") * 3 + strlen(at);
    char *found = strpbrk(at, ";,x");
    sum = sum * 31 + (found ? found - at : 999);
    found = strstr(at, "ab");
    sum = sum * 31 + (found ? found - at : 999);
    found = strrchr(at, 'C');
    sum = sum * 31 + (found ? found - at : 999);
    sum = sum * 31 + sign(strcmp(at, other)) + 3 * sign(strcasecmp(at, other)) + 9 * sign(strncasecmp(at, other, 40)) + 27 * sign(memcmp(at, other, length));
    memmove(at + (mix >> 40 & 7), at, length);
    sum = sum * 31 + (unsigned char)at[length / 2];
    for (int i = 0; i < length; i++) wide[i] = 'a' + i % 20;
    wide[length] = 0;
    sum = sum * 31 + wcslen(wide) + wcsnlen(wide, 77);
    double value = (double)(long)mix / (1ul << (mix & 63));
    sum = sum * 31 + (long)fmod(floor(value) + ceil(value) + rint(value) + nearbyint(value) + trunc(value), 1e9);
    float single = (float)value;
    sum = sum * 31 + (long)fmodf(floorf(single) + ceilf(single) + rintf(single) + nearbyintf(single) + truncf(single), 1e6f);
  }
  printf("%lx\\n", sum);
  printf("sse4.2 %d popcnt %d\\n", !!__builtin_cpu_supports("sse4.2"), !!__builtin_cpu_supports("popcnt"));
  return 0;
}`;

/** Functions of glibc that only a processor of level v2 is given. */
const OF_V2 = ['__strspn_sse42', '__strcspn_sse42', '__strpbrk_sse42', '__strcasecmp_sse42', '__floor_sse41', '__rint_sse41'];

describe.runIf(have('a program that chooses by CPUID', 'gcc'))('a static program of glibc', () => {
  const folder = mkdtempSync(join(tmpdir(), 'levels-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'levels');
  writeFileSync(`${program}.c`, SOURCE);
  execFileSync('gcc', ['-O2', '-fno-builtin', '-static', '-o', program, `${program}.c`, '-lm'], { stdio: 'inherit' });
  const image = new Uint8Array(readFileSync(program));
  const natively = execFileSync(program, { encoding: 'utf8' });

  test('says at each level what it says here', () => {
    const [sum] = natively.split('\n');
    for (const [cpu_level, has] of [
      ['x86-64-v1', 0],
      ['x86-64-v2', 1],
    ] as const)
      expect(run(image, {}, { cpu_level })).toMatchObject({ stdout: `${sum}\nsse4.2 ${has} popcnt ${has}\n`, stderr: '', status: 0 });
  });

  test.each(OF_V2)('runs %s at v2 alone', (symbol) => {
    const reached = (cpu_level: CpuLevel): string => {
      const rig = new Rig({ time_mode: 'LOCKSTEP', cpu_level });
      const pid = rig.spawn(image);
      rig.do('create_breakpoint', { pid, address: null, symbol });
      return rig.run().reason;
    };
    expect([reached('x86-64-v1'), reached('x86-64-v2')]).toEqual(['quiescent', 'breakpoint']);
  });
});
