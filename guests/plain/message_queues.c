// System V message queues: order and selection by type, room, blocking, hand-over to receivers, removal, interruption.

#define _GNU_SOURCE
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "asleep.h"
#include "check.h"

enum { COPY = 040000, QUEUE_STAT = 11, QUEUE_INFO = 12 };

struct message {
  long type;
  char text[8192];
};

static void rest(long milliseconds) {
  struct timespec time = {0, milliseconds * 1000000};
  nanosleep(&time, NULL);
}

static int put(int id, long type, const char *text, int flags) {
  struct message m = {.type = type};
  strcpy(m.text, text);
  return msgsnd(id, &m, strlen(text) + 1, flags);
}

/* "2:text", or the errno's name. */
static const char *get(int id, long type, int flags) {
  static char shown[9000];
  static const struct { int number; const char *name; } names[] = {
    {ENOMSG, "ENOMSG"}, {E2BIG, "E2BIG"}, {EINTR, "EINTR"}, {EIDRM, "EIDRM"}, {EINVAL, "EINVAL"}, {EACCES, "EACCES"},
  };
  struct message m;
  ssize_t length = msgrcv(id, &m, sizeof m.text, type, flags);
  if (length >= 0) {
    snprintf(shown, sizeof shown, "%ld:%s", m.type, m.text);
    return shown;
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].number == errno) return names[i].name;
  return "?";
}

static int is(const char *shown, const char *expected) {
  if (strcmp(shown, expected) == 0) return 1;
  printf("  got %s\n", shown);
  return 0;
}

static struct msqid_ds status(int id) {
  struct msqid_ds now;
  must(msgctl(id, IPC_STAT, &now) == 0, "IPC_STAT");
  return now;
}

static int exit_of(pid_t child) {
  int how;
  must(waitpid(child, &how, 0) == child, "waitpid");
  return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}

static void nothing(int signal) {
  (void)signal;
}

static void select_by_type(int id) {
  put(id, 3, "three", 0);
  put(id, 1, "one", 0);
  put(id, 2, "two", 0);
  put(id, 1, "one again", 0);
  check(is(get(id, 2, 0), "2:two"), "the first of a type");
  check(is(get(id, -2, 0), "1:one"), "the lowest type up to 2");
  check(is(get(id, 3, MSG_EXCEPT), "1:one again"), "any type but 3");
  check(is(get(id, 5, IPC_NOWAIT), "ENOMSG"), "none of type 5");
  check(is(get(id, -2, IPC_NOWAIT), "ENOMSG"), "none up to 2");
  check(is(get(id, 0, 0), "3:three"), "the first of all");
  check(is(get(id, 0, IPC_NOWAIT), "ENOMSG"), "an empty queue");

  put(id, 7, "copied", 0);
  put(id, 8, "second", 0);
  check(is(get(id, 1, COPY | IPC_NOWAIT), "8:second"), "a copy of the second");
  check(is(get(id, 2, COPY | IPC_NOWAIT), "ENOMSG"), "no third to copy");
  check(is(get(id, 0, COPY), "EINVAL"), "MSG_COPY does not wait");
  check(is(get(id, 0, COPY | IPC_NOWAIT | MSG_EXCEPT), "EINVAL"), "MSG_COPY with MSG_EXCEPT");
  check(status(id).msg_qnum == 2, "copies leave the queue as it is");
  struct message m;
  check_errno(msgrcv(id, &m, 3, 0, 0), E2BIG, "too little room");
  check(msgrcv(id, &m, 3, 0, MSG_NOERROR) == 3 && memcmp(m.text, "cop", 3) == 0, "cut by MSG_NOERROR");
  check(is(get(id, 0, 0), "8:second"), "the rest of it is lost");
}

