// Waiting for another process or thread to sleep in the kernel: by its state in /proc (proc_pid_stat(5)), never by a time, because on a
// busy computer it may not have run at all.

#ifndef GUESTS_ASLEEP_H
#define GUESTS_ASLEEP_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* 'S' of one that sleeps, 'T' of a stopped one, 'Z' of one that has ended; '?' of none. */
static inline char task_state(pid_t process, pid_t thread) {
  char path[64], text[512], *end;
  if (thread == process) snprintf(path, sizeof path, "/proc/%d/stat", process);
  else snprintf(path, sizeof path, "/proc/%d/task/%d/stat", process, thread);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return '?';
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  text[length < 0 ? 0 : length] = 0;
  end = strrchr(text, ')');
  return end ? end[2] : '?';
}

/* Until it is in one of these states. */
static inline void await_state(pid_t process, pid_t thread, const char *states) {
  struct timespec moment = {0, 300000};
  while (!strchr(states, task_state(process, thread))) nanosleep(&moment, NULL);
}

/* The first thread of a process. */
static inline void await_sleep(pid_t process) { await_state(process, process, "S"); }

/* A thread of this process; the number may not be there yet. */
static inline void await_thread_sleep(volatile pid_t *thread) {
  struct timespec moment = {0, 300000};
  while (*thread == 0) nanosleep(&moment, NULL);
  await_state(getpid(), *thread, "S");
}

#endif
