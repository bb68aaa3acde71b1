// The tables of the families.

#ifndef GUESTS_ERRNO_TABLES_H
#define GUESTS_ERRNO_TABLES_H

#include "errno.h"

extern const struct signature file_signatures[], path_signatures[], memory_signatures[], process_signatures[], signal_signatures[], event_signatures[],
    socket_signatures[], system_signatures[];
extern const struct hand_row signal_hand_rows[], situation_hand_rows[];

#endif
