// A bytecode interpreter with indirect jumps. One iteration: one bytecode instruction.

#include "bench.h"

enum { LOAD, ADD, SUB, XOR, SHIFT, MOVE, DECREMENT, LOOP, HALT };

struct code {
  uint8_t operation, a, b, c;
  int32_t value;
};

static const struct code program[] = {
    {LOAD, 0, 0, 0, 0x1234567}, {LOAD, 1, 0, 0, 77}, {LOAD, 2, 0, 0, 3}, {LOAD, 3, 0, 0, 0},
    {ADD, 3, 3, 0, 0},          {XOR, 0, 0, 1, 0},   {SHIFT, 4, 0, 0, 5}, {ADD, 0, 0, 4, 0},
    {SUB, 1, 3, 1, 0},          {MOVE, 5, 1, 0, 0},  {XOR, 2, 2, 5, 0},   {DECREMENT, 15, 0, 0, 0},
    {LOOP, 15, 0, 0, 4},        {HALT, 0, 0, 0, 0},
};

int main(int argc, char **argv) {
  static const void *const labels[] = {&&load, &&add, &&sub, &&xor, &&shift, &&move, &&decrement, &&loop, &&halt};
  uint64_t r[16] = {0};
  r[15] = iterations(argc, argv, 5000000) / 9 + 1;
  const struct code *at = program;
#define NEXT goto *labels[at->operation]
  NEXT;
load:
  r[at->a] = (uint64_t)(int64_t)at->value;
  at++;
  NEXT;
add:
  r[at->a] = r[at->b] + r[at->c];
  at++;
  NEXT;
sub:
  r[at->a] = r[at->b] - r[at->c];
  at++;
  NEXT;
xor:
  r[at->a] = r[at->b] ^ r[at->c];
  at++;
  NEXT;
shift:
  r[at->a] = r[at->b] >> at->value | r[at->b] << (64 - at->value);
  at++;
  NEXT;
move:
  r[at->a] = r[at->b];
  at++;
  NEXT;
decrement:
  r[at->a]--;
  at++;
  NEXT;
loop:
  if (r[at->a] != 0) at = program + at->value;
  else at++;
  NEXT;
halt:
  return finish(r[0] ^ r[2]);
}
