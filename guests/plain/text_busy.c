// A program that runs cannot be written, and a file open for writing cannot be run: ETXTBSY both ways.

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "show.h"

static void copy_self(const char *name) {
  static char bytes[65536];
  int in = open("/proc/self/exe", O_RDONLY), out = open(name, O_CREAT | O_WRONLY, 0755);
  long length;
  while ((length = read(in, bytes, sizeof bytes)) > 0) must(write(out, bytes, length) == length, "copying this program");
  must(length == 0, "reading this program");
  close(in);
  close(out);
}

/* Starts the copy, which waits to be killed; returns when it runs, or has said why it does not. */
static pid_t run(void) {
  int pair[2];
  char byte;
  must(pipe2(pair, O_CLOEXEC) == 0, "pipe2");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    execl("program", "program", "wait", (char *)NULL);
    show(-1, "exec");
    fflush(stdout);
    _exit(1);
  }
  close(pair[1]);
  must(read(pair[0], &byte, 1) == 0, "the end of the pipe");
  close(pair[0]);
  return child;
}

static void end(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

int main(int count, char **arguments) {
  (void)arguments;
  if (count > 1)
    for (;;) pause();
  be_nobody();
  enter_empty_directory();
  copy_self("program");
  pid_t child = run();
  SHOW(open("program", O_RDWR));
  SHOW(open("program", O_WRONLY | O_TRUNC));
  SHOW(truncate("program", 10));
  SHOW(close(open("program", O_RDONLY)));
  SHOW(chmod("program", 0700));
  SHOW(access("program", W_OK));
  end(child);
  int fd = open("program", O_RDWR);
  SHOW(fd >= 0);
  end(run());
  close(fd);
  child = run();
  SHOW(open("program", O_RDWR));
  SHOW(unlink("program"));
  end(child);
  leave_empty_directory();
  return 0;
}
