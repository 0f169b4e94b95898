/* SPDX-License-Identifier: Apache-2.0 */
/* A terminal in good health around the visit machine: every effect is answered at once, as store,
 * printer and centre would, and everything it asks for is really made. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "core/codes.h"
#include "player.h"

enum { STEP_MS = 400, HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

static void fault(struct terminal *t, const char *what, const struct err *err)
{
    if (!t->fault[0])
        snprintf(t->fault, sizeof t->fault, "%s: %s", what, err ? err->msg : "");
}

/* ---- effects ---- */

static struct visit_event submit(struct terminal *t)
{
    struct err err = {0};
    struct visit_event e = {.kind = VISIT_EVENT_STORED};
    struct record_ref *r = &e.record;
    free(t->application);
    t->application = NULL;
    if (visit_application_json(t->v, &t->application, &err) < 0)
        fault(t, "the application", &err);
    r->kind = RECORD_APPLICATION;
    r->sequence = ++t->n_applications;
    snprintf(r->uuid, sizeof r->uuid, "6f1c1f0e-7d0e-4b7c-9d57-4f3d8c2f0a11");
    snprintf(r->number, sizeof r->number, "430102000120261123000019");
    r->sealed_wall_ms = t->wall_ms;
    snprintf(r->token, sizeof r->token, "YJ1.QUJDREVGR0g.c2lnbmF0dXJl");
    return e;
}

static void rate(struct terminal *t)
{
    struct err err = {0};
    char *json = NULL;
    if (visit_rating_json(t->v, &json, &err) < 0)
        fault(t, "the rating", &err);
    free(json);
    t->n_ratings++;
}

static struct visit_event printed(struct terminal *t, const struct visit_effect *effect,
                                  struct device_event *d)
{
    struct err err = {0};
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    d->kind = DEVICE_EVENT_PRINT_DONE;
    d->from = DEVICE_PRINTER;
    d->print.job = effect->job;
    d->print.result = PRINT_PRINTED;
    d->print.evidence = EVIDENCE_PROCESSED;
    if (effect->kind == VISIT_EFFECT_PRINT_DOCUMENT) {
        struct document *document = mem_zalloc(1, sizeof *document);
        d->from = DEVICE_DOCUMENT_PRINTER;
        if (visit_document(t->v, effect->document, document, &err) < 0)
            fault(t, "the pages", &err);
        document_free(document);
    } else if (effect->kind == VISIT_EFFECT_PRINT_LIST) {
        visit_list_slip(t->v, slip);
        t->n_tickets++;
    } else {
        visit_slip(t->v, effect->copy, slip);
        t->n_tickets++;
    }
    if (d->from == DEVICE_PRINTER && !slip->n_lines)
        fault(t, "an empty ticket", NULL);
    bytes_wipe(slip, sizeof *slip);
    free(slip);
    return (struct visit_event){.kind = VISIT_EVENT_DEVICE, .device = d};
}

/* @return the person of the reference centre's registry, NULL: nobody has this number */
static const json_t *person_of(const struct terminal *t, const char *id_no)
{
    size_t i;
    json_t *person;
    json_array_foreach(json_object_get(t->assets->registry, "people"), i, person)
    {
        if (!strcmp(json_string_value(json_object_get(person, "id_no")), id_no))
            return person;
    }
    return NULL;
}

static void copy_text(const json_t *item, const char *key, char *ret, size_t cap)
{
    const char *text = json_string_value(json_object_get(item, key));
    snprintf(ret, cap, "%s", text ? text : "");
}

/* What the reference centre says, unless the visit file says otherwise. */
static void answer_key(const struct terminal *t, const json_t *person, struct shared_item *ret)
{
    static const char *const word[] = {"unavailable", "found", "absent", "mismatch"};
    const json_t *item = json_object_get(json_object_get(person, "items"), ret->key);
    const char *state = json_string_value(json_object_get(item, "state"));
    ret->state = person ? SHARED_ABSENT : SHARED_UNAVAILABLE;
    for (size_t s = 0; s < YJ_COUNT(word); s++)
        if (state && !strcmp(state, word[s]))
            ret->state = (enum shared_state)s;
    copy_text(item, "value", ret->value, sizeof ret->value);
    copy_text(item, "issuer", ret->issuer, sizeof ret->issuer);
    copy_text(item, "valid_to", ret->valid_to, sizeof ret->valid_to);
    for (size_t k = 0; k < t->n_known; k++)
        if (!strcmp(t->known[k].key, ret->key))
            *ret = t->known[k];
}

