// Files: create, read, write, seek, append, truncate, directories, links, rename, stat, /proc/self, /dev.

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"

static int compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void) {
  char buffer[256], place[] = "/tmp/files-guest-XXXXXX";
  struct stat st;
  umask(022);
  must(mkdtemp(place) != NULL, "mkdtemp");
  must(chdir(place) == 0, "chdir");
  check(getcwd(buffer, sizeof buffer) && !strcmp(buffer, place), "getcwd");
  check_errno(mkdir(place, 0755), EEXIST, "mkdir twice");

  int fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0666);
  must(fd >= 0, "open");
  check_errno(open("a", O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST, "O_EXCL");
  check(write(fd, "0123456789", 10) == 10 && lseek(fd, -3, SEEK_END) == 7 && read(fd, buffer, 10) == 3 && !memcmp(buffer, "789", 3),
        "write, seek, read");
  check(lseek(fd, 100, SEEK_SET) == 100 && write(fd, "!", 1) == 1 && fstat(fd, &st) == 0 && st.st_size == 101, "a write beyond the end");
  check(pread(fd, buffer, 5, 50) == 5 && !memcmp(buffer, "\0\0\0\0\0", 5), "leaves zeros");
  check(ftruncate(fd, 4) == 0 && fstat(fd, &st) == 0 && st.st_size == 4 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0644,
        "ftruncate, and the mode under the umask");
  close(fd);
  fd = open("a", O_WRONLY | O_APPEND);
  lseek(fd, 0, SEEK_SET);
  check(write(fd, "x", 1) == 1 && lseek(fd, 0, SEEK_CUR) == 5, "O_APPEND");
  check_errno(read(fd, buffer, 1), EBADF, "reading what is open for writing");
  close(fd);

  check(link("a", "b") == 0 && stat("b", &st) == 0 && st.st_nlink == 2, "a hard link");
  check(symlink("a", "c") == 0 && lstat("c", &st) == 0 && S_ISLNK(st.st_mode) && readlink("c", buffer, sizeof buffer) == 1 &&
        stat("c", &st) == 0 && st.st_size == 5, "a symbolic link");
  check(rename("b", "d") == 0 && access("b", F_OK) == -1 && access("d", F_OK) == 0, "rename");
  check_errno(open("missing", O_RDONLY), ENOENT, "a missing file");
  check_errno(open("a/b", O_RDONLY), ENOTDIR, "a file as directory");
  check_errno(open(".", O_WRONLY), EISDIR, "writing to a directory");
  check_errno(rmdir(place), ENOTEMPTY, "removing a directory with files");

  DIR *directory = opendir(".");
  char *names[16];
  int count = 0;
  for (struct dirent *entry; (entry = readdir(directory));) names[count++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, count, sizeof *names, compare);
  printf("entries:");
  for (int i = 0; i < count; i++) printf(" %s", names[i]);
  printf("\n");

  check(unlink("a") == 0 && unlink("c") == 0 && unlink("d") == 0 && chdir("/") == 0 && rmdir(place) == 0, "all removed");
  check_errno(access(place, F_OK), ENOENT, "and gone");

  fd = open("/dev/null", O_RDWR);
  check(write(fd, "x", 1) == 1 && read(fd, buffer, 1) == 0, "/dev/null");
  close(fd);
  fd = open("/dev/zero", O_RDONLY);
  buffer[0] = 1;
  check(read(fd, buffer, 16) == 16 && buffer[0] == 0, "/dev/zero");
  close(fd);
  fd = open("/proc/self/maps", O_RDONLY);
  check(fd >= 0 && read(fd, buffer, sizeof buffer) > 20, "/proc/self/maps");
  close(fd);
  FILE *file = tmpfile();
  fprintf(file, "%d %s\n", 42, "words");
  rewind(file);
  int number;
  char word[16];
  check(fscanf(file, "%d %15s", &number, word) == 2 && number == 42 && !strcmp(word, "words"), "stdio on a temporary file");
  fclose(file);
  return check_result();
}
