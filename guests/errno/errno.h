// The program that calls every system call with wrong arguments: what its files share.
// A signature names a call and the kinds of its arguments; rows.c makes rows from it, each with one or two arguments wrong.

#ifndef GUESTS_ERRNO_H
#define GUESTS_ERRNO_H

#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>

/* What to do with a result of 0 or more. */
enum {
  VALUE = 0,
  /* A number of this run (a process, an address): print "ok". */
  OPAQUE = 1,
  /* The working directory must be made anew afterwards. */
  CHANGES = 2,
  /* A new process: its child ends at once. */
  FORKS = 4,
  /* A System V object that must be removed again. */
  SHM = 8,
  SEM = 16,
  MSG = 32,
};

struct signature {
  int number;
  /* "fcntl" or "fcntl F_SETFL". */
  const char *name;
  /* "fd:file out:64 size:64"; rows.c lists the kinds. */
  const char *arguments;
  int result;
};

/* A row by hand: its own set-up, then one call whose result it returns. */
struct hand_row {
  const char *name;
  long (*run)(void);
  int result;
};

struct excluded {
  int number;
  const char *name;
  const char *reason;
};

struct family {
  const char *name;
  const struct signature *signatures;
  const struct hand_row *hand_rows;
};

/* Where results go: descriptors 0 to 2 are /dev/null. */
extern FILE *output;

extern const struct family families[];
extern const struct excluded excluded_calls[];

/* One SYSCALL instruction for all: raw_instruction and raw_return are its address and the next. Returns -errno. */
long raw(long number, long a, long b, long c, long d, long e, long f);
extern const char raw_instruction[], raw_return[];

#define CALL6(n, a, b, c, d, e, f, ...) raw(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL(...) CALL6(__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* environment.c: memory with holes, open files of every kind, a working directory. */

/* Each argument has its own zone: 4 writable pages, a hole, and at ZONE_READ_ONLY two pages that cannot be written. */
#define ZONE(argument) (0x10000000L + (argument) * 0x100000L)
#define ZONE_END(argument) (ZONE(argument) + 0x4000)
#define ZONE_READ_ONLY(argument) (ZONE(argument) + 0x8000)
#define ZONE_UNMAPPED(argument) (ZONE(argument) + 0x20000)
#define KERNEL_HALF ((long)0xffff888000000000)
#define NON_CANONICAL 0x0100000000000000L
#define TASK_END 0x7ffffffff000L
#define MISSING_PID 4000000

/* Descriptors that stay open: where results go, and the working directory. */
enum { OUTPUT = 50, HOME = 51 };
void make_zones(void);
void make_directory(void);

/* Opens it on first use; the same number every time. -1 if there is no such name. */
int descriptor(const char *name);
extern const char *const descriptor_names[];

/* paths */
extern const char *const path_names[];
const char *path_text(const char *name);

/* contents.c: structures by name. Fills at most 4096 bytes at `at`, returns the size, 0 if there is no such variant. */
size_t fill_contents(const char *name, int variant, char *at, const char **label);

/* run.c: one row in a guarded process. */
struct outcome {
  char text[32];
};

struct plan {
  int count;
  /* Runs row `index`; returns its result. */
  long (*run)(const void *context, int index);
  const void *context;
  int result;
};

/* From now on interrupted calls of this worker are to be started again (SA_RESTART). */
void restart_interrupted_calls(void);
void run_plan(const struct plan *plan, struct outcome *outcomes);
const char *errno_name(int number);

/* rows.c */
void run_signature(const struct signature *signature);


#endif
