/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting scanned codes. Pure; any thread. */
#include "core/code_kind.h"

#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "types/record.h"

enum { PAYMENT_MAX_DIGITS = 24 };

static bool is_between(uint32_t cp, uint32_t first, uint32_t last)
{
    return cp >= first && cp <= last;
}

static bool is_clean(const char *text, size_t n)
{
    return n > 0 && n <= CODE_MAX_BYTES && text_is_plain(text, n);
}

static bool is_visible_ascii(const char *text)
{
    for (; *text; text++)
        if (*text <= 0x20 || *text >= 0x7f)
            return false;
    return true;
}

/* ---- receipt tokens ---- */

static size_t span_base64url(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

static bool is_receipt(const char *text, size_t n)
{
    size_t head = !strncmp(text, "YJ1.", 4) ? 4 : !strncmp(text, "YJ1C.", 5) ? 5 : 0;
    if (!head || n >= RECORD_TOKEN_BYTES)
        return false;
    size_t body = span_base64url(text + head);
    const char *dot = text + head + body;
    size_t signature = body && *dot == '.' ? span_base64url(dot + 1) : 0;
    return signature > 0 && !dot[1 + signature];
}

/* ---- payment codes ---- */

/* @return digits in the text, 0 when anything else stands there */
static size_t read_digits(const char *text, size_t n, char *ret, size_t cap)
{
    size_t n_digits = 0;
    uint32_t cp = 0;
    for (size_t i = 0; i < n;) {
        i += bytes_utf8_next(text + i, n - i, &cp);
        if (is_between(cp, 0xff10, 0xff19)) /* full width */
            cp = '0' + (cp - 0xff10);
        if (!is_between(cp, '0', '9') || n_digits + 1 >= cap)
            return 0;
        ret[n_digits++] = (char)cp;
    }
    ret[n_digits] = '\0';
    return n_digits;
}

static bool is_payment(const char *text, size_t n)
{
    char digit[PAYMENT_MAX_DIGITS + 2];
    size_t n_digits = read_digits(text, n, digit, sizeof digit);
    int head = n_digits >= 2 ? (digit[0] - '0') * 10 + (digit[1] - '0') : 0;
    bool is_found = (n_digits == 18 && head >= 10 && head <= 15) ||
                    (n_digits >= 16 && n_digits <= PAYMENT_MAX_DIGITS && head >= 25 && head <= 30);
    bytes_wipe(digit, sizeof digit);
    return is_found;
}

/* ---- addresses ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins_with(const char *text, const char *head)
{
    for (; *head; head++, text++)
        if (lower(*text) != *head)
            return false;
    return true;
}

/* What a phone or a browser would follow. */
static bool is_address(const char *text)
{
    static const char *const schemes[] = {"javascript:", "data:",  "file:", "mailto:", "tel:",
                                          "sms:",        "smsto:", "geo:",  "intent:", "market:",
                                          "vbscript:",   "about:", "wifi:", "mecard:", "begin:vc",
                                          "http:",       "https:", "ftp:",  "ws:",     "wss:"};
    if (strstr(text, "://") || begins_with(text, "www.") || begins_with(text, "//"))
        return true;
    for (size_t i = 0; i < YJ_COUNT(schemes); i++)
        if (begins_with(text, schemes[i]))
            return true;
    return false;
}

bool code_host_valid(const char *host)
{
    size_t n = strlen(host), label = 0;
    bool has_dot = false;
    if (n == 0 || n > CODE_HOST_MAX)
        return false;
    for (size_t i = 0; i <= n; i++) {
        char c = host[i];
        if (c == '.' || c == '\0') {
            if (label == 0 || label > 63 || host[i - 1] == '-')
                return false;
            has_dot |= c == '.';
            label = 0;
            continue;
        }
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_letter && (c != '-' || label == 0))
            return false;
        label++;
    }
    return has_dot;
}

static bool is_known_address(const char *text, const struct code_hosts *hosts)
{
    static const char scheme[] = "https://";
    if (!hosts || !is_visible_ascii(text) || !begins_with(text, scheme))
        return false;
    /* Browsers read '\' as '/', and what stands before '@' as a user: neither has a place here. */
    const char *host = text + sizeof scheme - 1;
    size_t n = strcspn(host, "/?#");
    if (n == 0 || n > CODE_HOST_MAX || strchr(text, '\\'))
        return false;
    for (size_t i = 0; i < hosts->n; i++) {
        if (strlen(hosts->host[i]) != n)
            continue;
        size_t same = 0;
        while (same < n && lower(host[same]) == hosts->host[i][same])
            same++;
        if (same == n)
            return true;
    }
    return false;
}

/* ---- public ---- */

enum code_kind code_kind_of(const char *text, const struct code_hosts *hosts)
{
    size_t n = strlen(text);
    if (!is_clean(text, n))
        return CODE_UNKNOWN;
    if (is_receipt(text, n))
        return CODE_RECEIPT;
    if (is_payment(text, n))
        return CODE_PAYMENT;
    if (is_address(text))
        return is_known_address(text, hosts) ? CODE_URL : CODE_URL_FOREIGN;
    if (n >= CODE_TOKEN_MIN && n <= CODE_TOKEN_MAX && is_visible_ascii(text))
        return CODE_TOKEN;
    return CODE_UNKNOWN;
}

const char *code_kind_word(enum code_kind kind)
{
    static const char *const words[CODE_N_KINDS] = {
        [CODE_UNKNOWN] = "unknown",        [CODE_RECEIPT] = "receipt", [CODE_URL] = "url",
        [CODE_URL_FOREIGN] = "urlForeign", [CODE_PAYMENT] = "payment", [CODE_TOKEN] = "token"};
    return (size_t)kind < CODE_N_KINDS ? words[kind] : words[CODE_UNKNOWN];
}
