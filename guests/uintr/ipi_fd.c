// uintr_ipi_fd: a process takes over another one's target table, or sends through the table it shares by fork.

#include <sys/ioctl.h>
#include <sys/wait.h>
#include <pthread.h>
#include "check.h"
#include "descriptor.h"
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

/* A process without a table: takes over the one whose descriptor it receives. */
static void take_over(int socket) {
  int table = receive_descriptor(socket);
  if (ioctl(table, UIPI_SET_TARGET_TABLE, 0)) _exit(1);
  _senduipi(index_of_parent);
  _exit(0);
}

int main(void) {
  int sockets[2];
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0, "socketpair");
  pid_t stranger = fork();
  if (stranger == 0) take_over(sockets[1]);
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

  check_errno(ioctl(ipi, UIPI_SET_TARGET_TABLE, 0), EBUSY, "UIPI_SET_TARGET_TABLE where there is a table already");
  check_errno(ioctl(ipi, UIPI_SET_TARGET_TABLE + 1, 0), EINVAL, "another ioctl");
  send_descriptor(sockets[0], ipi);
  while (received < 3) {
    usleep(1);
    if (waitpid(stranger, &status, WNOHANG) == stranger && status) break;
  }
  check(received == 3, "UIPI_SET_TARGET_TABLE in a process that has none");
  return check_result();
}
