/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the fleet page, from fleet_words.def. Any thread. */
#include "fleet_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

struct word {
    const char *word, *said;
};

#define KIND(word, said)   {"kind " word, said},
#define REASON(word, said) {"reason " word, said},
#define CALL(word, said)   {"call " word, said},
#define PAPER(word, said)  {"paper " word, said},
#define STATE(word, said)  {"state " word, said},
static const struct word words[] = {
#include "fleet_words.def"
};

/* @return NULL when there is no word for it */
static const char *said(const char *group, const char *word)
{
    size_t n = strlen(group);
    for (size_t i = 0; word && i < YJ_COUNT(words); i++)
        if (strncmp(words[i].word, group, n) == 0 && words[i].word[n] == ' ' &&
            strcmp(words[i].word + n + 1, word) == 0)
            return words[i].said;
    return NULL;
}

static const char *text(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));
    return s ? s : "";
}

void fleet_say_device(const json_t *d, char *buf, size_t bytes)
{
    const char *kind = said("kind", text(d, "kind")), *reason = text(d, "reason");
    const char *what = said("reason", reason);
    buf[0] = '\0';
    if (strcmp(reason, "notFitted") == 0 || strcmp(reason, "noCard") == 0)
        return;
    if (!what)
        what = said("paper", text(d, "paper"));
    if (!what && strcmp(text(d, "media"), "jammed") == 0)
        what = said("reason", "mediaJam");
    if (!what)
        what = said("state", text(d, "state"));
    if (!what && *reason && strcmp(reason, "none") != 0)
        what = reason;
    if (what)
        snprintf(buf, bytes, "%s%s", kind ? kind : text(d, "kind"), what);
}

const char *fleet_say_call(const char *why)
{
    const char *s = said("call", why);
    return s ? s : why;
}

void fleet_say_age(int64_t s, char *buf, size_t bytes)
{
    if (s < 60)
        snprintf(buf, bytes, "%" PRId64 " 秒", s);
    else if (s < 3600)
        snprintf(buf, bytes, "%" PRId64 " 分", s / 60);
    else if (s < 86400 && s % 3600 < 60)
        snprintf(buf, bytes, "%" PRId64 " 小时", s / 3600);
    else if (s < 86400)
        snprintf(buf, bytes, "%" PRId64 " 小时 %" PRId64 " 分", s / 3600, s % 3600 / 60);
    else if (s % 86400 < 3600)
        snprintf(buf, bytes, "%" PRId64 " 天", s / 86400);
    else
        snprintf(buf, bytes, "%" PRId64 " 天 %" PRId64 " 小时", s / 86400, s % 86400 / 3600);
}