static struct visit_event answered(const struct terminal *t, const struct visit_effect *effect,
                                   struct enquiry_answer *answer)
{
    struct enquiry q;
    visit_enquiry(t->v, &q);
    const json_t *person = person_of(t, q.id_no);
    answer->kind = q.kind;
    for (size_t i = 0; i < q.n_keys; i++) {
        struct shared_item *item = &answer->item[answer->n_items++];
        snprintf(item->key, sizeof item->key, "%s", q.key[i]);
        answer_key(t, person, item);
    }
    struct visit_event e = {.kind = VISIT_EVENT_ANSWER};
    e.enquiry.job = effect->job;
    e.enquiry.code = person || t->n_known ? 0 : ERR_NOT_FOUND;
    e.enquiry.answer = e.enquiry.code ? NULL : answer;
    return e;
}

static void step(struct terminal *t, const struct visit_event *e);

static void look_for_cards(struct terminal *t)
{
    if (!t->is_reader_on || !t->has_card || t->is_card_told)
        return;
    t->is_card_told = true;
    struct card copy = t->card;
    struct device_event d = {.kind = DEVICE_EVENT_CARD, .from = DEVICE_READER, .card = &copy};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    step(t, &e);
}

static void take_effect(struct terminal *t, const struct visit_effect *effect)
{
    struct device_event d = {.code = 0};
    struct visit_event e;
    switch (effect->kind) {
    case VISIT_EFFECT_READER:
        t->is_reader_on = effect->flag;
        break;
    case VISIT_EFFECT_SCANNER:
        t->is_scanner_on = effect->flag;
        break;
    case VISIT_EFFECT_SUBMIT:
        e = submit(t);
        step(t, &e);
        break;
    case VISIT_EFFECT_RATE:
        rate(t);
        break;
    case VISIT_EFFECT_PRINT:
    case VISIT_EFFECT_PRINT_DOCUMENT:
    case VISIT_EFFECT_PRINT_LIST:
        e = printed(t, effect, &d);
        step(t, &e);
        break;
    case VISIT_EFFECT_ENQUIRE: {
        struct enquiry_answer *answer = mem_zalloc(1, sizeof *answer);
        e = answered(t, effect, answer);
        step(t, &e);
        enquiry_answer_free(answer);
        break;
    }
    case VISIT_EFFECT_TIMER_SET:
        t->due_ms[effect->timer] = t->now_ms + effect->delay_ms;
        break;
    case VISIT_EFFECT_TIMER_CLEAR:
        t->due_ms[effect->timer] = 0;
        break;
    case VISIT_EFFECT_SHOW:
    case VISIT_EFFECT_CARD_SLOT:
    case VISIT_EFFECT_JOURNAL:
    case VISIT_EFFECT_CALL_STAFF:
    case VISIT_EFFECT_WIPE:
        break;
    }
}

/* One event and everything that follows from it on the spot. */
static void step(struct terminal *t, const struct visit_event *e)
{
    struct visit_effects fx;
    enum visit_state before = t->v->state;
    visit_step(t->v, e, t->now_ms, &fx);
    t->watch(t->watcher, before);
    for (int i = 0; i < fx.n; i++)
        take_effect(t, &fx.at[i]);
}

/* ---- events ---- */

void terminal_event(struct terminal *t, const struct visit_event *e)
{
    t->now_ms += STEP_MS;
    t->wall_ms += STEP_MS;
    step(t, e);
    look_for_cards(t);
}

void terminal_intent(struct terminal *t, enum intent_kind kind, int item, int option,
                     const char *text)
{
    struct visit_event e = {.kind = VISIT_EVENT_INTENT,
                            .intent = {.kind = kind, .item = item, .option = option}};
    snprintf(e.intent.text, sizeof e.intent.text, "%s", text ? text : "");
    if (kind == INTENT_SIGN)
        e.intent.strokes = &t->strokes;
    terminal_event(t, &e);
}

