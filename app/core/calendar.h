/* SPDX-License-Identifier: Apache-2.0 */
/* Working days: the calendar of public holidays and shifted working days as data
 * (docs/matters.md, calendar.json). Const after loading; any thread; never blocks. */
#ifndef YJ_CORE_CALENDAR_H
#define YJ_CORE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/matter.h"

struct calendar;

/**
 * Read the text of a calendar.json.
 * @return 0 or ERR_MATTER_FILE; every mistake is complained about with its place, as matter_parse
 */
int calendar_parse(const char *text, size_t len, const char *file,
                   struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                   struct calendar **ret) YJ_CHECK;
void calendar_free(struct calendar *c);

/** @return whether people work on this day (YYYYMMDD). NULL calendar: Monday to Friday. */
bool calendar_is_working_day(const struct calendar *c, int day);

/** @return true when the year of the day is in the calendar: what is computed there is certain. */
bool calendar_knows(const struct calendar *c, int day);

/**
 * The n-th working day after a day: the day itself is not counted (行政许可法 82; 民法典 201).
 * @param n  0..3650; 0 gives the day itself
 * @param ret_is_certain  false when a year on the way is not in the calendar; may be NULL
 * @return YYYYMMDD, 0 when the day does not exist
 */
int calendar_add_working_days(const struct calendar *c, int day, int n, bool *ret_is_certain);

#endif
