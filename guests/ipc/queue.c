// Ping-pong through message queues of System V and POSIX, and by a pair of System V semaphores. spin: IPC_NOWAIT, O_NONBLOCK.

#include "ping_pong.h"
#include <fcntl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

static int identifier;
static mqd_t queues[2];
static struct {
  long type;
  char text[MOST_BYTES];
} letter[2];

static void prepare_messages(void) {
  identifier = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  must(identifier >= 0, "msgget");
  memset(letter, 1, sizeof letter);
}

/* Messages to party 0 have type 1, to party 1 type 2. */
static void send_message(int party, char *message) {
  letter[party].type = !party + 1;
  memcpy(letter[party].text, message, (size_t)size);
  must(msgsnd(identifier, &letter[party], (size_t)size, 0) == 0, "msgsnd");
}

static void receive_message(int party, char *message) {
  while (msgrcv(identifier, &letter[party], (size_t)size, party + 1, blocking ? 0 : IPC_NOWAIT) != size)
    must(errno == ENOMSG && !blocking, "msgrcv");
  memcpy(message, letter[party].text, (size_t)size);
}

/* Queues and semaphores of System V stay when their makers end. The last answer has come, so nobody uses them any more. */
static void remove_messages(void) { msgctl(identifier, IPC_RMID, NULL); }

static void prepare_semaphores(void) {
  identifier = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
  must(identifier >= 0, "semget");
}

static void up(int party, char *message) {
  (void)message;
  struct sembuf operation = {(unsigned short)!party, 1, 0};
  must(semop(identifier, &operation, 1) == 0, "semop");
}

static void down(int party, char *message) {
  (void)message;
  struct sembuf operation = {(unsigned short)party, -1, blocking ? 0 : IPC_NOWAIT};
  while (semop(identifier, &operation, 1) != 0) must(errno == EAGAIN && !blocking, "semop");
}

static void remove_semaphores(void) { semctl(identifier, 0, IPC_RMID); }

static void prepare_queues(void) {
  struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = size};
  for (int receiver = 0; receiver < 2; receiver++) {
    char name[64];
    snprintf(name, sizeof name, "/ipc-queue-%d-%d", (int)getpid(), receiver);
    queues[receiver] = mq_open(name, O_RDWR | O_CREAT | O_EXCL | (blocking ? 0 : O_NONBLOCK), 0600, &attributes);
    must(queues[receiver] != (mqd_t)-1, "mq_open");
    mq_unlink(name);
  }
}

static void send_to_queue(int party, char *message) { must(mq_send(queues[!party], message, (size_t)size, 0) == 0, "mq_send"); }

static void receive_from_queue(int party, char *message) {
  while (mq_receive(queues[party], message, (size_t)size, NULL) != size) must(errno == EAGAIN && !blocking, "mq_receive");
}

static const struct mechanism mechanisms[] = {
    {"sysv-message", SPINS | BLOCKS, PROCESSES, prepare_messages, NULL, send_message, receive_message, remove_messages, NULL},
    {"sysv-semaphore", SPINS | BLOCKS, PROCESSES, prepare_semaphores, NULL, up, down, remove_semaphores, NULL},
    {"posix-queue", SPINS | BLOCKS, PROCESSES, prepare_queues, NULL, send_to_queue, receive_from_queue, NULL, NULL},
};

int main(int argc, char **argv) { return PING_PONG(argc, argv, mechanisms); }
