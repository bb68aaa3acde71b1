// From a signature to rows: all arguments right, then each wrong in every way, then each two wrong together, which shows the order
// of checks. One line is printed for each of these groups: results, each with the ways that gave it.
//
//   n:V             always V                     int:G,V,...     G is right, the others are tried
//   fd:NAME dfd:P   descriptors, AT descriptors  path:NAME       names of environment.c
//   out:N           N bytes to write             in:NAME io:NAME structures of contents.c
//   size:N off:N    lengths, file offsets        bits:G/SKIP     each of 32 bits alone but those of SKIP; bits64 likewise
//   sig:N pid clock:N id:N                       map             page-aligned memory
// "int", "size", "off" and "bits" are the whole register; V is a number, or self, max, min, smax.

#include "errno.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CHOICES = 128, MOST_PAIRED = 3 };

struct choice {
  char label[32];
  /* An address or a number; a descriptor or a path by name is looked up in the worker. */
  long value;
  const char *name;
  /* What lies there; variant -1 for nothing. */
  int variant;
};

struct argument {
  char kind[12], parameter[128];
  int position;
  int count;
  /* Choice 0 is right. */
  struct choice choices[MOST_CHOICES];
  /* Those tried together with a wrong one of another argument. */
  int paired[MOST_PAIRED], paired_count;
};

struct row {
  short chosen[6];
};

struct rows {
  int number, arguments, count;
  struct argument argument[6];
  struct row row[4096];
};

static struct rows rows;

static void add(struct argument *argument, const char *label, long value, int paired) {
  struct choice *choice = &argument->choices[argument->count++];
  if (argument->count > MOST_CHOICES) exit(2);
  char text[32];
  snprintf(text, sizeof text, "%.31s", label);
  memcpy(choice->label, text, sizeof text);
  choice->value = value;
  choice->name = NULL;
  choice->variant = -1;
  if (paired && argument->paired_count < MOST_PAIRED) argument->paired[argument->paired_count++] = argument->count - 1;
}

static void add_contents(struct argument *argument, const char *label, long address, int variant, int paired) {
  add(argument, label, address, paired);
  argument->choices[argument->count - 1].name = argument->parameter;
  argument->choices[argument->count - 1].variant = variant;
}

static void add_name(struct argument *argument, const char *name, int paired) {
  add(argument, name, 0, paired);
  argument->choices[argument->count - 1].name = name;
}

static int is_one_of(const char *name, const char *list) {
  const char *found = strstr(list, name);
  size_t length = strlen(name);
  return found && (found == list || found[-1] == ' ') && (found[length] == ' ' || found[length] == 0);
}

static long number(const char *text) {
  if (!strncmp(text, "smax", 4)) return 0x7fffffffffffffff;
  if (!strncmp(text, "max", 3)) return 0x7fffffff;
  if (!strncmp(text, "min", 3)) return -0x80000000L;
  return text[0] == '-' ? strtol(text, NULL, 0) : (long)strtoul(text, NULL, 0);
}

static void add_bad_addresses(struct argument *argument, long size, int writes) {
  int at = argument->position;
  add(argument, "null", 0, 1);
  add(argument, "unmapped", ZONE_UNMAPPED(at), 1);
  add(argument, "kernel", KERNEL_HALF, 0);
  add(argument, "noncanonical", NON_CANONICAL, 0);
  add(argument, "last", -1, 0);
  add(argument, "top", TASK_END - 8, 0);
  if (writes) add(argument, "readonly", ZONE_READ_ONLY(at), 0);
  if (size > 1) add(argument, "straddling", ZONE_END(at) - size / 2, 0);
}

static void describe_out(struct argument *argument) {
  long size = number(argument->parameter);
  add(argument, "", ZONE(argument->position), 0);
  add_bad_addresses(argument, size, 1);
  add(argument, "exact", ZONE_END(argument->position) - size, 0);
  add(argument, "odd", ZONE(argument->position) + 1, 0);
}

