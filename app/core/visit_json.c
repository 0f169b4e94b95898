/* SPDX-License-Identifier: Apache-2.0 */
/* The application and the rating as JSON (assets/schema/application.schema.json). Written in a
 * fixed order of keys: the same answers give the same bytes, and the one copy of personal data is
 * the caller's to wipe. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <string.h>

#include "core/json_writer.h"

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
static void put_doubts(struct json_writer *w, unsigned doubts)
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
    writer_open(w, "card_doubts", "[");
    for (size_t i = 0; i < YJ_COUNT(row); i++)
        if (doubts & row[i].bit)
            writer_text(w, NULL, row[i].word);
    writer_close(w, "]");
}

static void put_applicant(struct json_writer *w, const struct card *card)
{
    writer_open(w, "applicant", "{");
    writer_text(w, "name", card->name[0] ? card->name : card->english_name);
    writer_text_if(w, "english_name", card->english_name);
    writer_text(w, "id_type", id_type(card));
    writer_text(w, "id_no", card->number);
    writer_text(w, "id_source",
                card->kind == CARD_SOCIAL_SECURITY ? "social_security_card" : "identity_card");
    writer_text_if(w, "sex", card->sex);
    writer_text_if(w, "birth", card->birth);
    writer_text_if(w, "nation", card->nation);
    writer_text_if(w, "nationality", card->nationality);
    writer_text_if(w, "address", card->address);
    writer_text_if(w, "authority", card->authority);
    writer_text_if(w, "valid_from", card->valid_from);
    writer_text_if(w, "valid_to", card->valid_to);
    writer_text_if(w, "valid_to_raw", card->valid_to_raw);
    writer_boolean(w, "is_long_term", card->is_long_term);
    writer_text_if(w, "permit_number", card->permit_number);
    writer_text_if(w, "old_number", card->old_number);
    writer_text_if(w, "added_address", card->added_address);
    writer_text_if(w, "management_number", card->management_number);
    put_doubts(w, card->doubts);
    writer_close(w, "}");
}

static const char *source_word(enum visit_source source)
{
    switch (source) {
    case SOURCE_CARD:
        return "card";
    case SOURCE_SOCIAL_CARD:
        return "social_security_card";
    case SOURCE_COPY:
        return "copied";
    case SOURCE_OTHER_CARD:
        return "other_card";
    case SOURCE_SHARED:
        return "shared";
    case SOURCE_CODE:
        return "code";
    case SOURCE_COMPUTED:
        return "computed";
    case SOURCE_EARLIER:
        return "earlier";
    case SOURCE_NONE:
    case SOURCE_TYPED:
        break;
    }
    return "typed";
}

static bool is_answered(const struct visit *v, size_t var)
{
    return visit_answers_shown(v, (int)var) && visit_answers_value(v, (int)var)[0];
}

static void put_answer(struct json_writer *w, const struct visit *v, size_t var, bool is_source)
{
    writer_text(w, v->s.matter->var[var].field,
                is_source ? source_word(v->s.source[var]) : v->s.value[var]);
}

static bool has_members(const struct visit *v, size_t group)
{
    const struct matter *m = v->s.matter;
    for (size_t i = 0; i < m->n_vars; i++)
        if (!m->var[i].is_question && m->var[i].group == (int)group && is_answered(v, i))
            return true;
    return false;
}

static void put_members(struct json_writer *w, const struct visit *v, size_t group, bool is_source)
{
    const struct matter *m = v->s.matter;
    int count = visit_repeat_count(v, (int)group);
    writer_open(w, m->group[group].id, "[");
    for (int member = 0; member < count; member++) {
        writer_open(w, NULL, "{");
        for (size_t i = 0; i < m->n_vars; i++)
            if (!m->var[i].is_question && m->var[i].group == (int)group &&
                m->var[i].member == member && is_answered(v, i))
                put_answer(w, v, i, is_source);
        writer_close(w, "}");
    }
    writer_close(w, "]");
}

/* Answers, or where each came from: the same shape. */
static void put_answers(struct json_writer *w, const struct visit *v, const char *key,
                        bool is_source)
{
    const struct matter *m = v->s.matter;
    writer_open(w, key, "{");
    for (size_t i = 0; i < m->n_vars; i++)
        if ((m->var[i].is_question || !visit_repeats(m, m->var[i].group)) && is_answered(v, i))
            put_answer(w, v, i, is_source);
    for (size_t g = 0; g < m->n_groups; g++)
        if (visit_repeats(m, (int)g) && has_members(v, g))
            put_members(w, v, g, is_source);
    writer_close(w, "}");
}

