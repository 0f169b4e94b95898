/* SPDX-License-Identifier: Apache-2.0 */
/* Instants of the contract as numbers. */
#ifndef YJ_CENTRAL_INSTANT_H
#define YJ_CENTRAL_INSTANT_H

#include <stdint.h>

/** @param text  RFC 3339 in UTC ("2026-11-23T01:41:07Z"). @return seconds since 1970; 0: no instant
 */
int64_t instant_seconds(const char *text);

#endif
