// Processes: fork, copy-on-write, exit codes, signals as wait status, orphans of exec, vfork, process ids.

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

static int private_value = 1;

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "child")) {
    const char *text = getenv("GREETING");
    printf("exec'd with %s and %s\n", argv[2], text ? text : "nothing");
    return 7;
  }
  setvbuf(stdout, NULL, _IONBF, 0);
  int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  must(shared != MAP_FAILED, "mmap");

  int status;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    private_value = 2;
    *shared = getppid() == parent ? 42 : -1;
    _exit(3);
  }
  check(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 3, "waitpid gives the exit code");
  check(private_value == 1, "a private page is copied on write");
  check(*shared == 42, "a shared page is shared, and getppid names the parent");

  child = fork();
  if (child == 0) {
    kill(getpid(), SIGKILL);
    _exit(0);
  }
  waitpid(child, &status, 0);
  check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "a killed child says which signal");

  child = fork();
  if (child == 0) {
    raise(SIGSTOP);
    _exit(9);
  }
  check(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, "a stopped child is reported");
  kill(child, SIGCONT);
  check(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 9, "a continued child goes on");

  for (int i = 0; i < 5; i++)
    if (fork() == 0) _exit(i);
  int sum = 0, reaped = 0;
  while (wait(&status) > 0) {
    sum += WEXITSTATUS(status);
    reaped++;
  }
  check(reaped == 5 && sum == 10, "wait reaps every child");
  check_errno(waitpid(-1, &status, 0), ECHILD, "waitpid without children");

  child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  check(waitpid(child, &status, WNOHANG) == 0, "WNOHANG does not wait");
  kill(child, SIGTERM);
  waitpid(child, &status, 0);
  check(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "SIGTERM ends a paused child");

  child = vfork();
  if (child == 0) {
    char *const arguments[] = {argv[0], "child", "arguments", NULL};
    char *const environment[] = {"GREETING=environment", NULL};
    execve(strchr(argv[0], '/') ? argv[0] : "/proc/self/exe", arguments, environment);
    _exit(127);
  }
  waitpid(child, &status, 0);
  check(WIFEXITED(status) && WEXITSTATUS(status) == 7, "vfork and execve of itself");
  char *const none[] = {NULL};
  check_errno(execve("/no/such/program", none, none), ENOENT, "execve of nothing");
  return check_result();
}
