// User interrupts between processes: the vector's descriptor is inherited by fork, or passed over a socket with SCM_RIGHTS.

#include <sys/wait.h>
#include "check.h"
#include "descriptor.h"
#include "uintr.h"

static volatile int received[UINTR_VECTORS];

UINTR_HANDLER(handler, frame, vector) {
  (void)frame;
  received[vector]++;
}

static int send_one(int descriptor) {
  int index = uintr_register_sender(descriptor, 0);
  if (index < 0) return 1;
  _senduipi(index);
  return 0;
}

int main(void) {
  int sockets[2], status;
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0, "socketpair");
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  int first = uintr_create_fd(1, 0);
  must(first >= 0, "uintr_create_fd");
  _stui();

  pid_t child = fork();
  if (child == 0) _exit(send_one(first));
  while (!received[1]) usleep(1);
  check(waitpid(child, &status, 0) == child && status == 0 && received[1] == 1, "a forked child sends through the inherited descriptor");

  child = fork();
  if (child == 0) _exit(send_one(receive_descriptor(sockets[1])));
  int second = uintr_create_fd(2, 0);
  must(second >= 0, "uintr_create_fd");
  send_descriptor(sockets[0], second);
  while (!received[2]) usleep(1);
  check(waitpid(child, &status, 0) == child && status == 0 && received[2] == 1, "another process sends through a passed descriptor");

  child = fork();
  if (child == 0) {
    // Registration is the parent's own: the child has neither handler nor UIF.
    int registered = !_testui() && uintr_create_fd(3, 0) == -1 && errno == EINVAL;
    _exit(registered ? 0 : 1);
  }
  check(waitpid(child, &status, 0) == child && status == 0, "a child does not inherit the handler");
  check(_testui(), "the parent keeps UIF");
  return check_result();
}