static void tell_status(struct terminal *t, enum device_kind kind, enum device_media media)
{
    struct device_event d = {
        .kind = DEVICE_EVENT_STATUS,
        .from = kind,
        .status = {.kind = kind, .state = DEVICE_ONLINE, .media = media, .paper = PAPER_FULL}};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    terminal_event(t, &e);
}

void terminal_card(struct terminal *t, const struct card *card)
{
    t->has_card = card != NULL;
    t->is_card_told = false;
    if (card)
        t->card = *card;
    tell_status(t, DEVICE_READER, card ? MEDIA_PRESENT : MEDIA_NOT_PRESENT);
    if (card)
        return;
    struct device_event d = {.kind = DEVICE_EVENT_CARD_REMOVED, .from = DEVICE_READER};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    terminal_event(t, &e);
}

void terminal_code(struct terminal *t, const char *text)
{
    char copy[CODE_MAX_BYTES + 1];
    snprintf(copy, sizeof copy, "%s", text);
    struct device_event d = {.kind = DEVICE_EVENT_CODE, .from = DEVICE_SCANNER, .code_text = copy};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    terminal_event(t, &e);
}

void terminal_link(struct terminal *t, bool is_online)
{
    struct visit_event e = {.kind = VISIT_EVENT_LINK, .link = {.is_online = is_online}};
    terminal_event(t, &e);
}

void terminal_wait(struct terminal *t, int64_t ms)
{
    int64_t end = t->now_ms + ms;
    for (;;) {
        int first = -1;
        for (int i = 0; i < VISIT_N_TIMERS; i++)
            if (t->due_ms[i] && t->due_ms[i] <= end &&
                (first < 0 || t->due_ms[i] < t->due_ms[first]))
                first = i;
        if (first < 0)
            break;
        if (t->due_ms[first] > t->now_ms) {
            t->wall_ms += t->due_ms[first] - t->now_ms;
            t->now_ms = t->due_ms[first];
        }
        t->due_ms[first] = 0;
        struct visit_event e = {.kind = VISIT_EVENT_TIMER, .timer = (enum visit_timer)first};
        terminal_event(t, &e);
    }
    if (end > t->now_ms) {
        t->wall_ms += end - t->now_ms;
        t->now_ms = end;
    }
}

void terminal_day(struct terminal *t, int today)
{
    /* half past nine in China */
    t->wall_ms =
        (int64_t)codes_days_between(19700101, today) * DAY_MS + HOUR_MS + (int64_t)HOUR_MS / 2;
    struct visit_event e = {.kind = VISIT_EVENT_DATE, .wall_ms = t->wall_ms};
    terminal_event(t, &e);
}

const struct view *terminal_view(struct terminal *t)
{
    visit_view(t->v, t->view);
    return t->view;
}

/* ---- life ---- */

void terminal_init(struct terminal *t, const struct assets *assets, int today)
{
    struct visit_effects fx;
    t->assets = assets;
    t->view = mem_zalloc(1, sizeof *t->view);
    t->cfg = (struct visit_cfg){.catalogue = assets->catalogue,
                                .prefs = PREFS_DEFAULT,
                                .terminal_name = "示例市政务服务中心 01 号机",
                                .terminal_id = "4301020001",
                                .hall_phone = "12345"};
    if (assets->language) {
        t->cfg.languages[0] = "zh-Hans";
        t->cfg.languages[1] = assets->language;
        t->cfg.n_languages = 2;
        t->cfg.prefs.language = 1;
    }
    t->v = visit_new(&t->cfg);
    t->now_ms = 1000;
    visit_start(t->v, t->now_ms, &fx);
    for (int i = 0; i < fx.n; i++)
        take_effect(t, &fx.at[i]);
    terminal_day(t, today);
    tell_status(t, DEVICE_READER, MEDIA_NOT_PRESENT);
    tell_status(t, DEVICE_SCANNER, MEDIA_UNKNOWN);
    tell_status(t, DEVICE_PRINTER, MEDIA_NOT_PRESENT);
    terminal_link(t, true);
}

void terminal_fini(struct terminal *t)
{
    visit_free(t->v);
    free(t->view);
    free(t->application);
}
