/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that make mistakes. */
#ifndef YJ_TESTS_MATTER_MAKER_BREAK_H
#define YJ_TESTS_MATTER_MAKER_BREAK_H

#include "matter_maker.h"

struct breaker {
    struct dice dice;
    json_t *root;
    struct maker_mistake *ret;
};

/** A part of a list; where: "type=date,!like", "" takes any. @return borrowed, NULL: none */
json_t *breaker_pick(struct breaker *b, const char *list, const char *where, size_t *ret_i);

/** Mistakes that need more than one key; all of them are beyond a schema but for is_blind. */
size_t breaker_twist_count(void);
bool breaker_twist(struct breaker *b, size_t i);

#endif
