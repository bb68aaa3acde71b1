// Runs machine code over 144-byte buffers: reads {u32 length, code, buffer} until the end of input, writes each buffer afterwards.
// The code gets the buffer's address in RDI, may change what a C function may, and ends in RET.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
  unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  static unsigned char buffer[144] __attribute__((aligned(16)));
  uint32_t length;
  while (fread(&length, 4, 1, stdin) == 1) {
    if (length > 4096 || fread(code, length, 1, stdin) != 1 || fread(buffer, 144, 1, stdin) != 1) return 1;
    ((void (*)(void *))code)(buffer);
    fwrite(buffer, 144, 1, stdout);
  }
}
