/* SPDX-License-Identifier: Apache-2.0 */
/* The application and the rating as JSON (assets/schema/application.schema.json). Written straight
 * into one buffer in a fixed order of keys: the same answers give the same bytes, and the one copy
 * of personal data is the caller's to wipe. Thread: the one that owns the visit. */
#include "core/visit_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

enum { FIRST_BYTES = 8192 };

/* ---- writer ---- */

struct writer {
    char *text;
    size_t used, cap;
    bool needs_comma;
};

static void grow(struct writer *w, size_t more)
{
    if (w->used + more + 1 <= w->cap)
        return;
    size_t cap = w->cap;
    while (w->used + more + 1 > cap)
        cap *= 2;
    char *fresh = mem_zalloc(1, cap);
    memcpy(fresh, w->text, w->used);
    bytes_wipe(w->text, w->cap);
    free(w->text);
    w->text = fresh;
    w->cap = cap;
}

static void put_raw(struct writer *w, const char *text, size_t n)
{
    grow(w, n);
    memcpy(w->text + w->used, text, n);
    w->used += n;
    w->text[w->used] = '\0';
}

static void put_string(struct writer *w, const char *text)
{
    put_raw(w, "\"", 1);
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        char escaped[8];
        if (c == '"' || c == '\\') {
            snprintf(escaped, sizeof escaped, "\\%c", c);
            put_raw(w, escaped, 2);
        } else if (c < 0x20) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            put_raw(w, escaped, 6);
        } else {
            put_raw(w, p, 1);
        }
    }
    put_raw(w, "\"", 1);
}

/* key NULL: an element of a list */
static void put_key(struct writer *w, const char *key)
{
    if (w->needs_comma)
        put_raw(w, ",", 1);
    w->needs_comma = true;
    if (!key)
        return;
    put_string(w, key);
    put_raw(w, ":", 1);
}

static void open_at(struct writer *w, const char *key, const char *bracket)
{
    put_key(w, key);
    put_raw(w, bracket, 1);
    w->needs_comma = false;
}

static void close_with(struct writer *w, const char *bracket)
{
    put_raw(w, bracket, 1);
    w->needs_comma = true;
}

static void text(struct writer *w, const char *key, const char *value)
{
    put_key(w, key);
    put_string(w, value ? value : "");
}

/* Left out when there is nothing to say. */
static void text_if(struct writer *w, const char *key, const char *value)
{
    if (value && value[0])
        text(w, key, value);
}

static void number(struct writer *w, const char *key, int64_t value)
{
    char digits[24];
    put_key(w, key);
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value);
    put_raw(w, digits, (size_t)n);
}

static void boolean(struct writer *w, const char *key, bool value)
{
    put_key(w, key);
    put_raw(w, value ? "true" : "false", value ? 4 : 5);
}

static void moment(struct writer *w, const char *key, int64_t wall_ms)
{
    char at[24];
    if (!wall_ms)
        return;
    clock_rfc3339(wall_ms, at, sizeof at);
    text(w, key, at);
}

/* ---- parts of the application ---- */

static const char *id_type(const struct card *card)
{
    switch (card->kind) {
    case CARD_CITIZEN:
    case CARD_SOCIAL_SECURITY: /* bears the same number */
        return "111";
    case CARD_HMT: /* residence permits: 810 Hong Kong, 820 Macao, 830 Taiwan */
        return !strncmp(card->number, "82", 2)   ? "820"
               : !strncmp(card->number, "83", 2) ? "830"
                                                 : "810";
    case CARD_FOREIGNER_2017:
    case CARD_FOREIGNER_2023:
        break;
    }
    return "553";
}

/* Left out when everything agrees. */
static void put_doubts(struct writer *w, unsigned doubts)
{
    static const struct {
        enum card_doubt bit;
        const char *word;
    } row[] = {{CARD_DOUBT_CHECK_DIGIT, "check_digit"},
               {CARD_DOUBT_BIRTH, "birth"},
               {CARD_DOUBT_SEX, "sex"},
               {CARD_DOUBT_REGION, "region"},
               {CARD_DOUBT_DATES, "dates"}};
    if (!doubts)
        return;
    open_at(w, "card_doubts", "[");
    for (size_t i = 0; i < YJ_COUNT(row); i++)
        if (doubts & row[i].bit)
            text(w, NULL, row[i].word);
    close_with(w, "]");
}

