/* SPDX-License-Identifier: Apache-2.0 */
/* The kiosk's own number of an application: region 6, terminal 4, date 8, serial 5, check 1.
 * Pure; any thread. */
#ifndef YJ_STORE_KIOSK_NUMBER_H
#define YJ_STORE_KIOSK_NUMBER_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "types/record.h"

enum { KIOSK_NUMBER_MAX_SERIAL = 99999 };

/**
 * @param terminal  10 digits (region and terminal)
 * @param day       local civil date, "yyyymmdd"
 * @param serial    1..KIOSK_NUMBER_MAX_SERIAL
 * @param number    RECORD_NUMBER_BYTES
 * @return false when an argument is out of range; number is then untouched
 */
bool kiosk_number_make(const char *terminal, const char *day, int serial, char *number) YJ_CHECK;

/** Form and check digit. @return true when it is a kiosk number */
bool kiosk_number_valid(const char *number);

/**
 * Check digit of ISO/IEC 7064 MOD 11,10.
 * @param digits  decimal digits only, at least one
 */
char kiosk_number_check(const char *digits, unsigned n);

#endif