static void describe_contents(struct argument *argument, int writes) {
  const char *label = "";
  int at = argument->position;
  char *scratch = (char *)ZONE(at);
  size_t size = fill_contents(argument->parameter, 0, scratch, &label);
  if (!size) {
    fprintf(stderr, "no structure is called %s\n", argument->parameter);
    exit(2);
  }
  add_contents(argument, "", ZONE(at), 0, 0);
  add_bad_addresses(argument, size, writes);
  argument->choices[argument->count - 1].name = argument->parameter;
  argument->choices[argument->count - 1].variant = 0;
  add_contents(argument, "exact", ZONE_END(at) - size, 0, 0);
  add_contents(argument, "odd", ZONE(at) + 1, 0, 0);
  for (int variant = 1; fill_contents(argument->parameter, variant, scratch, &label); variant++)
    add_contents(argument, label, ZONE(at), variant, variant == 1);
}

static void describe_bits(struct argument *argument, int count) {
  const char *slash = strchr(argument->parameter, '/');
  long good = number(argument->parameter);
  unsigned long skipped = slash ? strtoul(slash + 1, NULL, 0) : 0;
  add(argument, "", good, 0);
  for (int bit = 0; bit < count; bit++) {
    char label[8];
    snprintf(label, sizeof label, "b%d", bit);
    if (!(skipped >> bit & 1)) add(argument, label, good ^ 1L << bit, 0);
  }
  if (!skipped) add(argument, "all", count == 64 ? -1L : 0xffffffffL, 0);
  add(argument, "wild", good | 1L << 30, 1);
}

static void describe_list(struct argument *argument) {
  int first = 1;
  for (char *at = argument->parameter; at; at = strchr(at, ',')) {
    if (*at == ',') at++;
    char label[32];
    snprintf(label, sizeof label, "%.*s", (int)strcspn(at, ","), at);
    if (!strcmp(label, "self")) add_name(argument, "self", !first);
    else add(argument, label, number(at), !first);
    if (first) argument->choices[argument->count - 1].label[0] = 0;
    first = 0;
  }
}

static void describe_names(struct argument *argument, const char *const *names, const char *paired) {
  add_name(argument, argument->parameter, 0);
  argument->choices[0].label[0] = 0;
  for (int i = 0; names[i]; i++) add_name(argument, names[i], is_one_of(names[i], paired));
}

static void describe_numbers(struct argument *argument, const char *list) {
  char *own = argument->parameter;
  size_t length = strlen(own);
  snprintf(own + length, sizeof argument->parameter - length, "%s%s", length ? "," : "", list);
  describe_list(argument);
}

static const char *const AT_NAMES[] = {"-1", "closed", "cwd", "dir", "odir", "file", "opath", "pr", "epoll", NULL};