static void put_applicant(struct writer *w, const struct card *card)
{
    open_at(w, "applicant", "{");
    text(w, "name", card->name[0] ? card->name : card->english_name);
    text_if(w, "english_name", card->english_name);
    text(w, "id_type", id_type(card));
    text(w, "id_no", card->number);
    text(w, "id_source",
         card->kind == CARD_SOCIAL_SECURITY ? "social_security_card" : "identity_card");
    text_if(w, "sex", card->sex);
    text_if(w, "birth", card->birth);
    text_if(w, "nation", card->nation);
    text_if(w, "nationality", card->nationality);
    text_if(w, "address", card->address);
    text_if(w, "authority", card->authority);
    text_if(w, "valid_from", card->valid_from);
    text_if(w, "valid_to", card->valid_to);
    text_if(w, "valid_to_raw", card->valid_to_raw);
    boolean(w, "is_long_term", card->is_long_term);
    text_if(w, "permit_number", card->permit_number);
    text_if(w, "old_number", card->old_number);
    text_if(w, "added_address", card->added_address);
    text_if(w, "management_number", card->management_number);
    put_doubts(w, card->doubts);
    close_with(w, "}");
}

static void put_answers(struct writer *w, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    open_at(w, "answers", "{");
    for (size_t i = 0; i < m->n_vars; i++)
        if (visit_answers_shown(v, (int)i) && v->s.value[i][0])
            text(w, m->var[i].id, v->s.value[i]);
    close_with(w, "}");
    open_at(w, "provenance", "{");
    for (size_t i = 0; i < m->n_vars; i++)
        if (visit_answers_shown(v, (int)i) && v->s.value[i][0])
            text(w, m->var[i].id,
                 v->s.source[i] == SOURCE_CARD          ? "card"
                 : v->s.source[i] == SOURCE_SOCIAL_CARD ? "social_security_card"
                 : v->s.source[i] == SOURCE_COPY        ? "copied"
                                                        : "typed");
    close_with(w, "}");
}

static void put_tasks(struct writer *w, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    open_at(w, "tasks", "[");
    for (size_t i = 0; i < m->n_tasks; i++) {
        const struct matter_task *task = &m->task[i];
        if (v->s.plan.task[i] != TRI_TRUE)
            continue;
        open_at(w, NULL, "{");
        text(w, "id", task->id);
        text(w, "name", task->name);
        text(w, "dept", task->dept);
        text_if(w, "item_code", task->item_code);
        number(w, "days", task->days);
        boolean(w, "is_independent", task->is_independent);
        open_at(w, "depends_on", "[");
        for (size_t d = 0; d < m->n_tasks; d++)
            if ((task->deps >> d & 1) && v->s.plan.task[d] == TRI_TRUE)
                text(w, NULL, m->task[d].id);
        close_with(w, "]");
        close_with(w, "}");
    }
    close_with(w, "]");
}

static const char *material_state(const struct visit *v, size_t i)
{
    static const char *const supplied[] = {[SUPPLY_NONE] = "later",
                                           [SUPPLY_SCANNED] = "scanned",
                                           [SUPPLY_LATER] = "later",
                                           [SUPPLY_PROMISED] = "promised"};
    switch (v->s.matter->material[i].mode) {
    case MODE_E1:
        return "exempt";
    case MODE_E2:
    case MODE_E3:
    case MODE_E4:
        return "to_verify"; /* by the centre: a terminal verifies nothing itself */
    case MODE_E5:
        return "promised";
    case MODE_E6:
        return supplied[v->s.supply[i].kind];
    case MODE_E7:
        break;
    }
    return "later";
}

