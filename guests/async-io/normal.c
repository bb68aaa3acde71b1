// Blocking reads: each before a computation, as long as there are both.

#include <unistd.h>
#include "async_io.h"

static void read_next(void) {
  if (reads_done == read_count) return;
  const struct file *file = &files[reads[reads_done].size];
  begin_read();
  end_read(pread(file->descriptor, file->buffer, file->bytes, 0));
}

const struct method normal_method = {.name = "normal", .before_computation = read_next, .wait = read_next};
