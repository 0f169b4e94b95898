/* SPDX-License-Identifier: Apache-2.0 */
/* Words of heartbeats in Chinese. */
#ifndef YJ_CENTRAL_FLEET_WORDS_H
#define YJ_CENTRAL_FLEET_WORDS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/** A sentence about one device ("回执打印机没有纸了"); empty when nothing is to be said. */
void fleet_say_device(const json_t *device, char *buf, size_t bytes);

/** Why somebody calls for staff. @return static, or why itself */
const char *fleet_say_call(const char *why);

/** "3 天 4 小时", "12 分", "45 秒". */
void fleet_say_age(int64_t seconds, char *buf, size_t bytes);

#endif
