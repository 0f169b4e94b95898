/* SPDX-License-Identifier: Apache-2.0 */
/* Options every proof program takes, and the line it appends to the record of proofs. */
#ifndef YJ_TESTS_FAULT_REPORT_H
#define YJ_TESTS_FAULT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/* --seed N --size N --report FILE */
struct fault_options {
    uint64_t seed;
    int64_t size; /* what it counts the program says; 0: the small default */
    const char *report;
};
/* @return false: wrong words, told on stderr */
bool fault_options_read(int argc, char **argv, struct fault_options *ret);

struct fault_line {
    const char *fault, *layer;
    int64_t injections;
    const char *outcome; /* members of a JSON object: "\"kept\":3,…" */
    const char *seed, *command;
    int64_t began_ms; /* monotonic */
};
/* Print it, and append it to the report if there is one. */
void fault_line_write(const struct fault_options *o, const struct fault_line *line);

#endif
