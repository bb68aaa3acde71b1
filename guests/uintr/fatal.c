// Dies of a user interrupt gone wrong, in the way its argument names: for the signal, and for what the events say.

#include <pthread.h>
#include <sys/mman.h>
#include "check.h"
#include "uintr.h"

static volatile int received;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame, (void)vector;
  received++;
}

/* An ordinary function: its RET takes the vector for a return address. */
static void plain_function(void) {
  received++;
}

static int overflow(volatile char *outer) {
  volatile char room[4096];
  room[0] = outer[0] + 1;
  if (room[0] == 0 && outer[1] == 77) return 0;
  return overflow(room) + room[0];
}

UINTR_HANDLER(overflowing_handler, frame, vector) {
  (void)frame, (void)vector;
  volatile char first[2] = {0, 0};
  overflow(first);
}

/* Registers `address`, connects to itself and sends; returns the index. */
static int interrupt_self(unsigned long long address) {
  must(uintr_register_handler(address, 0) == 0, "uintr_register_handler");
  int descriptor = uintr_create_fd(0, 0);
  must(descriptor >= 0, "uintr_create_fd");
  int index = uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
  _stui();
  _senduipi(index);
  for (volatile int i = 0; i < 1000000 && !received; i++) continue;
  return index;
}

static void no_table(void) {
  _senduipi(0);
}

static void bad_index(void) {
  interrupt_self(UINTR_ADDRESS(handler));
  _senduipi(200);
}

static void wild_index(void) {
  interrupt_self(UINTR_ADDRESS(handler));
  _senduipi(0xffffffff00000000ull);
}

static void after_unregister(void) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  int descriptor = uintr_create_fd(0, 0);
  int index = uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
#ifdef UINTR_ABI_RFC
  must(uintr_unregister_sender(descriptor, 0) == 0, "uintr_unregister_sender");
#else
  must(uintr_unregister_sender(index, 0) == 0, "uintr_unregister_sender");
#endif
  _senduipi(index);
}

static void plain(void) {
  interrupt_self(UINTR_ADDRESS(plain_function));
}

static void unmapped_handler(void) {
  interrupt_self(0x123456789000ull);
}

static void non_canonical_handler(void) {
  interrupt_self(0x8000000000000000ull);
}

static void unmapped_stack(void) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  int descriptor = uintr_create_fd(0, 0);
  int index = uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
  _stui();
  // The interrupt's frame does not fit above the hole that RSP points behind.
  char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page, 4096);
  __asm__ volatile("mov %0, %%rsp\n.byte 0xf3, 0x0f, 0xc7, 0xf0\n1: jmp 1b" ::"r"(page + 4096 + 64), "a"((unsigned long)index));
}

static void stack_overflow(void) {
  interrupt_self(UINTR_ADDRESS(overflowing_handler));
}

static void memory_operand(void) {
  __asm__ volatile(".byte 0xf3, 0x0f, 0xc7, 0x30" ::"a"(&received)); // SENDUIPI takes no memory operand
}

static const struct {
  const char *name;
  void (*die)(void);
} ways[] = {
    {"no-table", no_table}, {"bad-index", bad_index}, {"wild-index", wild_index}, {"after-unregister", after_unregister},
    {"plain-function", plain}, {"unmapped-handler", unmapped_handler}, {"non-canonical-handler", non_canonical_handler},
    {"unmapped-stack", unmapped_stack}, {"stack-overflow", stack_overflow}, {"memory-operand", memory_operand},
};

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  for (size_t n = 0; argc == 2 && n < sizeof ways / sizeof *ways; n++) {
    if (strcmp(argv[1], ways[n].name)) continue;
    printf("dying by %s\n", argv[1]);
    ways[n].die();
    printf("still alive\n");
    return 1;
  }
  printf("usage: fatal WAY\n");
  return 2;
}
