// Identities and capabilities: what the calls that change users do, what follows for capabilities, set-user-ID programs, who may look into whom.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "report.h"

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#endif

static char program[64];

struct sets { uint32_t effective[2], permitted[2], inheritable[2]; };

static long capabilities(struct sets *sets, int write) {
  uint32_t header[2] = {0x20080522, 0}, data[6] = {0};
  if (write)
    for (int i = 0; i < 2; i++) data[i * 3] = sets->effective[i], data[i * 3 + 1] = sets->permitted[i], data[i * 3 + 2] = sets->inheritable[i];
  long result = syscall(write ? SYS_capset : SYS_capget, header, data);
  if (!write)
    for (int i = 0; i < 2; i++) sets->effective[i] = data[i * 3], sets->permitted[i] = data[i * 3 + 1], sets->inheritable[i] = data[i * 3 + 2];
  return result;
}

/* Root may lack some capabilities where this runs: what counts is whether it has those of files, of ids and of signals. */
static const char *held(uint32_t word) {
  uint32_t seen = word & 0xff;
  return seen == 0xff ? "all" : seen == 0 ? "none" : seen == 0xe0 ? "all but of files" : "some";
}

static void show(const char *what) {
  unsigned ids[6];
  struct sets sets;
  syscall(SYS_getresuid, &ids[0], &ids[1], &ids[2]);
  syscall(SYS_getresgid, &ids[3], &ids[4], &ids[5]);
  capabilities(&sets, 0);
  printf("%s: users %u %u %u groups %u %u %u, effective %s, permitted %s, inheritable %s, dumpable %d\n", what, ids[0], ids[1], ids[2], ids[3], ids[4],
         ids[5], held(sets.effective[0]), held(sets.permitted[0]), held(sets.inheritable[0]), prctl(PR_GET_DUMPABLE));
  fflush(stdout);
}

static void apart(void (*program_to_run)(void)) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    program_to_run();
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

#define TRY(call) report(call, #call)
#define setuid(a) syscall(SYS_setuid, a)
#define setgid(a) syscall(SYS_setgid, a)
#define setreuid(a, b) syscall(SYS_setreuid, a, b)
#define setresuid(a, b, c) syscall(SYS_setresuid, a, b, c)
#define setresgid(a, b, c) syscall(SYS_setresgid, a, b, c)
#define setfsuid(a) syscall(SYS_setfsuid, a)

static void temporarily(void) {
  show("root");
  TRY(setresuid(-1, 1000, -1));
  show("another effective user");
  TRY(setuid(2000));
  TRY(setresuid(-1, 0, -1));
  show("and back");
  TRY(setfsuid(1000));
  show("another file user");
  TRY(setfsuid(0));
  TRY(setreuid(1000, 2000));
  show("two users");
  TRY(setresuid(0, 0, 0));
  TRY(setreuid(2000, 1000));
  show("swapped");
  TRY(setresuid(3000, -1, -1));
  TRY(setfsuid(3000));
  TRY(setfsuid(1000));
}

static void for_ever(void) {
  TRY(setresgid(5, 6, 7));
  TRY(setuid(1000));
  show("setuid by root");
  TRY(setuid(0));
  TRY(setgid(7));
  TRY(setgid(8));
  show("groups");
  TRY(syscall(SYS_setgroups, 0, NULL));
}

static void keeping(void) {
  TRY(prctl(PR_GET_KEEPCAPS));
  TRY(prctl(PR_SET_KEEPCAPS, 1));
  TRY(setresuid(1000, 1000, 1000));
  show("with PR_SET_KEEPCAPS");
  struct sets sets;
  capabilities(&sets, 0);
  memcpy(sets.effective, sets.permitted, sizeof sets.effective);
  TRY(capabilities(&sets, 1));
  show("raised");
  TRY(setresuid(0, 0, 0));
  show("root again");
}

static void dropping(void) {
  struct sets sets;
  capabilities(&sets, 0);
  sets.effective[0] &= 0xff, sets.permitted[0] &= 0xff, sets.inheritable[0] = 0xff;
  sets.effective[1] = sets.permitted[1] = 0;
  TRY(capabilities(&sets, 1));
  show("without CAP_SETPCAP");
  sets.permitted[0] |= 1 << 8;
  TRY(capabilities(&sets, 1));
  sets.permitted[0] &= ~(1u << 8), sets.inheritable[0] = 1 << 8;
  TRY(capabilities(&sets, 1));
  sets.inheritable[0] = 0, sets.effective[0] = 0;
  TRY(capabilities(&sets, 1));
  TRY(prctl(PR_CAPBSET_DROP, 1));
  TRY(chown("/", 0, 0));
  sets.effective[0] = 0xff, sets.permitted[0] = 0x7f;
  TRY(capabilities(&sets, 1));
}

static void bounds(void) {
  TRY(prctl(PR_CAPBSET_READ, 5));
  TRY(prctl(PR_CAPBSET_READ, 64));
  TRY(prctl(PR_CAPBSET_DROP, 64));
  TRY(prctl(PR_CAPBSET_DROP, 5));
  TRY(prctl(PR_CAPBSET_READ, 5));
  show("a bounded set");
  TRY(prctl(PR_CAP_AMBIENT, 1, 6, 0, 0));
  TRY(prctl(PR_CAP_AMBIENT, 2, 6, 0, 0));
  struct sets sets;
  capabilities(&sets, 0);
  sets.inheritable[0] = 1 << 6;
  TRY(capabilities(&sets, 1));
  TRY(prctl(PR_CAP_AMBIENT, 2, 6, 0, 0));
  TRY(prctl(PR_CAP_AMBIENT, 1, 6, 0, 0));
  TRY(prctl(PR_CAP_AMBIENT, 3, 6, 0, 0));
  TRY(prctl(PR_CAP_AMBIENT, 1, 6, 0, 0));
  TRY(prctl(PR_CAP_AMBIENT, 4, 0, 0, 0));
  TRY(prctl(PR_CAP_AMBIENT, 9, 6, 0, 0));
  TRY(prctl(PR_GET_SECUREBITS));
  TRY(prctl(PR_SET_SECUREBITS, 0x100));
  TRY(prctl(PR_SET_SECUREBITS, 0x3));
  TRY(prctl(PR_GET_SECUREBITS));
  TRY(prctl(PR_SET_SECUREBITS, 0x2));
  TRY(prctl(PR_SET_SECUREBITS, 0x7));
  TRY(setresuid(-1, 1000, -1));
  show("without the fix-up of SECBIT_NO_SETUID_FIXUP");
}

