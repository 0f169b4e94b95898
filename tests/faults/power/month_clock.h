/* SPDX-License-Identifier: Apache-2.0 */
/* The wall clock of the whole program jumps under a running outbox. */
#ifndef YJ_TESTS_MONTH_CLOCK_H
#define YJ_TESTS_MONTH_CLOCK_H

#include "fault_report.h"

/* Where a clock that is wrong may stand, from 1970 to 2100. */
int64_t clock_jump(uint64_t *random, int64_t wall_ms);

/* Hand in n records, the clock jumping before each; the line is written. base: a folder. */
bool clock_outbox_prove(const struct fault_options *o, const char *base, int n);

#endif
