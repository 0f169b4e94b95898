/* SPDX-License-Identifier: Apache-2.0 */
/* Telephone numbers and mail addresses. Pure; any thread. */
#include "core/codes.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Digits at the start of a text. */
static size_t digits_ahead(const char *s)
{
    size_t n = 0;
    while (is_digit(s[n]))
        n++;
    return n;
}

bool codes_tel_check(const char *number)
{
    /* 0 and two digits where the line has eight (010, 02x), else 0 and three digits */
    size_t area = number[0] == '0' && (number[1] == '1' || number[1] == '2') ? 3 : 4;
    if (number[0] != '0' || number[1] == '0' || digits_ahead(number) < area)
        return false;
    const char *line = number + area;
    if (*line == '-')
        line++;
    size_t n = digits_ahead(line);
    if ((n != 7 && n != 8) || line[0] < '2')
        return false;
    const char *extension = line + n;
    if (*extension == '\0')
        return true;
    n = *extension == '-' ? digits_ahead(extension + 1) : 0;
    return n >= 1 && n <= 6 && extension[1 + n] == '\0';
}

/* One label of a domain: letters, digits and inner hyphens. */
static bool is_label(const char *s, size_t n)
{
    if (!n || n > 63 || s[0] == '-' || s[n - 1] == '-')
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_letter(s[i]) && !is_digit(s[i]) && s[i] != '-')
            return false;
    return true;
}

static bool is_domain(const char *s)
{
    size_t n_labels = 0;
    for (;; n_labels++) {
        size_t n = strcspn(s, ".");
        if (!is_label(s, n))
            return false;
        if (s[n] == '\0') /* the last one is no number */
            return n_labels > 0 && n >= 2 && is_letter(s[0]);
        s += n + 1;
    }
}

bool codes_email_check(const char *address)
{
    enum { LONGEST = 64 };
    size_t local = strcspn(address, "@");
    if (strlen(address) > LONGEST || !local || address[local] != '@')
        return false;
    for (size_t i = 0; i < local; i++) {
        char c = address[i];
        bool is_dot = c == '.' && i > 0 && i + 1 < local && address[i - 1] != '.';
        if (!is_letter(c) && !is_digit(c) && !is_dot && !strchr("!#$%&'*+/=?^_`{|}~-", c))
            return false;
    }
    return is_domain(address + local + 1);
}
