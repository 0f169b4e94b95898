/* SPDX-License-Identifier: Apache-2.0 */
/* Reports. What is personal comes from the sealed records and goes to their applicant only. The
 * reference centre knows no public holidays: days by which something is due count Monday to Friday.
 */
#define _DEFAULT_SOURCE /* timegm */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "application.h"
#include "base/bytes.h"
#include "base/mem.h"
#include "base/text.h"
#include "case_code.h"

enum { CHINA_S = 8 * 3600, DAY_S = 86400, DAY_BYTES = 11, MAX_TASKS = 24, MAX_FIXES = 16 };

struct opened {
    const struct report_look *look;
    json_t *content;
    char number[25], matter[65], received_at[32];
    bool is_found;
};

static void decref_json(json_t **p)
{
    json_decref(*p);
}

static void opened_drop(struct opened *o)
{
    json_decref(o->content);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

/* Called inside the ledger's walk: opens and remembers. */
static int open_visit(void *arg, const struct ledger_record *record, struct err *err)
{
    struct opened *o = arg;
    struct err ignored;
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob plain = {0};
    (void)err;
    o->is_found = true;
    snprintf(o->number, sizeof o->number, "%s", record->envelope.number);
    snprintf(o->matter, sizeof o->matter, "%s", record->envelope.matter);
    snprintf(o->received_at, sizeof o->received_at, "%s", record->received_at);
    if (keyring_unseal(o->look->keys, record->sealed, record->sealed_bytes, &plain, &ignored) == 0)
        o->content = application_load(plain.data, plain.bytes);
    return 0;
}

/* A line into the report: cut at a character, left out when it hides something. */
static void put_line(json_t *object, const char *key, const char *text, size_t most)
{
    size_t n = strlen(text);
    if (!text_is_plain(text, n))
        return;
    if (n > most)
        for (n = most; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80; n--)
            continue;
    json_object_set_new(object, key, json_stringn(text, n));
}

/* ---- days ---- */

static time_t day_of(const char *instant)
{
    struct tm tm = {0};
    if (sscanf(instant, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return (timegm(&tm) + CHINA_S) / DAY_S; /* the civil day in China */
}

static void put_day(json_t *object, const char *key, time_t day)
{
    char text[DAY_BYTES];
    struct tm tm;
    time_t s = day * DAY_S;
    if (gmtime_r(&s, &tm) && strftime(text, sizeof text, "%Y-%m-%d", &tm) == DAY_BYTES - 1)
        json_object_set_new(object, key, json_string(text));
}

static time_t working_days_after(time_t day, json_int_t n)
{
    while (n > 0)
        n -= (++day + 3) % 7 < 5; /* 1970-01-01 was a Thursday: Monday is 0 */
    return day;
}

/* ---- parts of the report ---- */

static json_t *task_make(const struct opened *o, const json_t *c)
{
    const char *id = text_of(c, "task");
    const json_t *task = application_task(o->content, id), *days = json_object_get(task, "days");
    int code = (int)json_integer_value(json_object_get(c, "code"));
    json_t *out = json_pack("{ss ss ss si}", "id", id, "case_no", text_of(c, "case_no"), "state",
                            text_of(c, "state"), "state_code", code);
    put_line(out, "name", *text_of(task, "name") ? text_of(task, "name") : id, 127);
    put_line(out, "dept", text_of(task, "dept"), 127);
    if (json_is_integer(days) && json_integer_value(days) <= 3650 && case_code_is_running(code))
        put_day(out, "due", working_days_after(day_of(o->received_at), json_integer_value(days)));
    return out;
}

/* The value last handed in: newest correcting record first. */
static void put_value(const struct opened *o, const json_t *later, const char *id, json_t *fix)
{
    const char *value = NULL;
    for (size_t i = json_array_size(later); !value && i-- > 0;)
        value = application_answer(json_array_get(later, i), id);
    if (!value)
        value = application_answer(o->content, id);
    if (value && strlen(value) <= 319)
        put_line(fix, "value", value, 319);
}

static json_t *fix_make(const struct opened *o, const json_t *later, const json_t *c,
                        bool is_applicant)
{
    json_t *fix = json_pack("{ss ss ss}", "kind", text_of(c, "kind"), "id", text_of(c, "id"),
                            "reason", text_of(c, "reason"));
    if (is_applicant && *text_of(c, "text"))
        put_line(fix, "text", text_of(c, "text"), 600);
    if (is_applicant && strcmp(text_of(c, "kind"), "field") == 0)
        put_value(o, later, text_of(c, "id"), fix);
    return fix;
}

/* What correcting records hold. @return array of opened contents */
static json_t *open_later(const struct report_look *look, const json_t *correcting, struct err *err)
{
    json_t *contents = json_array();
    for (size_t i = 0; i < json_array_size(correcting); i++) {
        struct opened o = {.look = look};
        if (ledger_walk(look->ledger, LEDGER_BY_UUID,
                        text_of(json_array_get(correcting, i), "uuid"), open_visit, &o, err) < 0) {
            json_decref(contents);
            return NULL;
        }
        if (o.content)
            json_array_append_new(contents, o.content);
    }
    return contents;
}

static json_t *links_make(const json_t *correcting)
{
    json_t *links = json_array();
    for (size_t i = 0; i < json_array_size(correcting) && i < MAX_FIXES; i++) {
        const json_t *c = json_array_get(correcting, i);
        json_t *link = json_pack("{ss}", "number", text_of(c, "number"));
        put_day(link, "received", day_of(text_of(c, "received_at")));
        json_array_append_new(links, link);
    }
    return links;
}

static json_t *put_together(const struct opened *o, const json_t *cases, const json_t *open,
                            const json_t *correcting, const json_t *later, bool is_applicant)
{
    json_t *tasks = json_array(), *fixes = json_array();
    for (size_t i = 0; i < json_array_size(cases) && i < MAX_TASKS; i++)
        json_array_append_new(tasks, task_make(o, json_array_get(cases, i)));
    for (size_t i = 0; i < json_array_size(open) && i < MAX_FIXES; i++)
        json_array_append_new(fixes, fix_make(o, later, json_array_get(open, i), is_applicant));
    const char *name = application_matter_name(o->content);
    json_t *report = json_pack("{ss ss so so so sb so}", "number", o->number, "matter", o->matter,
                               "tasks", tasks, "fixes", fixes, "version", json_string(""),
                               "may_fix", is_applicant, "corrections", links_make(correcting));
    put_line(report, "matter_name", *name ? name : o->matter, 127);
    put_line(report, "version", application_version(o->content), 32);
    put_day(report, "received", day_of(o->received_at));
    return report;
}

int report_make(const struct report_look *look, const char *uuid, json_t **ret, struct err *err)
{
    YJ_CLEANUP(opened_drop) struct opened o = {.look = look};
    int r = ledger_walk(look->ledger, LEDGER_BY_UUID, uuid, open_visit, &o, err);
    if (r < 0)
        return r;
    bool is_applicant = look->id_no[0] && strcmp(look->id_no, application_id_no(o.content)) == 0 &&
                        strcmp(look->name, application_name(o.content)) == 0;
    if (!o.is_found || (look->is_for_applicant_only && !is_applicant))
        return 0;
    YJ_CLEANUP(decref_json) json_t *cases = ledger_cases(look->ledger, uuid, err);
    YJ_CLEANUP(decref_json) json_t *open = ledger_corrections(look->ledger, uuid, true, err);
    YJ_CLEANUP(decref_json) json_t *correcting = ledger_correcting(look->ledger, uuid, err);
    YJ_CLEANUP(decref_json)
    json_t *later = correcting && is_applicant ? open_later(look, correcting, err) : json_array();
    if (!cases || !open || !correcting || !later)
        return ERR_IO;
    *ret = put_together(&o, cases, open, correcting, later, is_applicant);
    return 0;
}
