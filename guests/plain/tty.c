// Terminals: what comes in at a slave and what is echoed to its master, for many settings; reads by VMIN and VTIME; packet mode;
// requests and their errors; hanging up. Job control has a program of its own.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static int master, slave;

static const char *error_name(int error) {
  switch (error) {
    case EAGAIN: return "EAGAIN";
    case EBUSY: return "EBUSY";
    case EFAULT: return "EFAULT";
    case EINVAL: return "EINVAL";
    case EIO: return "EIO";
    case ENOTTY: return "ENOTTY";
    case ENXIO: return "ENXIO";
    case EPERM: return "EPERM";
    case ESPIPE: return "ESPIPE";
    case ESRCH: return "ESRCH";
    default: return "another error";
  }
}

static void show_bytes(const char *bytes, ssize_t count) {
  putchar('"');
  for (ssize_t i = 0; i < count; i++) {
    unsigned char c = bytes[i];
    if (c == '\n') printf("\\n");
    else if (c == '\r') printf("\\r");
    else if (c == '\t') printf("\\t");
    else if (c == '\b') printf("\\b");
    else if (c < 32 || c > 126 || c == '"') printf("\\x%02x", c);
    else putchar(c);
  }
  putchar('"');
}

/* Input travels to the other side by itself; a little time is enough. */
static void settle(void) {
  struct timespec moment = {0, 2000000};
  struct pollfd both[2] = {{.fd = slave, .events = POLLIN}, {.fd = master, .events = POLLIN}};
  poll(both, 2, 0);
  nanosleep(&moment, 0);
  poll(both, 2, 0);
  nanosleep(&moment, 0);
}

/* Everything that can be read without waiting, one read after the other. */
static void show_reads(const char *who, int file, size_t size) {
  char buffer[8192];
  fcntl(file, F_SETFL, O_NONBLOCK);
  printf("  %s:", who);
  for (int i = 0; i < 40; i++) {
    ssize_t count = read(file, buffer, size);
    if (count < 0) {
      if (errno != EAGAIN) printf(" %s", error_name(errno));
      break;
    }
    putchar(' ');
    if (count > 200) printf("%zd of %c..%c", count, buffer[0], buffer[count - 1]);
    else show_bytes(buffer, count);
    if (count == 0 && i > 8) break;
  }
  putchar('\n');
  fcntl(file, F_SETFL, 0);
}

static void open_pair(void) {
  must(openpty(&master, &slave, 0, 0, 0) == 0, "openpty");
}

static void close_pair(void) {
  close(slave);
  close(master);
}

struct character {
  int index;
  int value;
};

struct scene {
  const char *name;
  tcflag_t input_on, input_off, output_on, output_off, local_on, local_off;
  struct character characters[3];
  const char *typed;
  size_t read_size;
};