/* What was agreed to, in which version and when. */
static void put_consents(struct json_writer *w, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    bool has_any = false;
    for (size_t i = 0; i < m->n_vars; i++) {
        if (m->var[i].type != TYPE_CONSENT || !is_answered(v, i))
            continue;
        if (!has_any)
            writer_open(w, "consents", "[");
        has_any = true;
        writer_open(w, NULL, "{");
        writer_text(w, "id", m->var[i].id);
        writer_text(w, "version", m->var[i].text_version);
        writer_moment(w, "at", v->s.consent_at_ms[i]);
        writer_close(w, "}");
    }
    if (has_any)
        writer_close(w, "]");
}

static void put_tasks(struct json_writer *w, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    writer_open(w, "tasks", "[");
    for (size_t i = 0; i < m->n_tasks; i++) {
        const struct matter_task *task = &m->task[i];
        if (v->s.plan.task[i] != TRI_TRUE)
            continue;
        writer_open(w, NULL, "{");
        writer_text(w, "id", task->id);
        writer_text(w, "name", task->name);
        writer_text(w, "dept", task->dept);
        writer_text_if(w, "item_code", task->item_code);
        writer_number(w, "days", task->days);
        writer_boolean(w, "is_independent", task->is_independent);
        if (task->is_in_person)
            writer_boolean(w, "in_person", true);
        if (task->place >= 0)
            writer_text(w, "place", m->place[task->place].name);
        if (task->deliver_var >= 0 && is_answered(v, (size_t)task->deliver_var))
            writer_text(w, "deliver", v->s.value[task->deliver_var]);
        writer_open(w, "depends_on", "[");
        for (size_t d = 0; d < m->n_tasks; d++)
            if ((task->deps >> d & 1) && v->s.plan.task[d] == TRI_TRUE)
                writer_text(w, NULL, m->task[d].id);
        writer_close(w, "]");
        writer_close(w, "}");
    }
    writer_close(w, "]");
}

static const char *material_state(const struct visit *v, size_t i)
{
    static const char *const supplied[] = {[SUPPLY_NONE] = "later",
                                           [SUPPLY_SCANNED] = "scanned",
                                           [SUPPLY_LATER] = "later",
                                           [SUPPLY_PROMISED] = "promised"};
    if (visit_is_to_supply(v, (int)i))
        return supplied[v->s.supply[i].kind];
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
    case MODE_E7:
        break;
    }
    return "later";
}

/* What the centre's data sharing said to the terminal, for a look again: it proves nothing. */
static void put_proof(struct json_writer *w, const struct visit *v, size_t i)
{
    static const char *const word[] = {[PROOF_WAITING] = "waiting",
                                       [PROOF_VERIFIED] = "verified",
                                       [PROOF_EXPIRED] = "expired",
                                       [PROOF_MISMATCH] = "mismatch",
                                       [PROOF_ABSENT] = "absent"};
    const struct shared_item *item = NULL;
    enum visit_proof proof = visit_shared_proof(v, (int)i, &item);
    if (proof == PROOF_NONE)
        return;
    writer_text(w, "verification", word[proof]);
    if (proof != PROOF_VERIFIED && proof != PROOF_EXPIRED)
        return;
    writer_text_if(w, "issuer", item->issuer);
    writer_text_if(w, "valid_to", item->valid_to);
}

static void put_materials(struct json_writer *w, const struct visit *v)
{
    static const char *const mode[] = {"E1", "E2", "E3", "E4", "E5", "E6", "E7"};
    const struct matter *m = v->s.matter;
    writer_open(w, "materials", "[");
    for (size_t i = 0; i < m->n_materials; i++) {
        if (v->s.plan.material[i] != TRI_TRUE)
            continue;
        const char *state = material_state(v, i);
        writer_open(w, NULL, "{");
        writer_text(w, "id", m->material[i].id);
        writer_text(w, "name", m->material[i].name);
        writer_text(w, "mode", mode[m->material[i].mode]);
        writer_text(w, "state", state);
        put_proof(w, v, i);
        if (!strcmp(state, "scanned"))
            writer_text(w, "token", v->s.supply[i].token);
        if (!strcmp(state, "later"))
            writer_number(w, "due_days", visit_later_days(v, (int)i));
        writer_close(w, "}");
    }
    writer_close(w, "]");
}

/* Somebody who does not draw has confirmed twice with a button; nobody's hand is imitated. */
static void put_key_signature(struct json_writer *w, int64_t at_ms)
{
    writer_open(w, "signature", "{");
    writer_text(w, "method", "key");
    writer_moment(w, "at", at_ms);
    writer_close(w, "}");
}

