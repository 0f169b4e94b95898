/* SPDX-License-Identifier: Apache-2.0 */
/* Is a heartbeat of the contract's form? */
#ifndef YJ_CENTRAL_HEARTBEAT_FORM_H
#define YJ_CENTRAL_HEARTBEAT_FORM_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

/**
 * Check every member; those of later contracts may be absent.
 * @return 0 or ERR_INVALID naming what is wrong
 */
int heartbeat_check(const json_t *doc, struct err *err) YJ_CHECK;

#endif