static void execute(void) {
  char *const arguments[] = {"credentials", "show", NULL}, *const none[] = {NULL};
  fflush(stdout);
  execve(program, arguments, none);
  report(-1, "execve");
}

static void sets_user(void) {
  TRY(setresuid(1000, 1000, 1000));
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  execute();
}

static void sets_user_without_new_privileges(void) {
  TRY(setresuid(1000, 1000, 1000));
  TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  TRY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  TRY(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
  execute();
}

static void effective_only(void) {
  TRY(setresuid(0, 1000, 1000));
  execute();
}

static void executions(void) {
  char name[] = "/tmp/credentials-XXXXXX", buffer[65536];
  int out = mkstemp(name), in = open("/proc/self/exe", O_RDONLY);
  ssize_t count;
  while ((count = read(in, buffer, sizeof buffer)) > 0) must(write(out, buffer, (size_t)count) == count, "copy");
  close(out), close(in);
  strcpy(program, name);
  static const struct { const char *name; unsigned user, group, mode; } kinds[] = {
      {"plain", 0, 0, 0755}, {"set-user-ID of root", 0, 0, 04755}, {"set-user-ID of 2000", 2000, 3000, 04755}, {"set-group-ID", 2000, 3000, 02755},
      {"set-group-ID without execution", 2000, 3000, 02745}, {"both", 2000, 3000, 06755}};
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    must(chown(program, kinds[i].user, kinds[i].group) == 0 && chmod(program, kinds[i].mode) == 0, "chmod");
    printf("-- %s\n", kinds[i].name);
    apart(sets_user);
    if (i < 3) apart(sets_user_without_new_privileges);
    if (i == 0 || i == 2) apart(effective_only);
    if (i == 2) apart(execute);
  }
  unlink(name);
}

static volatile int *shared;

static void looks(void) {
  int value = 41, copy = 0;
  pid_t target = shared[0];
  struct iovec local = {&copy, sizeof copy}, remote = {(void *)&shared[1], sizeof copy}, odd = {(void *)8, 4};
  report(process_vm_readv(target, &local, 1, &remote, 1, 0), "process_vm_readv");
  report(process_vm_readv(target, &local, 1, &odd, 1, 0), "process_vm_readv of nowhere");
  report(process_vm_readv(4194300, &local, 1, &remote, 1, 0), "process_vm_readv of nobody");
  report(process_vm_readv(target, &local, 1, &remote, 1, 1), "process_vm_readv with flags");
  local.iov_base = &value;
  report(process_vm_writev(target, &local, 1, &remote, 1, 0), "process_vm_writev");
  void *head;
  size_t length;
  report(syscall(SYS_get_robust_list, target, &head, &length), "get_robust_list");
  report(syscall(SYS_kcmp, getpid(), target, 1, 0, 0) > 0, "kcmp of memory");
  report(syscall(SYS_kcmp, getpid(), getpid(), 1, 0, 0), "kcmp with itself");
  report(syscall(SYS_kcmp, getpid(), target, 0, 1, 1), "kcmp of a file");
  report(syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 999), "kcmp of a file that is not open");
  report(syscall(SYS_kcmp, getpid(), getpid(), 9, 0, 0), "kcmp of kind 9");
  report(kill(target, 0), "kill");
  report(syscall(SYS_sched_setscheduler, target, 0, &(int){0}), "sched_setscheduler");
  report(syscall(SYS_setpriority, 0, target, 19), "setpriority");
}

static void looks_as_same(void) {
  TRY(setresgid(1000, 1000, 1000));
  TRY(setresuid(1000, 1000, 1000));
  looks();
}

static void looks_as_other(void) {
  TRY(setresgid(2000, 2000, 2000));
  TRY(setresuid(2000, 2000, 2000));
  looks();
}

static void lookers(void) {
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  fflush(stdout);
  for (int dumpable = 0; dumpable < 2; dumpable++) {
    shared[0] = 0;
    pid_t child = fork();
    if (child == 0) {
      setresgid(1000, 1000, 1000);
      setresuid(1000, 1000, 1000);
      if (dumpable) prctl(PR_SET_DUMPABLE, 1);
      shared[0] = getpid();
      for (;;) pause();
    }
    while (!shared[0]) usleep(500);
    printf("-- %s\n", dumpable ? "dumpable" : "not dumpable");
    apart(looks_as_same);
    if (dumpable) apart(looks_as_other);
    apart(looks);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) {
    int signal;
    prctl(PR_GET_PDEATHSIG, &signal);
    show("  executed");
    printf("  AT_SECURE %lu, death signal %d\n", getauxval(AT_SECURE), signal);
    return 0;
  }
  umask(022);
  apart(temporarily);
  apart(for_ever);
  apart(keeping);
  apart(dropping);
  apart(bounds);
  executions();
  lookers();
  return 0;
}