static void wrong_arguments(int id) {
  struct message m = {.type = 1};
  check_errno(msgsnd(id, &(struct message){.type = 0}, 1, 0), EINVAL, "type 0");
  check_errno(msgsnd(id, &(struct message){.type = -1}, 1, 0), EINVAL, "a negative type");
  check_errno(msgsnd(id, &m, 8193, 0), EINVAL, "longer than msgmax");
  check_errno(msgsnd(-1, &m, 1, 0), EINVAL, "to no queue");
  check_errno(msgsnd(id, NULL, 1, 0), EFAULT, "from nowhere");
  check_errno(msgrcv(id, &m, -1, 0, IPC_NOWAIT), EINVAL, "negative room");
  check_errno(msgctl(id, 99, NULL), EINVAL, "an unknown command");
  put(id, 1, "lost", 0);
  check_errno(msgrcv(id, NULL, 100, 0, 0), EFAULT, "to nowhere");
  check(status(id).msg_qnum == 0, "the message is lost");
  check(msgsnd(id, &m, 0, 0) == 0 && msgrcv(id, &m, 0, 0, 0) == 0, "a message of no bytes");
}

static void room(int id) {
  struct message m = {.type = 1};
  check(msgsnd(id, &m, 8192, 0) == 0 && msgsnd(id, &m, 8192, 0) == 0, "a full queue");
  check_errno(msgsnd(id, &m, 1, IPC_NOWAIT), EAGAIN, "no room");
  check(msgsnd(id, &m, 0, IPC_NOWAIT) == 0, "room for none");
  struct msqid_ds s = status(id);
  check(s.__msg_cbytes == 16384 && s.msg_qnum == 3 && s.msg_qbytes == 16384, "bytes and messages");
  pid_t child = fork();
  if (child == 0) _exit(put(id, 2, "waited", 0) == 0 ? 0 : 1);
  await_sleep(child);
  check(waitpid(child, NULL, WNOHANG) == 0, "a sender waits");
  check(msgrcv(id, &m, 8192, 0, 0) == 8192 && exit_of(child) == 0, "until there is room");
  check(is(get(id, 2, 0), "2:waited"), "what it sent");
  check(status(id).msg_lspid == child && status(id).msg_lrpid == getpid(), "last pids");
  while (msgrcv(id, &m, 8192, 0, IPC_NOWAIT) >= 0) {}

  s = status(id);
  s.msg_qbytes = 10;
  check(msgctl(id, IPC_SET, &s) == 0 && status(id).msg_qbytes == 10, "IPC_SET of the capacity");
  check(put(id, 1, "123456789", IPC_NOWAIT) == 0, "ten bytes fit");
  check_errno(put(id, 1, "", IPC_NOWAIT), EAGAIN, "an eleventh does not");
  child = fork();
  if (child == 0) _exit(put(id, 3, "more", 0) == 0 ? 0 : 1);
  await_sleep(child);
  s.msg_qbytes = 100;
  msgctl(id, IPC_SET, &s);
  check(exit_of(child) == 0, "a larger capacity lets a sender go on");
  check(is(get(id, 3, 0), "3:more") && is(get(id, 0, 0), "1:123456789"), "both arrived");
  s.msg_qbytes = 16384;
  msgctl(id, IPC_SET, &s);
}

/* Receivers in the order of their arrival, each for types of its own. */
static void waiting_order(int id, int answers) {
  static const long wanted[] = {5, 0, -3, 5};
  pid_t children[4];
  for (int i = 0; i < 4; i++) {
    children[i] = fork();
    if (children[i] == 0) {
      struct message m;
      ssize_t length = msgrcv(id, &m, 10, wanted[i], 0);
      char answer[64];
      snprintf(answer, sizeof answer, "receiver %d %.40s", i, length >= 0 ? m.text : errno == E2BIG ? "E2BIG" : "?");
      put(answers, 1, answer, 0);
      _exit(0);
    }
    await_sleep(children[i]);
  }
  put(id, 4, "a", 0);
  check(is(get(answers, 0, 0), "1:receiver 1 a"), "type 4 is for the second receiver");
  put(id, 2, "b", 0);
  check(is(get(answers, 0, 0), "1:receiver 2 b"), "type 2 for the third");
  put(id, 5, "far too long", 0);
  char first[100], second[100];
  strcpy(first, get(answers, 0, 0));
  strcpy(second, get(answers, 0, 0));
  check((strcmp(first, "1:receiver 0 E2BIG") == 0 && strcmp(second, "1:receiver 3 E2BIG") == 0) ||
          (strcmp(first, "1:receiver 3 E2BIG") == 0 && strcmp(second, "1:receiver 0 E2BIG") == 0),
        "a long message sends both others away");
  check(is(get(id, 0, IPC_NOWAIT), "5:far too long"), "and stays in the queue");
  for (int i = 0; i < 4; i++) exit_of(children[i]);
}