static void put_materials(struct writer *w, const struct visit *v)
{
    static const char *const mode[] = {"E1", "E2", "E3", "E4", "E5", "E6", "E7"};
    const struct matter *m = v->s.matter;
    open_at(w, "materials", "[");
    for (size_t i = 0; i < m->n_materials; i++) {
        if (v->s.plan.material[i] != TRI_TRUE)
            continue;
        const char *state = material_state(v, i);
        open_at(w, NULL, "{");
        text(w, "id", m->material[i].id);
        text(w, "name", m->material[i].name);
        text(w, "mode", mode[m->material[i].mode]);
        text(w, "state", state);
        if (v->s.supply[i].kind == SUPPLY_SCANNED && m->material[i].mode == MODE_E6)
            text(w, "token", v->s.supply[i].token);
        if (!strcmp(state, "later"))
            number(w, "due_days", visit_later_days(v, (int)i));
        close_with(w, "}");
    }
    close_with(w, "]");
}

/* Each stroke is one flat list: x, y, t, x, y, t … in 0.1 mm and milliseconds. */
static void put_signature(struct writer *w, const struct strokes *s)
{
    open_at(w, "signature", "{");
    number(w, "width", s->width);
    number(w, "height", s->height);
    open_at(w, "strokes", "[");
    for (size_t i = 0; i < s->n_points; i++) {
        const struct stroke_point *p = &s->point[i];
        if (i == 0 || p->stroke != s->point[i - 1].stroke) {
            if (i > 0)
                close_with(w, "]");
            open_at(w, NULL, "[");
        }
        number(w, NULL, p->x);
        number(w, NULL, p->y);
        number(w, NULL, p->t_ms);
    }
    if (s->n_points > 0)
        close_with(w, "]");
    close_with(w, "]");
    close_with(w, "}");
}

static void put_warnings(struct writer *w, unsigned warnings)
{
    open_at(w, "warnings", "[");
    if (warnings & WARNING_CARD_EXPIRED)
        text(w, NULL, "card_expired");
    if (warnings & WARNING_CARD_SEX)
        text(w, NULL, "card_sex_mismatch");
    if (warnings & WARNING_CARD_BIRTH)
        text(w, NULL, "card_birth_mismatch");
    close_with(w, "]");
}

static struct writer writer_new(void)
{
    struct writer w = {.text = mem_zalloc(1, FIRST_BYTES), .cap = FIRST_BYTES};
    return w;
}

/* ---- public ---- */

int visit_application_json(const struct visit *v, char **ret, struct err *err)
{
    const struct matter *m = v->s.matter;
    if (!m || !v->s.has_card || v->state != STATE_SUBMITTING)
        return ERR(err, ERR_WRONG_STATE, "there is no application to write");
    struct writer w = writer_new();
    open_at(&w, NULL, "{");
    text(&w, "schema", "application/1");
    open_at(&w, "matter", "{");
    text(&w, "code", m->code);
    text(&w, "name", m->name);
    text(&w, "version", m->version);
    close_with(&w, "}");
    text(&w, "terminal", v->cfg.terminal_id);
    moment(&w, "started", v->s.started_wall_ms);
    moment(&w, "finished", v->s.finished_wall_ms);
    put_applicant(&w, &v->s.card);
    put_answers(&w, v);
    put_tasks(&w, v);
    put_materials(&w, v);
    open_at(&w, "consent", "{");
    text(&w, "notice_version", VISIT_NOTICE_VERSION);
    moment(&w, "at", v->s.consent_wall_ms);
    close_with(&w, "}");
    put_warnings(&w, v->s.warnings);
    put_signature(&w, &v->s.strokes);
    close_with(&w, "}");
    *ret = w.text;
    return 0;
}

int visit_rating_json(const struct visit *v, char **ret, struct err *err)
{
    if (!v->s.rating || !v->s.has_record)
        return ERR(err, ERR_WRONG_STATE, "there is no rating to write");
    struct writer w = writer_new();
    open_at(&w, NULL, "{");
    text(&w, "schema", "rating/1");
    text(&w, "number", v->s.record.number);
    text(&w, "terminal", v->cfg.terminal_id);
    number(&w, "level", v->s.rating);
    moment(&w, "at", visit_wall_now(v));
    close_with(&w, "}");
    *ret = w.text;
    return 0;
}
