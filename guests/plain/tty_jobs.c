// Controlling terminals and job control: how a terminal is got and lost, who is in front, what background processes are told.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include "check.h"

static int master;
static volatile sig_atomic_t seen[65];

static void note(int signal) { seen[signal]++; }

static void watch(int signal, int flags) {
  struct sigaction action = {.sa_handler = note, .sa_flags = flags};
  sigaction(signal, &action, 0);
}

static void pause_for(int milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  while (nanosleep(&time, &time) != 0 && errno == EINTR) continue;
}

/* Waits until a signal has come, but not for ever. */
static int has_come(int signal) {
  for (int i = 0; i < 200 && !seen[signal]; i++) pause_for(5);
  return seen[signal] != 0;
}

/* What a child does; its exit status is the number of checks that failed. */
#define IN_CHILD(pid) for (pid_t pid##_ = pid = (fflush(stdout), fork()); pid##_ == 0; _exit(check_failures + fflush(stdout)))

static int status_of(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

static void show_status(const char *what, int status) {
  if (WIFEXITED(status)) printf("%s: exited %d\n", what, WEXITSTATUS(status));
  else if (WIFSIGNALED(status)) printf("%s: killed by %d\n", what, WTERMSIG(status));
  else if (WIFSTOPPED(status)) printf("%s: stopped by %d\n", what, WSTOPSIG(status));
  else printf("%s: continued\n", what);
}

static void quiet(int file) {
  struct termios settings;
  tcgetattr(file, &settings);
  settings.c_lflag &= ~ECHO;
  tcsetattr(file, TCSANOW, &settings);
}

static int open_master(void) {
  int file = posix_openpt(O_RDWR | O_NOCTTY);
  must(file >= 0 && grantpt(file) == 0 && unlockpt(file) == 0, "posix_openpt");
  return file;
}

static void acquisition(void) {
  pid_t child;
  master = open_master();
  char name[64];
  strcpy(name, ptsname(master));
  IN_CHILD(child) {
    int slave = open(name, O_RDWR);
    check(open("/dev/tty", O_RDWR) >= 0 || errno == ENXIO, "a group member opens a terminal and nothing more");
    check_errno(ioctl(slave, TIOCSCTTY, 0), EPERM, "TIOCSCTTY needs a session leader");
    setsid();
    check_errno(open("/dev/tty", O_RDWR), ENXIO, "a new session has no terminal");
    check_errno(tcgetpgrp(slave), ENOTTY, "no foreground of another's terminal");
    int other = open(name, O_RDWR | O_NOCTTY);
    check_errno(open("/dev/tty", O_RDWR), ENXIO, "O_NOCTTY");
    int only = open(name, O_WRONLY);
    check_errno(open("/dev/tty", O_RDWR), ENXIO, "opened for writing alone");
    int third = open(name, O_RDWR);
    int tty = open("/dev/tty", O_RDWR);
    check(tty >= 0, "opening makes it the controlling terminal");
    char path[64];
    check(ttyname_r(third, path, sizeof path) == 0 && strcmp(path, name) == 0, "its name");
    check(ttyname_r(tty, path, sizeof path) != 0 || strcmp(path, "/dev/tty") == 0 || strcmp(path, name) == 0, "the name of /dev/tty");
    check(tcgetpgrp(tty) == getpid() && tcgetsid(tty) == getpid(), "foreground and session");
    check(tcgetpgrp(master) == getpid(), "foreground by the master");
    check(ioctl(third, TIOCSCTTY, 0) == 0, "TIOCSCTTY again");
    int another = open_master();
    int foreign = open(ptsname(another), O_RDWR);
    check_errno(ioctl(foreign, TIOCSCTTY, 0), EPERM, "a second terminal");
    check_errno(tcsetpgrp(foreign, getpid()), ENOTTY, "foreground of a terminal that is not ours");
    check_errno(tcsetpgrp(tty, 999999), ESRCH, "a group that is not there");
    check_errno(tcsetpgrp(tty, -5), EINVAL, "a negative group");
    check_errno(tcsetpgrp(tty, getppid()), EPERM, "a group of another session");
    watch(SIGHUP, 0);
    watch(SIGCONT, 0);
    check(ioctl(tty, TIOCNOTTY, 0) == 0, "TIOCNOTTY");
    check(has_come(SIGHUP) && has_come(SIGCONT), "tells the foreground");
    check_errno(open("/dev/tty", O_RDWR), ENXIO, "no terminal any more");
    check_errno(ioctl(third, TIOCNOTTY, 0), ENOTTY, "TIOCNOTTY again");
    check(ioctl(only, TIOCSCTTY, 0) == 0, "TIOCSCTTY by a descriptor for writing, privileged");
    close(other);
  }
  printf("child: %d\n", status_of(child));
  /* Two sessions and one terminal. */
  int ready[2], go[2];
  must(pipe(ready) == 0 && pipe(go) == 0, "pipe");
  IN_CHILD(child) {
    char byte;
    setsid();
    int slave = open(name, O_RDWR);
    watch(SIGHUP, 0);
    write(ready[1], "x", 1);
    read(go[0], &byte, 1);
    check_errno(open("/dev/tty", O_RDWR), ENXIO, "the terminal was stolen");
    check(!seen[SIGHUP], "without a word");
    close(slave);
  }
  char byte;
  read(ready[0], &byte, 1);
  pid_t thief;
  IN_CHILD(thief) {
    setsid();
    int slave = open(name, O_RDWR);
    check_errno(open("/dev/tty", O_RDWR), ENXIO, "a terminal of another session is not got by opening");
    check_errno(ioctl(slave, TIOCSCTTY, 0), EPERM, "nor by asking");
    check(ioctl(slave, TIOCSCTTY, 1) == 0, "but by stealing");
    check(open("/dev/tty", O_RDWR) >= 0, "now it is ours");
  }
  printf("thief: %d\n", status_of(thief));
  write(go[1], "x", 1);
  printf("victim: %d\n", status_of(child));
  close(master);
}

/* A session of its own on a new pair; its program is `body`. */
static void session(const char *name, void (*body)(int slave)) {
  printf("== %s\n", name);
  master = open_master();
  char path[64];
  strcpy(path, ptsname(master));
  fflush(stdout);
  pid_t child;
  IN_CHILD(child) {
    setsid();
    int slave = open(path, O_RDWR);
    must(slave >= 0, "slave");
    quiet(slave);
    body(slave);
  }
  close(master);
  show_status("leader", status_of(child));
}

static void signals_from_keys(int slave) {
  watch(SIGINT, 0);
  watch(SIGQUIT, 0);
  watch(SIGTSTP, 0);
  watch(SIGWINCH, 0);
  write(master, "\003", 1);
  check(has_come(SIGINT), "^C");
  write(master, "\034", 1);
  check(has_come(SIGQUIT), "^\\");
  write(master, "\032", 1);
  check(has_come(SIGTSTP), "^Z");
  struct winsize size = {50, 132, 0, 0};
  ioctl(master, TIOCSWINSZ, &size);
  check(has_come(SIGWINCH), "another window size");
  pause_for(20);
  int before = seen[SIGWINCH];
  ioctl(master, TIOCSWINSZ, &size);
  pause_for(20);
  check(seen[SIGWINCH] == before, "the same window size");
  seen[SIGINT] = 0;
  check(ioctl(master, TIOCSIG, SIGINT) == 0 && has_come(SIGINT), "TIOCSIG");
  seen[SIGINT] = 0;
  pid_t waker;
  IN_CHILD(waker) {
    setpgid(0, 0);
    pause_for(30);
    write(master, "abc\003", 4);
    pause_for(100);
    write(master, "def\n", 4);
  }
  char line[10];
  check_errno(read(slave, line, sizeof line), EINTR, "^C ends a read");
  check(read(slave, line, sizeof line) == 4 && memcmp(line, "def\n", 4) == 0, "and drops what was typed");
  waitpid(waker, 0, 0);
  /* The foreground alone is told. */
  pid_t front;
  IN_CHILD(front) {
    signal(SIGINT, SIG_DFL);
    setpgid(0, 0);
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(slave, getpid());
    pause_for(5000);
  }
  for (int i = 0; i < 200 && tcgetpgrp(slave) != front; i++) pause_for(5);
  seen[SIGINT] = 0;
  write(master, "\003", 1);
  show_status("the foreground", status_of(front));
  pause_for(10);
  check(!seen[SIGINT], "the background hears nothing");
}

static void background(int slave) {
  char line[10];
  struct termios settings;
  tcgetattr(slave, &settings);
  pid_t child;
  int status;
  signal(SIGTTOU, SIG_IGN);
  IN_CHILD(child) {
    setpgid(0, 0);
    printf("read %zd\n", read(slave, line, sizeof line));
  }
  waitpid(child, &status, WUNTRACED);
  show_status("reads", status);
  setpgid(child, child);
  write(master, "line\n", 5);
  tcsetpgrp(slave, child);
  kill(-child, SIGCONT);
  waitpid(child, &status, WUNTRACED);
  show_status("in front again, the read goes on", status);
  tcsetpgrp(slave, getpid());
  IN_CHILD(child) {
    setpgid(0, 0);
    signal(SIGTTIN, SIG_IGN);
    check_errno(read(slave, line, sizeof line), EIO, "reading with SIGTTIN ignored");
    sigset_t mask;
    signal(SIGTTIN, SIG_DFL);
    sigemptyset(&mask);
    sigaddset(&mask, SIGTTIN);
    sigprocmask(SIG_BLOCK, &mask, 0);
    check_errno(read(slave, line, sizeof line), EIO, "reading with SIGTTIN blocked");
    sigprocmask(SIG_UNBLOCK, &mask, 0);
    watch(SIGTTIN, 0);
    check_errno(read(slave, line, sizeof line), EINTR, "reading with a handler");
    check(seen[SIGTTIN] == 1, "which was called");
    check(write(slave, "x", 1) == 1, "writing without TOSTOP");
    check(tcgetpgrp(slave) == getppid(), "asking who is in front");
    check(tcsetattr(slave, TCSANOW, &settings) == 0, "setting with SIGTTOU ignored");
    watch(SIGTTOU, 0);
    check_errno(tcsetattr(slave, TCSANOW, &settings), EINTR, "setting with a handler");
    check_errno(tcflush(slave, TCIFLUSH), EINTR, "flushing");
    check_errno(tcsendbreak(slave, 0), EINTR, "a break");
    check_errno(tcsetpgrp(slave, getpid()), EINTR, "coming to the front");
    check(seen[SIGTTOU] == 4, "each time a signal");
    signal(SIGTTOU, SIG_IGN);
    settings.c_lflag |= TOSTOP;
    tcsetattr(slave, TCSANOW, &settings);
    check(write(slave, "x", 1) == 1, "writing with TOSTOP and SIGTTOU ignored");
    watch(SIGTTOU, 0);
    check_errno(write(slave, "x", 1), EINTR, "writing with TOSTOP");
    signal(SIGTTOU, SIG_DFL);
    fflush(stdout);
    write(slave, "x", 1);
  }
  waitpid(child, &status, WUNTRACED);
  show_status("writes with TOSTOP", status);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  signal(SIGTTOU, SIG_DFL);
}

static void orphans(int slave) {
  char line[10];
  int reports[2];
  pid_t child;
  must(pipe(reports) == 0, "pipe");
  IN_CHILD(child) {
    pid_t grandchild;
    IN_CHILD(grandchild) {
      setpgid(0, 0);
      char text[3] = "--";
      pause_for(60);
      if (read(slave, line, sizeof line) == -1 && errno == EIO) text[0] = 'r';
      if (tcsetpgrp(slave, getpid()) == -1 && errno == ENOTTY) text[1] = 'p';
      raise(SIGTSTP);
      write(reports[1], text, 2);
    }
    exit(0);
  }
  waitpid(child, 0, 0);
  char text[3] = "";
  read(reports[0], text, 2);
  printf("an orphan: %s\n", text);
  IN_CHILD(child) {
    pid_t grandchild;
    IN_CHILD(grandchild) {
      setpgid(0, 0);
      watch(SIGHUP, 0);
      watch(SIGCONT, 0);
      raise(SIGSTOP);
      text[0] = has_come(SIGHUP) ? 'h' : '-';
      text[1] = has_come(SIGCONT) ? 'c' : '-';
      write(reports[1], text, 2);
    }
    int status;
    waitpid(grandchild, &status, WUNTRACED);
    exit(0);
  }
  waitpid(child, 0, 0);
  read(reports[0], text, 2);
  printf("a stopped one: %s\n", text);
}

static void leader_exits(void) {
  printf("== the leader exits\n");
  int reports[2];
  must(pipe(reports) == 0, "pipe");
  master = open_master();
  char path[64];
  strcpy(path, ptsname(master));
  fflush(stdout);
  pid_t child;
  IN_CHILD(child) {
    setsid();
    int slave = open(path, O_RDWR);
    pid_t front, back;
    int ready[2], told[2];
    char byte;
    pipe(ready), pipe(told);
    IN_CHILD(front) {
      setpgid(0, 0);
      signal(SIGTTOU, SIG_IGN);
      tcsetpgrp(slave, getpid());
      watch(SIGHUP, 0);
      watch(SIGCONT, 0);
      write(ready[1], "x", 1);
      char text[6] = "-----";
      if (has_come(SIGHUP)) text[0] = 'h';
      if (seen[SIGCONT]) text[1] = 'c';
      pause_for(30);
      if (open("/dev/tty", O_RDWR) == -1 && errno == ENXIO) text[2] = 't';
      if (write(slave, "", 1) == 1) text[3] = 'w';
      write(reports[1], text, 5);
      write(told[1], "x", 1);
    }
    IN_CHILD(back) {
      setpgid(0, 0);
      watch(SIGHUP, 0);
      write(ready[1], "x", 1);
      while (read(told[0], &byte, 1) != 1) continue;
      write(reports[1], seen[SIGHUP] ? "B" : "b", 1);
    }
    read(ready[0], &byte, 1);
    read(ready[0], &byte, 1);
    exit(0);
  }
  close(reports[1]);
  char text[10] = "";
  for (ssize_t at = 0, count; at < 6 && (count = read(reports[0], text + at, 6 - at)) > 0; at += count) continue;
  printf("%s\n", text);
  waitpid(child, 0, 0);
  close(master);
}

static void hung_up(int slave) {
  pid_t front;
  int reports[2];
  pipe(reports);
  IN_CHILD(front) {
    setpgid(0, 0);
    close(master);
    watch(SIGHUP, 0);
    pause_for(150);
    write(reports[1], seen[SIGHUP] ? "H" : "-", 1);
  }
  signal(SIGTTOU, SIG_IGN);
  setpgid(front, front);
  tcsetpgrp(slave, front);
  watch(SIGHUP, 0);
  watch(SIGCONT, 0);
  pause_for(20);
  close(master);
  check(has_come(SIGHUP) && has_come(SIGCONT), "the leader is told");
  check_errno(open("/dev/tty", O_RDWR), ENXIO, "and has no terminal any more");
  char text[2] = "";
  read(reports[0], text, 1);
  printf("the foreground: %s\n", text);
  waitpid(front, 0, 0);
}

static void hung_up_by_itself(int slave) {
  char path[64], byte;
  strcpy(path, ptsname(master));
  watch(SIGHUP, 0);
  watch(SIGCONT, 0);
  check(vhangup() == 0, "vhangup");
  check(has_come(SIGHUP) && has_come(SIGCONT), "the leader is told");
  check(read(slave, &byte, 1) == 0, "the old descriptor is at its end");
  check_errno(open("/dev/tty", O_RDWR), ENXIO, "no terminal any more");
  int again = open(path, O_RDWR);
  struct termios settings;
  check(again >= 0 && tcgetattr(again, &settings) == 0 && settings.c_lflag & ECHO, "opened again, with the settings of a new one");
  check(tcgetpgrp(again) == getpid(), "and it controls the session");
}

static void library(void) {
  printf("== forkpty and login_tty\n");
  struct winsize size = {10, 20, 0, 0};
  fflush(stdout);
  pid_t child = forkpty(&master, 0, 0, &size);
  if (child == 0) {
    struct winsize seen_size;
    ioctl(0, TIOCGWINSZ, &seen_size);
    printf("%d %d %d %dx%d\n", isatty(0), isatty(1), isatty(2), seen_size.ws_row, seen_size.ws_col);
    printf("%d %d\n", getsid(0) == getpid(), tcgetpgrp(0) == getpid());
    char line[10];
    ssize_t count = read(0, line, sizeof line);
    printf("read %zd\n", count);
    fflush(stdout);
    _exit(3);
  }
  write(master, "abc\n", 4);
  char text[300];
  size_t length = 0;
  for (ssize_t count; length < sizeof text - 1 && (count = read(master, text + length, sizeof text - 1 - length)) > 0;) length += count;
  int at_end = errno;
  text[length] = 0;
  int lines = 0, echoed = strstr(text, "abc\r\n") != 0;
  for (size_t i = 0; i < length; i++) lines += text[i] == '\n';
  printf("%d lines%s%s%s%s, then %s\n", lines, echoed ? ", echo" : "", strstr(text, "1 1 1 10x20\r\n") ? ", size" : "", strstr(text, "1 1\r\n") ? ", session" : "",
         strstr(text, "read 4\r\n") ? ", line" : "", at_end == EIO ? "EIO" : "something else");
  show_status("child", status_of(child));
  close(master);
}

int main(void) {
  setvbuf(stdout, 0, _IOFBF, 1 << 16);
  setsid();
  acquisition();
  session("signals from keys", signals_from_keys);
  session("the background", background);
  session("orphans", orphans);
  leader_exits();
  session("hung up", hung_up);
  session("vhangup", hung_up_by_itself);
  library();
  return check_result();
}
