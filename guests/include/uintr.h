// User interrupts for guest programs: the five instructions, handlers, and the system calls of each kernel ABI.
//   (default)        POC numbers, 471..479
//   -DUINTR_ABI_K518 471..476, uintr_wait(flags)
//   -DUINTR_ABI_RFC  449..454, the 2021 RFC
// With gcc -muintr -mgeneral-regs-only the compiler's intrinsics and interrupt attribute are used; without -muintr, assembly.

#ifndef GUESTS_UINTR_H
#define GUESTS_UINTR_H

#include <sys/syscall.h>
#include <unistd.h>

#ifdef __UINTR__
#include <x86gprintrin.h>
#else
struct __uintr_frame {
  unsigned long long rip, rflags, rsp;
};

static inline void _stui(void) { __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xef" ::: "memory"); }
static inline void _clui(void) { __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xee" ::: "memory"); }
static inline unsigned char _testui(void) {
  unsigned char set;
  __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xed" : "=@ccc"(set)::"memory");
  return set;
}
static inline void _senduipi(unsigned long long index) { __asm__ volatile(".byte 0xf3, 0x0f, 0xc7, 0xf0" ::"a"(index) : "memory"); }
#endif

// UINTR_HANDLER(name, frame, vector) { ... } defines a handler; pass UINTR_ADDRESS(name) to uintr_register_handler.
#ifdef __UINTR__
#define UINTR_HANDLER(name, frame, vector) \
  void __attribute__((interrupt)) name(struct __uintr_frame *frame, unsigned long long vector)
#else
#define UINTR_HANDLER(name, frame, vector)                                                                                        \
  __attribute__((used)) static void name##_body(struct __uintr_frame *, unsigned long long);                                      \
  __attribute__((naked)) void name(void) {                                                                                        \
    __asm__("push %rax\n push %rcx\n push %rdx\n push %rsi\n push %rdi\n push %r8\n push %r9\n push %r10\n push %r11\n"           \
            "mov 72(%rsp), %rsi\n lea 80(%rsp), %rdi\n push %rbp\n mov %rsp, %rbp\n sub $512, %rsp\n and $-64, %rsp\n"            \
            "fxsave64 (%rsp)\n cld\n call " #name "_body\n fxrstor64 (%rsp)\n mov %rbp, %rsp\n pop %rbp\n"                        \
            "pop %r11\n pop %r10\n pop %r9\n pop %r8\n pop %rdi\n pop %rsi\n pop %rdx\n pop %rcx\n pop %rax\n"                    \
            "add $8, %rsp\n .byte 0xf3, 0x0f, 0x01, 0xec\n");                                                                     \
  }                                                                                                                               \
  static void name##_body(struct __uintr_frame *frame, unsigned long long vector)
#endif
#define UINTR_ADDRESS(name) ((unsigned long long)(void *)(name))

#ifdef UINTR_ABI_RFC
enum { UINTR_CALL_BASE = 449 };
#else
enum { UINTR_CALL_BASE = 471 };
#endif

// Flags of uintr_register_handler: which side pays when the receiver blocks in a system call.
enum { UINTR_WAITING_NONE = 0, UINTR_WAITING_RECEIVER = 0x1000, UINTR_WAITING_SENDER = 0x2000, UINTR_WAITING_ANY = 0x3000 };
enum { UINTR_VECTORS = 64, UIPI_SET_TARGET_TABLE = 0x7500 };

// Each returns what syscall(2) returns: -1 with errno set on an error.
static inline int uintr_register_handler(unsigned long long handler, unsigned flags) {
  return (int)syscall(UINTR_CALL_BASE + 0, handler, flags);
}
static inline int uintr_unregister_handler(unsigned flags) { return (int)syscall(UINTR_CALL_BASE + 1, flags); }
static inline int uintr_create_fd(unsigned long long vector, unsigned flags) { return (int)syscall(UINTR_CALL_BASE + 2, vector, flags); }
static inline int uintr_register_sender(int fd, unsigned flags) { return (int)syscall(UINTR_CALL_BASE + 3, fd, flags); }
// RFC: the file descriptor. Later ABIs: the index that uintr_register_sender returned.
static inline int uintr_unregister_sender(int fd_or_index, unsigned flags) { return (int)syscall(UINTR_CALL_BASE + 4, fd_or_index, flags); }

#if defined(UINTR_ABI_RFC) || defined(UINTR_ABI_K518)
static inline int uintr_wait(unsigned flags) { return (int)syscall(UINTR_CALL_BASE + 5, flags); }
#else
static inline int uintr_wait(unsigned long long microseconds, unsigned flags) {
  return (int)syscall(UINTR_CALL_BASE + 5, microseconds, flags);
}
static inline int uintr_register_self(unsigned long long vector, unsigned flags) {
  return (int)syscall(UINTR_CALL_BASE + 6, vector, flags);
}
static inline int uintr_alt_stack(void *base, unsigned long size, unsigned flags) {
  return (int)syscall(UINTR_CALL_BASE + 7, base, size, flags);
}
static inline int uintr_ipi_fd(unsigned flags) { return (int)syscall(UINTR_CALL_BASE + 8, flags); }
#endif

#endif