static const struct scene scenes[] = {
  {"a line", .typed = "hello\n"},
  {"two lines and a piece", .typed = "one\ntwo\nthr"},
  {"a line read in pieces", .typed = "abcdefgh\n", .read_size = 3},
  {"a line as long as the buffer", .typed = "abcd\nef\n", .read_size = 5},
  {"end of file", .typed = "\004"},
  {"end of file behind text", .typed = "abc\004"},
  {"end of file behind a full buffer", .typed = "abc\004def\n", .read_size = 3},
  {"end of file twice", .typed = "abc\004\004x\n"},
  {"erase", .typed = "abc\177d\n"},
  {"erase at the start", .typed = "\177\177a\n"},
  {"erase a control character", .typed = "a\001\177b\n"},
  {"erase a tab", .typed = "ab\tc\177\177d\n"},
  {"erase a tab behind a tab", .typed = "\tabc\t\177x\n"},
  {"erase a tab behind control characters", .typed = "\001\002\t\177x\n"},
  {"erase without ECHOE", .local_off = ECHOE, .typed = "abc\177\177d\n"},
  {"erase without ECHOCTL", .local_off = ECHOCTL, .typed = "a\001b\177\177c\n"},
  {"erase without ECHO", .local_off = ECHO, .typed = "abc\177d\n"},
  {"erase as printed", .local_on = ECHOPRT, .typed = "abcd\177\177e\n"},
  {"erase all as printed", .local_on = ECHOPRT, .typed = "ab\177\177\177c\n"},
  {"erase UTF-8", .input_on = IUTF8, .typed = "a\303\251\177b\n"},
  {"erase UTF-8 of three bytes as printed", .input_on = IUTF8, .local_on = ECHOPRT, .typed = "a\342\202\254\177b\n"},
  {"erase UTF-8 as bytes", .typed = "a\303\251\177b\n"},
  {"erase a tab behind UTF-8", .input_on = IUTF8, .typed = "\303\251\303\251\t\177b\n"},
  {"erase a stray continuation", .input_on = IUTF8, .typed = "\251\177b\n"},
  {"erase a word", .typed = "one two\027three\n"},
  {"erase words and signs", .typed = "a.b c_d-- \027\027x\n"},
  {"erase a word without IEXTEN", .local_off = IEXTEN, .typed = "one two\027x\n"},
  {"kill", .typed = "some text\025other\n"},
  {"kill without ECHOKE", .local_off = ECHOKE, .typed = "text\025other\n"},
  {"kill without ECHOK", .local_off = ECHOK, .typed = "text\025other\n"},
  {"kill without ECHOK and ECHOKE", .local_off = ECHOK | ECHOKE, .typed = "text\025other\n"},
  {"kill without ECHO", .local_off = ECHO, .typed = "text\025other\n"},
  {"kill as printed", .local_on = ECHOPRT, .typed = "abc\025d\n"},
  {"kill a tab", .typed = "a\tb\025c\n"},
  {"reprint", .typed = "ab\001c\022d\n"},
  {"reprint without IEXTEN", .local_off = IEXTEN, .typed = "ab\022d\n"},
  {"reprint without ECHO", .local_off = ECHO, .typed = "ab\022d\n"},
  {"literal next", .typed = "a\026\004b\026\177c\n"},
  {"literal newline", .typed = "a\026\nb\n"},
  {"literal next without ECHOCTL", .local_off = ECHOCTL, .typed = "a\026\004\n"},
  {"literal next without IEXTEN", .local_off = IEXTEN, .typed = "a\026\177b\n"},
  {"other ends of lines", .characters = {{VEOL, ';'}, {VEOL2, '!'}}, .typed = "a;b!c\n"},
  {"second end of line without IEXTEN", .local_off = IEXTEN, .characters = {{VEOL2, '!'}}, .typed = "a!b\n"},
  {"erase character off", .characters = {{VERASE, 0}}, .typed = "ab\177\n"},
  {"a null byte", .typed = "a\300\001b\n"},
  {"other editing characters", .characters = {{VERASE, '#'}, {VKILL, '@'}, {VEOF, '%'}}, .typed = "ab#c@de%f\n"},
  {"ECHONL without ECHO", .local_on = ECHONL, .local_off = ECHO, .typed = "secret\n"},
  {"no echo", .local_off = ECHO, .typed = "secret\n"},
  {"return as newline", .typed = "a\rb\n"},
  {"return as return", .input_off = ICRNL, .typed = "a\rb\n"},
  {"return ignored", .input_on = IGNCR, .typed = "a\rb\n"},
  {"newline as return", .input_on = INLCR, .input_off = ICRNL, .typed = "a\nb\r\004"},
  {"eighth bit stripped", .input_on = ISTRIP, .typed = "\341\342\n"},
  {"upper to lower case", .input_on = IUCLC, .typed = "AbC\n"},
  {"upper to lower case without IEXTEN", .input_on = IUCLC, .local_off = IEXTEN, .typed = "AbC\n"},
  {"marked 0xff", .input_on = PARMRK, .typed = "a\377b\n"},
  {"marked 0xff without echo or lines", .input_on = PARMRK, .local_off = ICANON | ECHO, .typed = "a\377b\n"},
  {"no translation of output", .output_off = OPOST, .typed = "a\nb\n"},
  {"newline as it is", .output_off = ONLCR, .typed = "a\nb\n"},
  {"newline returns", .output_off = ONLCR, .output_on = ONLRET, .typed = "a\nb\tc\177\177\n"},
  {"return as newline in output", .output_on = OCRNL, .input_off = ICRNL, .local_off = ECHOCTL, .typed = "a\rb\n"},
  {"no return at column 0", .output_on = ONOCR, .output_off = ONLCR, .input_off = ICRNL, .local_off = ECHOCTL, .typed = "\ra\rb\n"},
  {"tabs as spaces", .output_on = XTABS, .typed = "a\tb\t\n"},
  {"upper case output", .output_on = OLCUC, .typed = "abC\n"},
  {"raw", .input_off = ICRNL | IXON, .output_off = OPOST, .local_off = ICANON | ECHO | ISIG | IEXTEN, .typed = "a\003\004\r\n\021\177"},
  {"raw with echo", .local_off = ICANON | ISIG, .typed = "a\n\001\r\004"},
  {"raw with echo, no ECHOCTL", .local_off = ICANON | ISIG | ECHOCTL, .typed = "a\n\001\r"},
  {"stop and start characters", .typed = "a\023b\021c\n"},
  {"stopped", .typed = "a\023bc\n"},
  {"any character starts", .input_on = IXANY, .typed = "a\023bc\n"},
  {"no flow control", .input_off = IXON, .typed = "a\023b\021\n"},
  {"interrupt drops a line", .typed = "abc\003def\n"},
  {"quit and suspend", .typed = "ab\034cd\032ef\n"},
  {"interrupt with NOFLSH", .local_on = NOFLSH, .typed = "abc\003def\n"},
  {"interrupt without ISIG", .local_off = ISIG, .typed = "abc\003def\n"},
  {"edited elsewhere", .local_on = EXTPROC, .typed = "ab\177c\n\003d"},
};

