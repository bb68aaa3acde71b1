// uintr_ipi_fd: a process takes over another one's target table, or sends through the table it shares by fork.

#include <sys/ioctl.h>
#include <sys/wait.h>
#include <pthread.h>
#include "check.h"
#include "uintr.h"

static volatile int received;
static int index_of_parent;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame, (void)vector;
  received++;
}

static void *other_thread(void *unused) {
  _senduipi(index_of_parent);
  return unused;
}

int main(void) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  int descriptor = uintr_create_fd(0, 0);
  must(descriptor >= 0, "uintr_create_fd");
  index_of_parent = uintr_register_sender(descriptor, 0);
  must(index_of_parent >= 0, "uintr_register_sender");
  check_errno(uintr_ipi_fd(1), EINVAL, "uintr_ipi_fd with flags");
  int ipi = uintr_ipi_fd(0);
  check(ipi >= 0, "uintr_ipi_fd");
  _stui();

  pthread_t thread;
  must(pthread_create(&thread, NULL, other_thread, NULL) == 0, "pthread_create");
  while (received < 1) usleep(1);
  pthread_join(thread, NULL);
  check(received == 1, "a thread sends through its process's table without registering");

  int status;
  pid_t child = fork();
  if (child == 0) {
    _senduipi(index_of_parent);
    _exit(0);
  }
  while (received < 2) usleep(1);
  check(waitpid(child, &status, 0) == child && status == 0, "a forked child sends through the shared table");

  child = fork();
  if (child == 0) {
    if (ioctl(ipi, UIPI_SET_TARGET_TABLE, 0)) _exit(1);
    _senduipi(index_of_parent);
    _exit(0);
  }
  while (received < 3) {
    usleep(1);
    if (waitpid(child, &status, WNOHANG) == child && status) break;
  }
  check(received == 3, "UIPI_SET_TARGET_TABLE");
  return check_result();
}