static void describe(struct argument *argument) {
  const char *kind = argument->kind;
  if (!strcmp(kind, "n")) add(argument, "", number(argument->parameter), 0);
  else if (!strcmp(kind, "int")) describe_list(argument);
  else if (!strcmp(kind, "fd")) describe_names(argument, descriptor_names, "closed opath dir");
  else if (!strcmp(kind, "fdn")) add_name(argument, argument->parameter, 0), argument->choices[0].label[0] = 0;
  else if (!strcmp(kind, "dfd")) describe_names(argument, AT_NAMES, "closed file");
  else if (!strcmp(kind, "path")) describe_names(argument, path_names, "unmapped empty missing");
  else if (!strcmp(kind, "pathn")) add_name(argument, argument->parameter, 0), argument->choices[0].label[0] = 0;
  else if (!strcmp(kind, "out")) describe_out(argument);
  else if (!strcmp(kind, "in")) describe_contents(argument, 0);
  else if (!strcmp(kind, "io")) describe_contents(argument, 1);
  else if (!strcmp(kind, "inn")) add_contents(argument, "", ZONE(argument->position), 0, 0);
  else if (!strcmp(kind, "size")) describe_numbers(argument, "0,-1,1,0x80000000,0x100000001,smax,0x8000000000000000");
  else if (!strcmp(kind, "off")) describe_numbers(argument, "-1,smax,1,0x4000000000000000,0x100000001,0x8000000000000000");
  else if (!strcmp(kind, "sig")) describe_numbers(argument, "-1,65,0,32,64,max");
  else if (!strcmp(kind, "pid")) strcpy(argument->parameter, "self"), describe_numbers(argument, "4000000,-4000000,0,1,max,min");
  else if (!strcmp(kind, "clock")) describe_numbers(argument, "-1,99,0,1,2,3,4,5,6,7,8,9,10,11,12,15,16,-6,-32000006,-621,min");
  else if (!strcmp(kind, "id")) describe_numbers(argument, "-1,0,1000,65534,0xfffffffe");
  else if (!strcmp(kind, "bits")) describe_bits(argument, 32);
  else if (!strcmp(kind, "bits64")) describe_bits(argument, 64);
  else if (!strcmp(kind, "map")) {
    long zone = ZONE(argument->position);
    add(argument, "", zone, 0);
    add(argument, "odd", zone + 1, 1);
    add(argument, "unmapped", ZONE_UNMAPPED(argument->position), 1);
    add(argument, "null", 0, 0);
    add(argument, "readonly", ZONE_READ_ONLY(argument->position), 0);
    add(argument, "end", zone + 0x3000, 0);
    add(argument, "kernel", KERNEL_HALF, 0);
    add(argument, "noncanonical", NON_CANONICAL, 0);
    add(argument, "top", TASK_END, 0);
    add(argument, "last", -4096, 0);
  } else {
    fprintf(stderr, "no kind is called %s\n", kind);
    exit(2);
  }
}

static long at_descriptor(const char *name) { return !strcmp(name, "cwd") ? -100 : descriptor(name); }

/* Paths lie at the end of the second page of their argument's zone; one that is not terminated ends where the hole begins. */
static long put_path(int position, const char *name) {
  if (!strcmp(name, "null")) return 0;
  if (!strcmp(name, "unmapped")) return ZONE_UNMAPPED(position);
  if (!strcmp(name, "kernel")) return KERNEL_HALF;
  if (!strcmp(name, "unterminated")) {
    memset((char *)ZONE_END(position) - 8, 'u', 8);
    return ZONE_END(position) - 8;
  }
  return (long)strcpy((char *)ZONE(position), path_text(name));
}

/* A structure that lies elsewhere is the same bytes: what it points at is in its argument's zone. */
static long put_contents(const struct argument *argument, const struct choice *choice) {
  char bytes[256];
  const char *label;
  char *zone = (char *)ZONE(argument->position);
  size_t size = fill_contents(argument->parameter, choice->variant, zone, &label);
  if (choice->value == (long)zone) return choice->value;
  memcpy(bytes, zone, size);
  long room = ZONE_END(argument->position) - choice->value;
  memcpy((char *)choice->value, bytes, (long)size < room ? (long)size : room);
  return choice->value;
}

/* In the worker. */
static long materialize(const struct argument *argument, const struct choice *choice) {
  memset((char *)ZONE(argument->position), 0, 256);
  if (choice->variant >= 0) return put_contents(argument, choice);
  if (!choice->name) return choice->value;
  if (!strcmp(choice->name, "self")) return getpid();
  if (!strncmp(argument->kind, "fd", 2)) return descriptor(choice->name);
  if (!strcmp(argument->kind, "dfd")) return at_descriptor(choice->name);
  return put_path(argument->position, choice->name);
}

static long run_row(const void *context, int index) {
  const struct rows *all = context;
  long values[6] = {0};
  for (int i = 0; i < all->arguments; i++) {
    const struct argument *argument = &all->argument[i];
    values[i] = materialize(argument, &argument->choices[all->row[index].chosen[i]]);
  }
  return raw(all->number, values[0], values[1], values[2], values[3], values[4], values[5]);
}

static int new_row(void) {
  if (rows.count == (int)(sizeof rows.row / sizeof *rows.row)) exit(2);
  memset(&rows.row[rows.count], 0, sizeof *rows.row);
  return rows.count++;
}