/* Each stroke is one flat list: x, y, t, x, y, t … in 0.1 mm and milliseconds. */
static void put_signature(struct json_writer *w, const struct strokes *s)
{
    writer_open(w, "signature", "{");
    writer_number(w, "width", s->width);
    writer_number(w, "height", s->height);
    writer_open(w, "strokes", "[");
    for (size_t i = 0; i < s->n_points; i++) {
        const struct stroke_point *p = &s->point[i];
        if (i == 0 || p->stroke != s->point[i - 1].stroke) {
            if (i > 0)
                writer_close(w, "]");
            writer_open(w, NULL, "[");
        }
        writer_number(w, NULL, p->x);
        writer_number(w, NULL, p->y);
        writer_number(w, NULL, p->t_ms);
    }
    if (s->n_points > 0)
        writer_close(w, "]");
    writer_close(w, "]");
    writer_close(w, "}");
}

static void put_warnings(struct json_writer *w, unsigned warnings)
{
    writer_open(w, "warnings", "[");
    if (warnings & WARNING_CARD_EXPIRED)
        writer_text(w, NULL, "card_expired");
    if (warnings & WARNING_CARD_SEX)
        writer_text(w, NULL, "card_sex_mismatch");
    if (warnings & WARNING_CARD_BIRTH)
        writer_text(w, NULL, "card_birth_mismatch");
    if (warnings & WARNING_OTHER_EXPIRED)
        writer_text(w, NULL, "other_card_expired");
    if (warnings & WARNING_OTHER_MISMATCH)
        writer_text(w, NULL, "other_card_mismatch");
    writer_close(w, "]");
}

/* A correction names the application it belongs to. */
static void put_corrects(struct json_writer *w, const struct visit *v)
{
    const char *number = visit_fix_number(v);
    if (!number[0])
        return;
    writer_open(w, "corrects", "{");
    writer_text(w, "number", number);
    writer_close(w, "}");
}

/* ---- public ---- */

int visit_application_json(const struct visit *v, char **ret, struct err *err)
{
    const struct matter *m = v->s.matter;
    if (!m || !v->s.has_card || v->state != STATE_SUBMITTING)
        return ERR(err, ERR_WRONG_STATE, "there is no application to write");
    struct json_writer w = json_writer_new();
    writer_open(&w, NULL, "{");
    writer_text(&w, "schema", "application/1");
    writer_open(&w, "matter", "{");
    writer_text(&w, "code", m->code);
    writer_text(&w, "name", m->name);
    writer_text(&w, "version", m->version);
    writer_text_if(&w, "region", m->region);
    writer_text_if(&w, "catalogue", v->cfg.catalogue->version);
    writer_close(&w, "}");
    writer_text(&w, "terminal", v->cfg.terminal_id);
    writer_moment(&w, "started", v->s.started_wall_ms);
    writer_moment(&w, "finished", v->s.finished_wall_ms);
    put_corrects(&w, v);
    put_applicant(&w, &v->s.card);
    put_answers(&w, v, "answers", false);
    put_answers(&w, v, "provenance", true);
    put_tasks(&w, v);
    put_materials(&w, v);
    put_consents(&w, v);
    writer_open(&w, "consent", "{");
    writer_text(&w, "notice_version", VISIT_NOTICE_VERSION);
    writer_moment(&w, "at", v->s.consent_wall_ms);
    writer_close(&w, "}");
    put_warnings(&w, v->s.warnings);
    if (v->s.is_signed_by_key)
        put_key_signature(&w, v->s.finished_wall_ms);
    else
        put_signature(&w, &v->s.strokes);
    writer_close(&w, "}");
    *ret = w.text;
    return 0;
}

/* What rating/2 adds: left out when nobody said why. */
static void put_reasons(struct json_writer *w, unsigned reasons)
{
    if (!reasons)
        return;
    writer_open(w, "reasons", "[");
    for (int i = 0; i < VISIT_N_REASONS; i++)
        if (reasons >> i & 1)
            writer_text(w, NULL, visit_rating_word((enum visit_rating_reason)i));
    writer_close(w, "]");
}

int visit_rating_json(const struct visit *v, char **ret, struct err *err)
{
    if (!v->s.rating || !v->s.has_record)
        return ERR(err, ERR_WRONG_STATE, "there is no rating to write");
    struct json_writer w = json_writer_new();
    writer_open(&w, NULL, "{");
    writer_text(&w, "schema", v->s.rating_reasons ? "rating/2" : "rating/1");
    writer_text(&w, "number", v->s.record.number);
    writer_text(&w, "terminal", v->cfg.terminal_id);
    writer_number(&w, "level", v->s.rating);
    put_reasons(&w, v->s.rating_reasons);
    writer_moment(&w, "at", visit_wall_now(v));
    writer_close(&w, "}");
    *ret = w.text;
    return 0;
}
