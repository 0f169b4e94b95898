/* SPDX-License-Identifier: Apache-2.0 */
/* The kiosk number. Pure; any thread. */
#include "store/kiosk_number.h"

#include <stdio.h>
#include <string.h>

static const char digits_only[] = "0123456789";

char kiosk_number_check(const char *digits, unsigned n)
{
    int product = 10;
    for (unsigned i = 0; i < n; i++) {
        int sum = (digits[i] - '0' + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (char)('0' + (11 - product) % 10);
}

bool kiosk_number_make(const char *terminal, const char *day, int serial, char *number)
{
    if (strlen(terminal) != 10 || strspn(terminal, digits_only) != 10 || strlen(day) != 8 ||
        strspn(day, digits_only) != 8 || serial < 1 || serial > KIOSK_NUMBER_MAX_SERIAL)
        return false;
    snprintf(number, RECORD_NUMBER_BYTES, "%s%s%05d", terminal, day, serial);
    number[23] = kiosk_number_check(number, 23);
    number[24] = '\0';
    return true;
}

bool kiosk_number_valid(const char *number)
{
    return strlen(number) == 24 && strspn(number, digits_only) == 24 &&
           number[23] == kiosk_number_check(number, 23);
}