static void set(const struct scene *scene) {
  struct termios settings;
  tcgetattr(slave, &settings);
  settings.c_iflag = (settings.c_iflag | scene->input_on) & ~scene->input_off;
  settings.c_oflag = (settings.c_oflag | scene->output_on) & ~scene->output_off;
  settings.c_lflag = (settings.c_lflag | scene->local_on) & ~scene->local_off;
  for (int i = 0; i < 3; i++)
    if (scene->characters[i].index) settings.c_cc[scene->characters[i].index] = scene->characters[i].value;
  must(tcsetattr(slave, TCSANOW, &settings) == 0, "tcsetattr");
}

static void play(const struct scene *scene) {
  printf("%s: ", scene->name);
  size_t length = strlen(scene->typed);
  show_bytes(scene->typed, length);
  putchar('\n');
  open_pair();
  set(scene);
  must(write(master, scene->typed, length) == (ssize_t)length, "typing");
  settle();
  int waiting = -1;
  ioctl(slave, FIONREAD, &waiting);
  printf("  waiting: %d\n", waiting);
  show_reads("slave", slave, scene->read_size ? scene->read_size : 4096);
  show_reads("master", master, 4096);
  close_pair();
}

/* Output of a program, as the master sees it. */
static void output(const char *name, tcflag_t on, tcflag_t off, const char *text) {
  struct scene scene = {.output_on = on, .output_off = off};
  open_pair();
  set(&scene);
  must(write(slave, text, strlen(text)) == (ssize_t)strlen(text), "write");
  settle();
  printf("output, %s: ", name);
  show_bytes(text, strlen(text));
  putchar('\n');
  show_reads("master", master, 4096);
  close_pair();
}

