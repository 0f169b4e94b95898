/* SPDX-License-Identifier: Apache-2.0 */
/* The form of heartbeats, member by member. Any thread. */
#include "heartbeat_form.h"

#include <string.h>

static bool is_text(const json_t *v, size_t max)
{
    const char *s = json_string_value(v);
    return s && *s && strlen(s) == json_string_length(v) && json_string_length(v) <= max;
}

static bool is_count(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool is_one_of(const json_t *v, const char *const *words)
{
    const char *s = json_string_value(v);
    for (size_t i = 0; s && words[i]; i++)
        if (strcmp(s, words[i]) == 0)
            return true;
    return false;
}

/* lowerCamelCase; the words themselves are the terminal's and may grow. */
static bool is_word(const json_t *v)
{
    const char *s = json_string_value(v);
    size_t n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") : 0;
    return n > 0 && n <= 32 && !s[n] && s[0] >= 'a' && s[0] <= 'z';
}

/* Members that came with contract 1.1.0: absent, or good. @return how many are there, -1: bad */
static int count_new_members(const json_t *d)
{
    static const char *const media[] = {"unknown", "notPresent", "present", "jammed", NULL};
    const json_t *m = json_object_get(d, "media"), *reason = json_object_get(d, "reason"),
                 *action = json_object_get(d, "action");
    if ((m && !is_one_of(m, media)) || (reason && !is_word(reason)) || (action && !is_word(action)))
        return -1;
    return !!m + !!reason + !!action;
}

static bool are_devices_good(const json_t *devices)
{
    static const char *const kinds[] = {"reader",           "scanner", "printer", "card_slot",
                                        "document_printer", "keypad",  NULL};
    static const char *const states[] = {"starting",   "online",         "offline",
                                         "noDevice",   "hardwareError",  "userError",
                                         "deviceBusy", "potentialFraud", NULL};
    static const char *const papers[] = {"unknown", "full", "low", "out", NULL};
    if (!json_is_array(devices) || json_array_size(devices) > 16)
        return false;
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *d = json_array_get(devices, i);
        int n_new = count_new_members(d);
        if (n_new < 0 || json_object_size(d) != 4 + (size_t)n_new ||
            !is_one_of(json_object_get(d, "kind"), kinds) ||
            !is_one_of(json_object_get(d, "state"), states) ||
            !is_one_of(json_object_get(d, "paper"), papers) ||
            !json_is_integer(json_object_get(d, "cause")))
            return false;
    }
    return true;
}

/* Member that came with contract 1.3.0: absent, or good. */
static bool are_staff_calls_good(const json_t *calls)
{
    if (!calls)
        return true;
    if (!json_is_array(calls) || json_array_size(calls) > 4)
        return false;
    for (size_t i = 0; i < json_array_size(calls); i++) {
        const json_t *call = json_array_get(calls, i);
        if (json_object_size(call) != 2 || !is_word(json_object_get(call, "why")) ||
            !is_text(json_object_get(call, "since"), 32))
            return false;
    }
    return true;
}

static bool is_instant(const json_t *v)
{
    const char *s = json_string_value(v);
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    size_t i = 0;
    for (; s && form[i]; i++)
        if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
            return false;
    if (s && s[i] == '.')
        i += 1 + strspn(s + i + 1, "0123456789");
    return s && i <= 26 && strcmp(s + i, "Z") == 0;
}

static bool is_behind(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= -1;
}

static bool is_suite(const json_t *v)
{
    return json_is_string(v) && json_string_length(v) <= 32 &&
           strlen(json_string_value(v)) == json_string_length(v);
}

static bool is_key_id(const json_t *v)
{
    const char *s = json_string_value(v);
    return s && strlen(s) == 16 && strspn(s, "0123456789abcdef") == 16;
}

static bool is_version(const json_t *v)
{
    return is_text(v, 64);
}

static bool is_boot(const json_t *v)
{
    return is_text(v, 64);
}

static bool is_terminal(const json_t *v)
{
    return json_is_string(v); /* compared with the certificate already */
}

static const struct {
    const char *name;
    bool (*is_good)(const json_t *v);
    bool is_required;
} members[] = {
    {"terminal", is_terminal, true},  {"version", is_version, true},
    {"boot_id", is_boot, true},       {"devices", are_devices_good, true},
    {"waiting", is_count, true},      {"oldest_age_s", is_count, true},
    {"quarantined", is_count, true},  {"staff_calls", are_staff_calls_good, false}, /* 1.3.0 */
    {"uptime_ms", is_count, false}, /* "status", 1.4.0, and all below */
    {"clock", is_instant, false},     {"free_mib", is_count, false},
    {"attachments", is_count, false}, {"mirror_behind", is_behind, false},
    {"suite", is_suite, false},       {"seal_key", is_key_id, false},
    {"catalogue", is_count, false},   {"certificate_ends", is_instant, false},
};

int heartbeat_check(const json_t *doc, struct err *err)
{
    size_t n_known = 0;
    for (size_t i = 0; i < YJ_COUNT(members); i++) {
        const json_t *v = json_object_get(doc, members[i].name);
        if (v ? !members[i].is_good(v) : members[i].is_required)
            return ERR(err, ERR_INVALID, "member %s is missing or of the wrong form",
                       members[i].name);
        n_known += v != NULL;
    }
    if (json_object_size(doc) != n_known)
        return ERR(err, ERR_INVALID, "a member is unknown");
    return 0;
}
