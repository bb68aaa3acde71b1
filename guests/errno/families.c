// Which tables there are, and which calls none of them makes.

#include "tables.h"

const struct family families[] = {
    {"files", file_signatures, NULL},     {"paths", path_signatures, NULL},   {"memory", memory_signatures, NULL},  {"processes",
        process_signatures, NULL},
    {"signals", signal_signatures, signal_hand_rows}, {"events", event_signatures, NULL}, {"sockets", socket_signatures, NULL}, {"system",
        system_signatures, NULL},   {"situations", NULL, situation_hand_rows},
    {0},
};

const struct excluded excluded_calls[] = {
    {15, "rt_sigreturn", "its argument is the stack itself: without a frame it ends the program"},
    {58, "vfork", "parent and child share the stack of the caller, a C function; guests/plain/fork_wait.c calls it"},
    {60, "exit", "never returns"},
    {231, "exit_group", "never returns"},
    {153, "vhangup", "hangs up the terminal of the host where the caller may"},
    {169, "reboot", "stops the host where the caller may"},
    {175, "init_module", "changes the host's kernel where the caller may"},
    {176, "delete_module", "changes the host's kernel where the caller may"},
    {313, "finit_module", "changes the host's kernel where the caller may"},
    {246, "kexec_load", "replaces the host's kernel where the caller may"},
    {320, "kexec_file_load", "replaces the host's kernel where the caller may"},
    {0},
};