static void parse(const struct signature *signature) {
  memset(&rows, 0, sizeof rows);
  rows.number = signature->number;
  for (const char *at = signature->arguments; *at; at += strspn(at, " ")) {
    struct argument *argument = &rows.argument[rows.arguments];
    size_t length = strcspn(at, " "), kind = strcspn(at, ": ");
    argument->position = rows.arguments++;
    snprintf(argument->kind, sizeof argument->kind, "%.*s", (int)kind, at);
    if (kind < length) snprintf(argument->parameter, sizeof argument->parameter, "%.*s", (int)(length - kind - 1), at + kind + 1);
    describe(argument);
    at += length;
  }
}

struct group {
  int first, last;
  char title[64];
};

/* Choices by result, in the order in which results were first seen; neighbouring bits as "b3-b7". */
static void print_group(const struct signature *signature, const struct group *group, const struct outcome *outcomes, char (*labels)[72]) {
  char done[4096] = {0};
  fprintf(output, "%s%s%s:", signature->name, group->title[0] ? " / " : "", group->title);
  for (int i = group->first; i < group->last; i++) {
    if (done[i]) continue;
    fprintf(output, " %s", outcomes[i].text);
    if (group->title[0] == 0) continue;
    const char *separator = "{";
    for (int j = i; j < group->last; j++) {
      if (done[j] || strcmp(outcomes[j].text, outcomes[i].text)) continue;
      done[j] = 1;
      int end = j;
      while (labels[j][0] == 'b' && end + 1 < group->last && labels[end + 1][0] == 'b' && atoi(labels[end + 1] + 1)
          == atoi(labels[end] + 1) + 1 &&
             atoi(labels[end + 1] + 1) > 0 && !strcmp(outcomes[end + 1].text, outcomes[i].text) && !strchr(labels[end + 1], '+'))
        done[++end] = 1;
      fprintf(output, "%s%s", separator, labels[j]);
      if (end > j) fprintf(output, "..%s", labels[end]);
      separator = ", ";
    }
    fprintf(output, "}");
  }
  fprintf(output, "\n");
}

void run_signature(const struct signature *signature) {
  static struct outcome outcomes[4096];
  static char labels[4096][72];
  struct group groups[64];
  int group_count = 0;
  parse(signature);
  new_row();
  groups[group_count++] = (struct group){0, 1, ""};
  for (int i = 0; i < rows.arguments; i++) {
    const struct argument *argument = &rows.argument[i];
    struct group *group = &groups[group_count];
    group->first = rows.count;
    for (int choice = 1; choice < argument->count; choice++) {
      int row = new_row();
      rows.row[row].chosen[i] = choice;
      snprintf(labels[row], sizeof labels[row], "%.31s", argument->choices[choice].label);
    }
    group->last = rows.count;
    snprintf(group->title, sizeof group->title, "%d %s", i, argument->kind);
    if (group->last > group->first) group_count++;
  }
  for (int i = 0; i < rows.arguments; i++)
    for (int j = i + 1; j < rows.arguments; j++) {
      const struct argument *one = &rows.argument[i], *other = &rows.argument[j];
      struct group *group = &groups[group_count];
      group->first = rows.count;
      for (int a = 0; a < one->paired_count; a++)
        for (int b = 0; b < other->paired_count; b++) {
          int row = new_row();
          rows.row[row].chosen[i] = one->paired[a];
          rows.row[row].chosen[j] = other->paired[b];
          snprintf(labels[row], sizeof labels[row], "%s+%s", one->choices[one->paired[a]].label, other->choices[other->paired[b]].label);
        }
      group->last = rows.count;
      snprintf(group->title, sizeof group->title, "%d %s + %d %s", i, one->kind, j, other->kind);
      if (group->last > group->first) group_count++;
    }
  struct plan plan = {rows.count, run_row, &rows, signature->result};
  run_plan(&plan, outcomes);
  for (int i = 0; i < group_count; i++) print_group(signature, &groups[i], outcomes, labels);
}