static void raw(int least, int time) {
  struct termios settings;
  tcgetattr(slave, &settings);
  cfmakeraw(&settings);
  settings.c_cc[VMIN] = least;
  settings.c_cc[VTIME] = time;
  must(tcsetattr(slave, TCSANOW, &settings) == 0, "tcsetattr");
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Types the second piece after so many milliseconds, in a child; reads once meanwhile, which must wait so long at least. */
static void timed(const char *name, int least, int time, size_t size, const char *first, int delay, const char *second, int wait) {
  open_pair();
  raw(least, time);
  if (first) must(write(master, first, strlen(first)) > 0, "write");
  settle();
  pid_t child = fork();
  if (child == 0) {
    usleep(delay * 1000);
    if (second) must(write(master, second, strlen(second)) > 0, "write");
    _exit(0);
  }
  char buffer[256];
  long start = milliseconds();
  ssize_t count = read(slave, buffer, size);
  long passed = milliseconds() - start;
  printf("%s (MIN %d, TIME %d): ", name, least, time);
  show_bytes(buffer, count);
  printf(" %s\n", passed >= wait - 15 ? "in its time" : "too early");
  waitpid(child, 0, 0);
  settle();
  show_reads("left", slave, 100);
  close_pair();
}

static void poll_line(const char *name, int file) {
  struct pollfd one = {.fd = file, .events = POLLIN | POLLOUT | POLLPRI};
  poll(&one, 1, 0);
  printf("  %s polls%s%s%s%s%s\n", name, one.revents & POLLIN ? " IN" : "", one.revents & POLLOUT ? " OUT" : "",
         one.revents & POLLPRI ? " PRI" : "", one.revents & POLLHUP ? " HUP" : "", one.revents & POLLERR ? " ERR" : "");
}

static void timing(void) {
  timed("what is there", 1, 0, 100, "abc", 0, 0, 0);
  timed("enough later", 5, 0, 100, "abc", 50, "defg", 50);
  timed("a smaller buffer", 10, 0, 4, "abcdef", 0, 0, 0);
  timed("nothing", 0, 0, 100, 0, 100, "abc", 0);
  timed("something at once", 0, 0, 100, "abc", 0, 0, 0);
  timed("in time", 0, 30, 100, 0, 50, "abc", 50);
  timed("too late", 0, 1, 100, 0, 500, "abc", 100);
  timed("between bytes", 5, 1, 100, "abc", 500, "def", 100);
  timed("first byte late", 5, 1, 100, 0, 100, "ab", 200);
  open_pair();
  raw(100, 0);
  char buffer[300];
  memset(buffer, 'x', sizeof buffer);
  must(write(master, buffer, 150) == 150, "write");
  settle();
  printf("a large MIN is met by %zd\n", read(slave, buffer, 200));
  raw(3, 0);
  show_reads("left", slave, 100);
  must(write(master, "ab", 2) == 2, "write");
  settle();
  poll_line("two of three bytes", slave);
  must(write(master, "c", 1) == 1, "write");
  settle();
  poll_line("three of three bytes", slave);
  raw(3, 1);
  show_reads("slave", slave, 100);
  must(write(master, "a", 1) == 1, "write");
  settle();
  poll_line("one byte with TIME", slave);
  close_pair();
}

static void changing_modes(void) {
  struct termios cooked;
  open_pair();
  tcgetattr(slave, &cooked);
  must(write(master, "abc\nde", 6) == 6, "write");
  settle();
  printf("lines, then raw:\n");
  raw(1, 0);
  show_reads("slave", slave, 100);
  must(write(master, "xyz", 3) == 3, "write");
  settle();
  printf("raw, then lines:\n");
  tcsetattr(slave, TCSANOW, &cooked);
  show_reads("slave", slave, 100);
  raw(1, 0);
  must(write(master, "pq", 2) == 2, "write");
  settle();
  tcsetattr(slave, TCSAFLUSH, &cooked);
  printf("flushed:\n");
  show_reads("slave", slave, 100);
  must(write(master, "r\nst", 4) == 4, "write");
  settle();
  check(tcflush(slave, TCIFLUSH) == 0, "tcflush of input");
  show_reads("slave", slave, 100);
  must(write(master, "u\n", 2) == 2, "write");
  settle();
  check_errno(tcflush(slave, 7), EINVAL, "tcflush of nothing");
  check_errno(tcflow(slave, 7), EINVAL, "tcflow of nothing");
  show_reads("slave", slave, 100);
  show_reads("master", master, 100);
  check(tcflow(slave, TCOOFF) == 0, "tcflow off");
  fcntl(slave, F_SETFL, O_NONBLOCK);
  check_errno(write(slave, "late", 4), EAGAIN, "writing while stopped");
  poll_line("stopped", slave);
  check(tcflow(slave, TCOON) == 0, "tcflow on");
  check(write(slave, "now", 3) == 3, "writing again");
  check(tcflow(slave, TCIOFF) == 0 && tcflow(slave, TCION) == 0, "tcflow of the other side");
  check(tcdrain(slave) == 0 && tcsendbreak(slave, 0) == 0, "tcdrain and tcsendbreak");
  settle();
  show_reads("master", master, 100);
  close_pair();
}

static void long_lines(void) {
  static char line[6000];
  open_pair();
  memset(line, 'x', sizeof line);
  struct scene quiet = {.local_off = ECHO};
  set(&quiet);
  printf("5000 characters and no end:\n");
  must(write(master, line, 5000) == 5000, "write");
  settle();
  int waiting;
  ioctl(slave, FIONREAD, &waiting);
  printf("  waiting: %d\n", waiting);
  must(write(master, "y\177z\n", 4) == 4, "write");
  settle();
  show_reads("slave", slave, 8000);
  close_pair();
}

static void packets(void) {
  int on = 1, mode = -1;
  open_pair();
  check(ioctl(master, TIOCPKT, &on) == 0, "packet mode");
  check(ioctl(master, TIOCGPKT, &mode) == 0 && mode == 1, "packet mode is on");
  check_errno(ioctl(slave, TIOCPKT, &on), ENOTTY, "packet mode of a slave");
  must(write(slave, "data", 4) == 4, "write");
  settle();
  poll_line("data", master);
  show_reads("master", master, 100);
  must(write(slave, "data", 4) == 4, "write");
  settle();
  show_reads("master by threes", master, 3);
  tcflow(slave, TCOOFF);
  poll_line("stopped", master);
  show_reads("master", master, 100);
  tcflow(slave, TCOON);
  show_reads("started", master, 100);
  tcflush(slave, TCIOFLUSH);
  show_reads("flushed", master, 100);
  tcflush(slave, TCIFLUSH);
  show_reads("input flushed", master, 100);
  struct scene off = {.input_off = IXON}, on_again = {.input_on = IXON}, external = {.local_on = EXTPROC};
  set(&off);
  show_reads("no flow control", master, 100);
  set(&on_again);
  show_reads("flow control", master, 100);
  set(&external);
  show_reads("edited elsewhere", master, 100);
  on = 0;
  check(ioctl(master, TIOCPKT, &on) == 0, "packet mode off");
  must(write(slave, "data", 4) == 4, "write");
  settle();
  show_reads("master", master, 100);
  close_pair();
}

static void requests(void) {
  int number = -1, lock = -1;
  struct termios settings;
  struct winsize size = {24, 80, 0, 0}, seen = {0};
  int unlocked = posix_openpt(O_RDWR | O_NOCTTY);
  must(unlocked >= 0, "posix_openpt");
  check(ioctl(unlocked, TIOCGPTN, &number) == 0 && number >= 0, "number of a pair");
  check(ioctl(unlocked, TIOCGPTLCK, &lock) == 0 && lock == 1, "locked at first");
  check_errno(open(ptsname(unlocked), O_RDWR | O_NOCTTY), EIO, "opening a locked slave");
  check_errno(ioctl(unlocked, TIOCGPTPEER, O_RDWR | O_NOCTTY), EIO, "a locked slave by its master");
  check(grantpt(unlocked) == 0 && unlockpt(unlocked) == 0, "grantpt and unlockpt");
  int peer = ioctl(unlocked, TIOCGPTPEER, O_RDWR | O_NOCTTY);
  check(peer >= 0 && isatty(peer), "the slave by its master");
  char name[64];
  check(ttyname_r(peer, name, sizeof name) == 0 && strcmp(name, ptsname(unlocked)) == 0, "names agree");
  check(ioctl(unlocked, TIOCSWINSZ, &size) == 0 && ioctl(peer, TIOCGWINSZ, &seen) == 0, "window size");
  printf("  %d rows, %d columns\n", seen.ws_row, seen.ws_col);
  check(tcgetattr(unlocked, &settings) == 0 && settings.c_lflag & ICANON, "settings by the master");
  settings.c_lflag &= ~ECHO;
  check(tcsetattr(unlocked, TCSANOW, &settings) == 0 && tcgetattr(peer, &settings) == 0 && !(settings.c_lflag & ECHO), "set by the master");
  settings.c_cflag = (settings.c_cflag & ~CSIZE) | CS5 | PARENB;
  /* glibc looks afterwards, and complains. */
  tcsetattr(peer, TCSANOW, &settings);
  tcgetattr(peer, &settings);
  check((settings.c_cflag & CSIZE) == CS8 && !(settings.c_cflag & PARENB) && settings.c_cflag & CREAD, "eight bits, whatever is asked for");
  cfsetospeed(&settings, B9600);
  cfsetispeed(&settings, B9600);
  tcsetattr(peer, TCSANOW, &settings);
  tcgetattr(peer, &settings);
  check(cfgetospeed(&settings) == B9600, "speed");
  struct { unsigned flags[4]; unsigned char line, cc[19]; unsigned in, out; } two;
  check(ioctl(peer, 0x802c542a, &two) == 0 && two.out == 9600, "speed in termios2");
  two.flags[2] = (two.flags[2] & ~0x100f) | 0x1000;
  two.out = 12345;
  check(ioctl(peer, 0x402c542b, &two) == 0, "any speed");
  memset(&two, 0, sizeof two);
  ioctl(peer, 0x802c542a, &two);
  printf("  %u out, %u in\n", two.out, two.in);
  struct { unsigned short flags[4]; unsigned char line, cc[8]; } one;
  check(ioctl(peer, TCGETA, &one) == 0 && one.flags[3] & ICANON && one.cc[VEOF] == 4, "struct termio");
  one.flags[0] |= IGNCR;
  check(ioctl(peer, TCSETA, &one) == 0 && tcgetattr(peer, &settings) == 0 && settings.c_iflag & IGNCR, "set by struct termio");
  int value = 5;
  check(ioctl(peer, TIOCOUTQ, &value) == 0 && value == 0, "nothing left to send");
  check(ioctl(peer, TIOCGETD, &value) == 0 && value == 0, "line discipline");
  value = 99;
  check_errno(ioctl(peer, TIOCSETD, &value), EINVAL, "another line discipline");
  check_errno(ioctl(peer, TIOCMGET, &value), ENOTTY, "modem lines");
  check_errno(ioctl(peer, TIOCGPTN, &value), ENOTTY, "number of a slave");
  check_errno(ioctl(peer, TIOCGPGRP, &value), ENOTTY, "foreground of another's terminal");
  check_errno(ioctl(peer, TIOCGSID, &value), ENOTTY, "session of another's terminal");
  check(ioctl(unlocked, TIOCGPGRP, &value) == 0 && value == 0, "foreground by the master");
  check_errno(ioctl(unlocked, TIOCGSID, &value), ENOTTY, "session by the master");
  check_errno(ioctl(peer, TIOCNOTTY, 0), ENOTTY, "giving up another's terminal");
  check_errno(ioctl(unlocked, TIOCSIG, SIGUSR1), EINVAL, "sending another signal");
  check_errno(ioctl(peer, TCGETS, (void *)16), EFAULT, "settings to nowhere");
  check_errno(ioctl(peer, TIOCSWINSZ, (void *)16), EFAULT, "size from nowhere");
  check_errno(ioctl(peer, 0x54ff, 0), ENOTTY, "an unknown request");
  check_errno(lseek(peer, 0, SEEK_SET), ESPIPE, "seeking");
  check_errno(pread(peer, name, 1, 0), ESPIPE, "reading at a place");
  int seen_exclusive = -1;
  check(ioctl(peer, TIOCEXCL, 0) == 0 && ioctl(peer, 0x80045440, &seen_exclusive) == 0 && seen_exclusive == 1, "exclusive");
  check(ioctl(peer, TIOCNXCL, 0) == 0, "no longer exclusive");
  check(ioctl(peer, TIOCSTI, "q") == 0 && ioctl(peer, TIOCSTI, "\n") == 0, "typing by request");
  slave = peer;
  master = unlocked;
  show_reads("slave", peer, 100);
  check_errno(open("/dev/pts/4000", O_RDWR), ENOENT, "a pair that is not there");
  check_errno(mkdir("/dev/pts/x", 0777), EPERM, "a directory in /dev/pts");
  close_pair();
}

static volatile sig_atomic_t told;

static void note(int signal) { told = signal; }

static void telling(void) {
  open_pair();
  signal(SIGIO, note);
  check(fcntl(slave, F_SETFL, O_ASYNC) == 0, "O_ASYNC");
  check(fcntl(slave, F_GETOWN) == getpid(), "whoever asks is told");
  must(write(master, "x", 1) == 1, "write");
  settle();
  check(!told, "not of a line that is not finished");
  must(write(master, "\n", 1) == 1, "write");
  settle();
  check(told == SIGIO, "but of one that is");
  close_pair();
}

static void hang_ups(void) {
  char buffer[10];
  open_pair();
  must(write(slave, "last", 4) == 4, "write");
  settle();
  close(slave);
  printf("the slave is closed:\n");
  poll_line("master", master);
  show_reads("master", master, 100);
  poll_line("master", master);
  check(write(master, "input\n", 6) == 6, "typing to nobody");
  slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  check(slave >= 0, "opened again");
  settle();
  show_reads("slave", slave, 100);
  show_reads("master", master, 100);
  close(master);
  printf("the master is closed:\n");
  poll_line("slave", slave);
  check(read(slave, buffer, 10) == 0, "end of file");
  check_errno(write(slave, "x", 1), EIO, "writing");
  struct termios settings;
  check_errno(tcgetattr(slave, &settings), EIO, "settings");
  pid_t group = 1;
  check_errno(ioctl(slave, TIOCSPGRP, &group), ENOTTY, "foreground");
  close(slave);
  open_pair();
  pid_t child = fork();
  if (child == 0) {
    usleep(20000);
    close(master);
    _exit(0);
  }
  close(master);
  raw(5, 0);
  check_errno(read(slave, buffer, 10), EIO, "the master closes while the slave waits");
  waitpid(child, 0, 0);
  close(slave);
  open_pair();
  child = fork();
  if (child == 0) {
    close(master);
    usleep(20000);
    _exit(0);
  }
  close(slave);
  check_errno(read(master, buffer, 10), EIO, "the slave closes while the master waits");
  waitpid(child, 0, 0);
  close(master);
}

int main(void) {
  setvbuf(stdout, 0, _IOFBF, 1 << 20);
  for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) play(&scenes[i]);
  output("as usual", 0, 0, "a\tb\nc\r\n");
  output("tabs as spaces", XTABS, 0, "a\tbc\td\n\te\b\tf");
  output("raw", 0, OPOST, "a\tb\n");
  output("returns", OCRNL | ONOCR, ONLCR, "\ra\rb\n");
  timing();
  changing_modes();
  long_lines();
  packets();
  requests();
  telling();
  hang_ups();
  return check_result();
}