static void interruption(int id) {
  struct sigaction act = {.sa_handler = nothing, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &act, NULL);
  pid_t child = fork();
  if (child == 0) _exit(is(get(id, 0, 0), "EINTR") ? 0 : 1);
  await_sleep(child);
  kill(child, SIGUSR1);
  check(exit_of(child) == 0, "a handler ends msgrcv whatever SA_RESTART says");
  child = fork();
  if (child == 0) _exit(is(get(id, 0, 0), "1:after a stop") ? 0 : 1);
  await_sleep(child);
  kill(child, SIGSTOP);
  await_state(child, child, "T");
  kill(child, SIGCONT);
  await_sleep(child);
  put(id, 1, "after a stop", 0);
  check(exit_of(child) == 0, "a stop does not");
}

static void removal(int id) {
  struct message m = {.type = 1};
  int full = msgget(IPC_PRIVATE, 0600);
  while (msgsnd(full, &m, 8192, IPC_NOWAIT) == 0) {}
  pid_t receiver = fork();
  if (receiver == 0) _exit(is(get(id, 0, 0), "EIDRM") ? 0 : 1);
  pid_t sender = fork();
  if (sender == 0) _exit(msgsnd(full, &m, 1, 0) == -1 && errno == EIDRM ? 0 : 1);
  await_sleep(receiver);
  await_sleep(sender);
  check(msgctl(id, IPC_RMID, NULL) == 0 && msgctl(full, IPC_RMID, NULL) == 0, "removed");
  check(exit_of(receiver) == 0, "EIDRM for who received");
  check(exit_of(sender) == 0, "EIDRM for who sent");
  check(is(get(id, 0, 0), "EINVAL"), "EINVAL for who comes later");
}

int main(void) {
  key_t key = 0x4d534700 ^ getpid();
  /* The clock of these stamps is a tick behind time(). */
  time_t start = time(NULL) - 1;
  check_errno(msgget(key, 0), ENOENT, "no such key");
  int id = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  check(id >= 0 && msgget(key, 0) == id && msgget(key, IPC_CREAT) == id, "a queue and its key");
  check_errno(msgget(key, IPC_CREAT | IPC_EXCL | 0600), EEXIST, "the key is taken");
  struct msqid_ds s = status(id);
  check(s.msg_qnum == 0 && s.msg_qbytes == 16384 && s.msg_lspid == 0 && s.msg_stime == 0 && s.msg_ctime >= start, "a new queue");
  int answers = msgget(IPC_PRIVATE, 0600);

  select_by_type(id);
  wrong_arguments(id);
  room(id);
  waiting_order(id, answers);
  interruption(id);
  check(status(id).msg_rtime >= start && status(id).msg_stime >= start, "times");

  struct msginfo info;
  put(answers, 1, "counted", 0);
  int highest = msgctl(0, QUEUE_INFO, (void *)&info);
  check(highest >= (answers & 0x7fff) && info.msgpool >= 2 && info.msgmap >= 1 && info.msgtql >= 8, "MSG_INFO");
  /* Others on the same kernel make and remove queues meanwhile. */
  check(msgctl(0, IPC_INFO, (void *)&info) >= (answers & 0x7fff) && info.msgmax == 8192 && info.msgmnb == 16384 && info.msgmni == 32000, "IPC_INFO");
  check(info.msgpool == 512000 && info.msgmap == 16384 && info.msgtql == 16384 && info.msgssz == 16 && info.msgseg == 65535, "historic limits");
  check(msgctl(answers & 0x7fff, QUEUE_STAT, &s) == answers && s.msg_qnum == 1, "MSG_STAT goes by the place in the table");

  removal(id);
  msgctl(answers, IPC_RMID, NULL);
  return check_result();
}
