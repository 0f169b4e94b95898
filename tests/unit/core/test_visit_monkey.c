/* SPDX-License-Identifier: Apache-2.0 */
/* A monkey with a seed at the visit machine: any event in any state, and what must hold after
 * every one of them. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "form_kit.h"

enum { N_EVENTS = 60000, N_FORM_EVENTS = 40000, N_BIG_EVENTS = 10000, MAX_IDS = 768 };

struct monkey {
    struct kit *k;
    uint64_t seed;
    int64_t last_sequence; /* stored or handed over after a restart; later ones do not exist */
    int64_t printing;      /* a PRINT without an answer */
    int64_t page_job;      /* a PRINT_DOCUMENT without an answer */
    int64_t list_job;      /* a PRINT_LIST without an answer */
    int64_t enquiry_job;   /* an ENQUIRE without an answer */
    struct enquiry enquiry;
    struct enquiry_answer *answer;
    struct document *document;
    bool is_form;       /* the matter with every kind of field */
    bool is_submitting; /* a SUBMIT without an answer */
    bool is_reader_on, is_scanner_on, is_armed[VISIT_N_TIMERS];
    uint32_t revision;
    const char *ids[MAX_IDS];
    size_t n_ids;
    unsigned n_seen[VISIT_N_STATES];
    unsigned n_failures;
    struct visit *copy;
};

static uint32_t roll(struct monkey *m, uint32_t sides)
{
    m->seed = m->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(m->seed >> 33) % sides;
}

static void must(struct monkey *m, bool holds, const char *what)
{
    if (holds)
        return;
    if (m->n_failures++ < 10)
        printf("    in %s: %s\n", visit_state_name(m->k->v), what);
}

/* ---- what must hold ---- */

static void note_id(struct monkey *m, const char *id)
{
    if (!id)
        return;
    for (size_t i = 0; i < m->n_ids; i++)
        if (m->ids[i] == id || !strcmp(m->ids[i], id))
            return;
    must(m, m->n_ids < MAX_IDS, "too many text ids");
    if (m->n_ids < MAX_IDS)
        m->ids[m->n_ids++] = id;
}

static void note_args(struct monkey *m, const struct view_text *text)
{
    for (int i = 0; text->is_arg_id && i < 3; i++)
        note_id(m, text->arg[i]);
}

static bool is_there(const struct view_action *a)
{
    return (a->label.id || a->label.lit) && a->is_enabled;
}

static void check_view(struct monkey *m)
{
    const struct view *view = kit_view(m->k);
    bool can_act = is_there(&view->next) || is_there(&view->back) || is_there(&view->home) ||
                   is_there(&view->extra);
    must(m, view->title.id || view->title.lit, "no title");
    must(m, view->n_items <= VIEW_MAX_ITEMS && view->n_options <= VIEW_MAX_OPTIONS, "too much");
    must(m, view->arena_used <= VIEW_ARENA_BYTES, "arena");
    const struct view_action *actions[] = {&view->next,  &view->back,    &view->home,
                                           &view->extra, &view->ask_yes, &view->ask_no};
    for (size_t i = 0; i < YJ_COUNT(actions); i++)
        note_id(m, actions[i]->label.id);
    note_id(m, view->title.id);
    note_id(m, view->subtitle.id);
    note_id(m, view->banner.id);
    note_id(m, view->alert.id);
    note_args(m, &view->alert);
    note_args(m, &view->banner);
    note_id(m, view->ask.id);
    for (size_t i = 0; i < view->n_items; i++) {
        const struct view_item *item = &view->item[i];
        must(m, item->id && item->id[0], "an item without a name");
        must(m, item->label.id || item->label.lit, "an item without words");
        must(m,
             !item->n_options || (item->option >= view->option &&
                                  item->option + item->n_options <= view->option + view->n_options),
             "options outside the view");
        note_id(m, item->label.id);
        note_args(m, &item->label);
        note_args(m, &item->note);
        note_id(m, item->value.id);
        note_id(m, item->note.id);
        for (size_t o = 0; o < item->n_options; o++)
            note_id(m, item->option[o].label.id);
        can_act |= item->is_enabled;
    }
    bool must_wait = !strcmp(visit_state_name(m->k->v), "SUBMITTING") ||
                     !strcmp(visit_state_name(m->k->v), "OUT_OF_SERVICE") ||
                     (m->k->v->state == STATE_LEFT_BEHIND && !m->k->v->is_alarm_on) ||
                     m->k->v->s.phase == PHASE_PRINTING;
    must(m, can_act || (must_wait && view->can_call_staff), "nothing to tap");
    must(m, !view->ask.id || (is_there(&view->ask_yes) && is_there(&view->ask_no)), "ask");
}

static void check_effects(struct monkey *m)
{
    const struct visit_effects *fx = &m->k->fx;
    int n_shows = 0;
    must(m, fx->n >= 0 && fx->n <= VISIT_MAX_EFFECTS, "effects overflow");
    for (int i = 0; i < fx->n; i++) {
        const struct visit_effect *e = &fx->at[i];
        n_shows += e->kind == VISIT_EFFECT_SHOW;
        if (e->kind == VISIT_EFFECT_READER)
            m->is_reader_on = e->flag;
        if (e->kind == VISIT_EFFECT_SCANNER)
            m->is_scanner_on = e->flag;
        if (e->kind == VISIT_EFFECT_TIMER_SET || e->kind == VISIT_EFFECT_TIMER_CLEAR)
            m->is_armed[e->timer] = e->kind == VISIT_EFFECT_TIMER_SET;
        if (e->kind == VISIT_EFFECT_TIMER_SET)
            must(m, e->delay_ms > 0, "a timer without a delay");
        if (e->kind == VISIT_EFFECT_PRINT || e->kind == VISIT_EFFECT_JOURNAL)
            must(m, e->job > 0 && e->job <= m->last_sequence, "paper before it is stored");
        if (e->kind == VISIT_EFFECT_SUBMIT) {
            must(m, !m->is_submitting, "two submissions at once");
            m->is_submitting = true;
            char *json = NULL;
            struct err err = {0};
            must(m, visit_application_json(m->k->v, &json, &err) == 0, "no application");
            free(json);
        }
        if (e->kind == VISIT_EFFECT_RATE) {
            char *json = NULL;
            struct err err = {0};
            must(m, visit_rating_json(m->k->v, &json, &err) == 0, "no rating");
            free(json);
        }
        if (e->kind == VISIT_EFFECT_PRINT) {
            static struct slip slip;
            must(m, !m->printing, "two receipts under way");
            m->printing = e->job;
            visit_slip(m->k->v, e->copy, &slip);
            must(m, slip.n_lines > 5, "an empty receipt");
        }
        if (e->kind == VISIT_EFFECT_PRINT_LIST) {
            static struct slip list;
            must(m, !m->list_job && e->job > INT64_C(1) << 40, "two lists, or a record's number");
            m->list_job = e->job;
            visit_list_slip(m->k->v, &list);
            must(m, list.n_lines > 5, "an empty list");
        }
        if (e->kind == VISIT_EFFECT_ENQUIRE) {
            must(m, e->job > m->enquiry_job, "a question asked again");
            m->enquiry_job = e->job;
            visit_enquiry(m->k->v, &m->enquiry);
            must(m, m->enquiry.kind != ENQUIRY_SHARED || m->enquiry.n_keys > 0,
                 "an empty question");
        }
        if (e->kind == VISIT_EFFECT_PRINT_DOCUMENT) {
            struct err err = {0};
            must(m, !m->page_job, "two documents under way");
            m->page_job = e->job;
            must(m, visit_document(m->k->v, e->document, m->document, &err) == 0, "no document");
            must(m, m->document->n_blocks > 3, "an empty document");
        }
    }
    must(m, n_shows <= 1, "shown twice");
    must(m, (m->k->v->revision != m->revision) == (n_shows == 1), "revision and SHOW differ");
    m->revision = m->k->v->revision;
}

static void check_home(struct monkey *m)
{
    static const struct visit_session nobody;
    struct visit *v = m->k->v;
    struct visit_finding finding = v->s.finding; /* the home page keeps the tree it shows */
    int page = v->s.page;
    must(m, !finding.query[0], "words of a search stayed");
    memset(&v->s.finding, 0, sizeof v->s.finding);
    v->s.page = 0;
    must(m, !memcmp(&v->s, &nobody, sizeof nobody), "somebody is left in the session");
    v->s.finding = finding;
    v->s.page = page;
    for (int t = 0; t < VISIT_N_TIMERS; t++)
        must(m,
             !m->is_armed[t] || (t == VISIT_TIMER_PAGE && visit_find_home_ms(v) > 0) ||
                 (t == VISIT_TIMER_NOTICES && visit_hall_notices_ms(v) > 0),
             "a timer at home");
    must(m, visit_prefs_are_default(v) || m->is_armed[VISIT_TIMER_PAGE],
         "the last visitor's settings stay");
    if (roll(m, 16) == 0) {
        must(m, !kit_holds(m->k, KIT_NUMBER), "the number stayed");
        must(m, !kit_holds(m->k, KIT_NAME), "the name stayed");
        must(m, !kit_holds(m->k, FORM_OTHER_NO), "another person's number stayed");
    }
}

/* With every device dead and nobody touching anything, time alone leads home. */
static void check_way_out(struct monkey *m)
{
    struct visit_effects fx;
    struct visit *v = m->copy;
    memcpy(v, m->k->v, sizeof *v);
    memset(v->s.seen, 0, sizeof v->s.seen);
    v->now_ms = m->k->now_ms;
    visit_answers_update(v); /* the copy's own pointers */
    for (int i = 0; i < DEVICE_N_KINDS; i++) {
        struct device_event d = {
            .kind = DEVICE_EVENT_STATUS,
            .status = {.kind = (enum device_kind)i, .state = DEVICE_NO_DEVICE}};
        struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
        visit_step(v, &e, v->now_ms, &fx);
    }
    if (v->state == STATE_SUBMITTING) {
        struct visit_event e = {.kind = VISIT_EVENT_STORE_FAILED, .code = ERR_STORE_WRITE};
        visit_step(v, &e, v->now_ms, &fx);
    }
    for (int i = 0; i < 200 && v->state != STATE_HOME && v->state != STATE_OUT_OF_SERVICE; i++)
        for (int t = 0; t < VISIT_N_TIMERS; t++) {
            struct visit_event e = {.kind = VISIT_EVENT_TIMER, .timer = (enum visit_timer)t};
            visit_step(v, &e, v->now_ms + 1000, &fx);
        }
    must(m, v->state == STATE_HOME || v->state == STATE_OUT_OF_SERVICE, "no way out");
    memset(v, 0, sizeof *v);
}

/* A field of the page on the screen takes from there. */
static bool shows(const struct monkey *m, const char *from)
{
    const struct view *view = m->k->view;
    const struct matter *matter = m->k->v->s.matter;
    for (size_t i = 0; i < view->n_items; i++)
        for (size_t var = 0; var < matter->n_vars; var++)
            if (!strncmp(view->item[i].id, "field.", 6) &&
                !strcmp(view->item[i].id + 6, matter->var[var].id) &&
                matter->var[var].prefill_from &&
                !strncmp(matter->var[var].prefill_from, from, strlen(from)))
                return true;
    return false;
}

static void check(struct monkey *m)
{
    struct visit *v = m->k->v;
    m->n_seen[v->state]++;
    check_effects(m);
    check_view(m);
    bool wants_card = (v->state == STATE_IDENTIFY && !v->s.is_identified) ||
                      (v->state == STATE_FORM && shows(m, "other_card.")) ||
                      (v->state == STATE_PROGRESS && visit_progress_wants_card(v));
    bool wants_code = v->state == STATE_MATERIALS ||
                      (v->state == STATE_FORM && shows(m, "code.uscc")) ||
                      (v->state == STATE_PROGRESS && visit_progress_wants_code(v));
    must(m, m->is_reader_on == wants_card, "reader");
    must(m, m->is_scanner_on == wants_code, "scanner");
    for (size_t g = 0; v->s.matter && g < v->s.matter->n_groups; g++)
        must(m,
             v->s.count[g] <= v->s.matter->group[g].repeat_max &&
                 v->s.count[g] >= v->s.matter->group[g].repeat_min,
             "too many or too few members");
    if (v->state == STATE_HOME || v->state == STATE_OUT_OF_SERVICE)
        check_home(m);
    if (roll(m, 100) == 0)
        check_way_out(m);
}

/* ---- what the monkey does ---- */

static void random_text(struct monkey *m, char *out, size_t cap)
{
    static const char *const text[] = {KIT_NAME,
                                       KIT_NUMBER,
                                       KIT_BABY,
                                       KIT_MOBILE,
                                       "2026-11-01",
                                       "",
                                       "   ",
                                       "\xe5\xbc",
                                       "北京市朝阳区示例路1号",
                                       "4111111111111111",
                                       "A123456789",
                                       FORM_USCC,
                                       "12.5",
                                       "100",
                                       "3",
                                       "a@example.test"};
    if (roll(m, 8) == 0) {
        memset(out, 'Z', cap - 1);
        out[cap - 1] = '\0';
    } else {
        snprintf(out, cap, "%s", text[roll(m, YJ_COUNT(text))]);
    }
}

static void random_intent(struct monkey *m)
{
    struct visit_event e = {.kind = VISIT_EVENT_INTENT};
    uint32_t dice = roll(m, 100);
    size_t n_items = m->k->view->n_items;
    e.intent.kind = dice < 35   ? INTENT_NEXT
                    : dice < 65 ? INTENT_CHOOSE
                    : dice < 80 ? INTENT_SET_TEXT
                                : (enum intent_kind)roll(m, INTENT_PRINT_LIST + 1);
    if (e.intent.kind == INTENT_HOME && roll(m, 3) != 0)
        e.intent.kind = INTENT_STAY;
    if (m->k->v->state <= STATE_GUIDE && roll(m, 2))
        e.intent.kind = INTENT_OPEN;
    e.intent.item = roll(m, 20) == 0 ? (int)roll(m, 200) - 60 : (int)roll(m, (uint32_t)n_items + 1);
    e.intent.option = roll(m, 10) == 0 ? (int)roll(m, 200) - 60 : (int)roll(m, 4);
    random_text(m, e.intent.text, sizeof e.intent.text);
    struct strokes *s = kit_strokes(roll(m, 60), (int)roll(m, 30));
    e.intent.strokes = e.intent.kind == INTENT_SIGN && roll(m, 10) ? s : NULL;
    m->k->now_ms -= roll(m, 5) == 0 ? 390 : 0; /* now and then a double tap */
    kit_event(m->k, &e);
    free(s);
}

static void say_something(struct monkey *m, struct shared_item *item)
{
    static const char *const value[] = {FORM_OTHER, "00010002", "12.5", "\xe5\xbc", "", "甲"};
    size_t n = m->enquiry.n_keys;
    snprintf(item->key, sizeof item->key, "%s",
             n && roll(m, 6) ? m->enquiry.key[roll(m, (uint32_t)n)] : "salary");
    item->state = (enum shared_state)roll(m, 5);
    snprintf(item->value, sizeof item->value, "%s", value[roll(m, YJ_COUNT(value))]);
    snprintf(item->issuer, sizeof item->issuer, "%s", roll(m, 2) ? "示例公安局" : "");
    snprintf(item->valid_to, sizeof item->valid_to, "%s", roll(m, 2) ? "2030-01-01" : "2030-13-01");
    if (roll(m, 10) == 0)
        memset(item->value, 'x', sizeof item->value); /* no end */
}

/* The centre answers late, wrongly, twice, or not at all. */
static void random_answer(struct monkey *m)
{
    struct enquiry_answer *a = m->answer;
    memset(a, 0, sizeof *a);
    a->kind = roll(m, 8) ? m->enquiry.kind : (enum enquiry_kind)roll(m, 2);
    a->n_items = a->kind == ENQUIRY_SHARED ? roll(m, ENQUIRY_MAX_KEYS + 2) : 0;
    for (size_t i = 0; i < a->n_items && i < ENQUIRY_MAX_KEYS; i++)
        say_something(m, &a->item[i]);
    a->n_reports = a->kind == ENQUIRY_PROGRESS ? roll(m, 2) : 0;
    if (a->n_reports) {
        struct case_report *r = &a->report[0];
        snprintf(r->number, sizeof r->number, "430102000120261123000019");
        snprintf(r->matter, sizeof r->matter, m->is_form ? "FORM.ALL" : "NB.BIRTH");
        snprintf(r->matter_name, sizeof r->matter_name, "示例");
        r->may_fix = roll(m, 2);
        r->n_tasks = 1;
        r->task[0].state = CASE_FIX;
        snprintf(r->task[0].id, sizeof r->task[0].id, m->is_form ? "license" : "hukou");
        snprintf(r->task[0].name, sizeof r->task[0].name, "示例");
        r->n_fixes = 1;
        snprintf(r->fix[0].id, sizeof r->fix[0].id, "%s",
                 m->is_form ? "company.tel" : "mother.mobile");
        snprintf(r->fix[0].reason, sizeof r->fix[0].reason, "unclear");
    }
    int64_t job = roll(m, 8) ? m->enquiry_job : (int64_t)roll(m, 50);
    int code = roll(m, 5) ? 0 : ERR_STORE_OPEN;
    form_answer(m->k, job, code, code ? NULL : a);
}

static void random_device(struct monkey *m)
{
    static const int codes[] = {ERR_READER_CARD_MOVED, ERR_READER_SAM, ERR_USB_IO, 12345};
    static const enum device_event_kind kinds[] = {DEVICE_EVENT_CARD_FAILED,
                                                   DEVICE_EVENT_CARD_REMOVED};
    struct card card = kit_citizen();
    bool is_other = m->is_reader_on && m->k->v->state == STATE_FORM && roll(m, 2);
    switch (is_other ? 8 : roll(m, 9)) {
    case 7:
        random_answer(m);
        break;
    case 8: {
        struct card other = form_other_card();
        if (roll(m, 3) == 0)
            snprintf(other.valid_to, sizeof other.valid_to, "20250101");
        other.doubts = roll(m, 3) ? 0 : CARD_DOUBT_DATES;
        other.kind = roll(m, 8) ? CARD_HMT : CARD_SOCIAL_SECURITY;
        kit_card(m->k, &other);
        break;
    }
    case 0:
        kit_status(m->k, (enum device_kind)roll(m, DEVICE_N_KINDS),
                   roll(m, 3) ? DEVICE_ONLINE : (enum device_state)roll(m, 5),
                   (enum device_media)roll(m, 4), (enum device_paper)roll(m, 4));
        break;
    case 1:
        if (roll(m, 4) == 0)
            snprintf(card.number, sizeof card.number, "810000199003070023");
        kit_card(m->k, &card);
        break;
    case 2:
        kit_device_event(m->k, kinds[roll(m, 2)], codes[roll(m, YJ_COUNT(codes))]);
        break;
    case 3:
        kit_code(m->k, roll(m, 2) ? "CODE-A" : "https://example.test/?no=" FORM_USCC);
        break;
    case 4:
        if (m->page_job && roll(m, 2)) {
            int64_t job = m->page_job;
            m->page_job = 0;
            kit_document_done(m->k, job, (enum print_result)roll(m, 3), ERR_DOCUMENT_STOPPED);
            break;
        }
        kit_code(m->k, roll(m, 2) ? "https://example.test/a" : "134567890123456789");
        break;
    case 5:
        if (m->list_job) {
            int64_t job = m->list_job;
            m->list_job = 0;
            kit_print_done(m->k, job, (enum print_result)roll(m, 3));
            break;
        }
        kit_lift(m->k);
        break;
    default: {
        int64_t job = roll(m, 4) ? m->printing : (int64_t)roll(m, 50);
        if (job == m->printing)
            m->printing = 0;
        kit_print_done(m->k, job, (enum print_result)roll(m, 3));
        break;
    }
    }
}

static void answer_store(struct monkey *m)
{
    m->is_submitting = false;
    if (roll(m, 4) == 0)
        kit_code_event(m->k, VISIT_EVENT_STORE_FAILED, ERR_STORE_WRITE);
    else
        kit_stored(m->k, ++m->last_sequence);
}

static void fire(struct monkey *m, enum visit_timer timer)
{
    m->is_armed[timer] = false;
    kit_timer(m->k, timer);
}

static void random_rest(struct monkey *m)
{
    switch (roll(m, 8)) {
    case 0:
        fire(m, (enum visit_timer)roll(m, VISIT_N_TIMERS));
        break;
    case 1:
        if (m->is_armed[VISIT_TIMER_PAGE])
            fire(m, VISIT_TIMER_PAGE);
        else
            kit_link(m->k, roll(m, 2));
        break;
    case 2:
        kit_code_event(m->k, VISIT_EVENT_STORE_STATE, roll(m, 3) ? 0 : ERR_STORE_FULL);
        break;
    case 3:
        if (roll(m, 20) == 0)
            kit_unfinished(m->k, ++m->last_sequence, (int)roll(m, 3));
        else
            kit_link(m->k, roll(m, 2));
        break;
    case 4: {
        bool is_headset = roll(m, 2);
        struct visit_event e = {.kind = VISIT_EVENT_HEADSET,
                                .is_plugged = is_headset && roll(m, 2)};
        if (!is_headset) {
            e.kind = VISIT_EVENT_COUNTERS;
            e.counters = (struct service_counters){.day = m->k->v->today,
                                                   .own = {roll(m, 3), roll(m, 100) + 3},
                                                   .has_hall = roll(m, 2),
                                                   .hall = {roll(m, 3), 7}};
        }
        kit_event(m->k, &e);
        break;
    }
    default: {
        struct visit_event e = {.kind = VISIT_EVENT_DATE,
                                .wall_ms = KIT_WALL_MS + (int64_t)roll(m, 40) * 86400000};
        kit_event(m->k, &e);
        break;
    }
    }
}

static const char *text_for(const struct matter_var *var)
{
    if (strstr(var->field, "share"))
        return "100"; /* of all */
    switch ((int)var->type) {
    case TYPE_IDNO:
        return FORM_OTHER_NO;
    case TYPE_NAME:
        return FORM_OTHER;
    case TYPE_MOBILE:
        return KIT_MOBILE;
    case TYPE_DATE:
        return "2026-11-01";
    case TYPE_BANKCARD:
        return "4111111111111111";
    case TYPE_USCC:
        return FORM_USCC;
    case TYPE_EMAIL:
        return "a@example.test";
    case TYPE_TEL:
        return "0731-12345678";
    case TYPE_TEXT:
    case TYPE_ADDRESS:
        return "北京市朝阳区示例路1号";
    default:
        return "3";
    }
}

/* @return the variable of an item, NULL when it stands for none */
static const struct matter_var *var_of(const struct kit *k, const char *id)
{
    const char *dot = strchr(id, '.');
    int var = dot ? matter_var_find(k->v->s.matter, dot + 1) : -1;
    return var < 0 ? NULL : &k->v->s.matter->var[var];
}

static void fill_item(struct monkey *m, size_t at)
{
    struct kit *k = m->k;
    const struct view_item *item = &k->view->item[at];
    const struct matter_var *var = var_of(k, item->id);
    bool is_answered = item->n_options && item->option[0].is_selected;
    char id[96];
    snprintf(id, sizeof id, "%s", item->id);
    if (item->kind == VIEW_ACTIONS && item->n_options && roll(m, 2))
        kit_choose(k, id, (int)item->n_options - 1);
    else if (item->input == INPUT_STEPS)
        for (int step = 0; step < 4 && !form_item(k, id)->is_whole; step++)
            kit_choose(k, id, 1);
    else if (item->n_options && !is_answered && item->kind != VIEW_ACTIONS)
        kit_choose(k, id, 0);
    else if (var && item->kind == VIEW_FIELD && !item->n_options)
        kit_set(k, id, text_for(var));
}

/* Give everything on the page something that fits it, and go on; not always to the end. */
static void fill_pages(struct monkey *m)
{
    struct kit *k = m->k;
    enum visit_state state = k->v->state;
    int n_pages = roll(m, 3) ? (int)roll(m, 4) + 1 : 12;
    for (int pages = 0; pages < n_pages && k->v->state == state; pages++) {
        for (size_t i = 0; i < kit_view(k)->n_items && k->v->state == state; i++)
            fill_item(m, i);
        kit_tap(k, INTENT_NEXT);
    }
}

/* Random taps alone seldom finish a form: help where a person would read. */
static void help(struct monkey *m)
{
    struct visit *v = m->k->v;
    if (v->state == STATE_HOME || v->state == STATE_MATTER) {
        int item = kit_item(m->k, m->is_form ? "matter.FORM.ALL" : "matter.NB.BIRTH");
        int guide = kit_item(m->k, "home.guide"), progress = kit_item(m->k, "home.progress");
        if (guide >= 0 && m->n_seen[STATE_GUIDE] < 40)
            item = guide;
        else if (progress >= 0 && m->n_seen[STATE_PROGRESS] < 40)
            item = progress;
        if (v->state == STATE_HOME)
            kit_intent(m->k, INTENT_OPEN, item, 0);
        else
            kit_tap(m->k, INTENT_NEXT);
        return;
    }
    bool is_birth = v->s.matter && !strcmp(v->s.matter->code, "NB.BIRTH") && !v->s.fixing;
    if (v->state == STATE_QUESTIONS && is_birth) {
        kit_answer_questions(m->k);
    } else if (v->state == STATE_FORM && is_birth) {
        kit_fill_form(m->k);
    } else if (v->state == STATE_QUESTIONS || v->state == STATE_FORM) {
        fill_pages(m);
    } else if (v->state == STATE_MATERIALS) {
        for (int i = 0; i < 30 && v->state == STATE_MATERIALS; i++)
            kit_intent(m->k, INTENT_CHOOSE, i, 1);
        kit_tap(m->k, INTENT_NEXT);
    } else if (v->state == STATE_SIGN) {
        kit_sign(m->k, 40, 5);
        return; /* this one is checked like any other */
    }
    m->revision = v->revision;
    m->k->fx.n = 0;
    m->is_reader_on = v->is_reader_on;
    m->is_scanner_on = v->is_scanner_on;
    memcpy(m->is_armed, v->is_armed, sizeof m->is_armed);
}

static void turn(struct monkey *m)
{
    uint32_t dice = roll(m, 100);
    if (m->is_submitting && dice < 30)
        answer_store(m);
    else if (m->k->v->state == STATE_HOME && dice < 40)
        help(m);
    else if (dice < 60)
        random_intent(m);
    else if (dice < 80)
        random_device(m);
    else if (dice < 92)
        random_rest(m);
    else
        help(m);
    check(m);
}

static struct monkey *monkey_new(const char *dir, uint64_t seed)
{
    struct monkey *m = calloc(1, sizeof *m);
    m->k = kit_new_healthy(dir);
    m->seed = seed;
    m->copy = calloc(1, sizeof *m->copy);
    m->document = calloc(1, sizeof *m->document);
    m->answer = calloc(1, sizeof *m->answer);
    m->revision = m->k->v->revision;
    kit_view(m->k);
    return m;
}

static void monkey_free(struct monkey *m)
{
    kit_free(m->k);
    free(m->copy);
    free(m->document);
    free(m->answer);
    free(m);
}

/* Every id the monkey has seen has words in both languages. */
static void check_strings(const struct monkey *m)
{
    static const char *const files[] = {YJ_SOURCE_DIR "/assets/strings/zh-Hans.json",
                                        YJ_SOURCE_DIR "/assets/strings/en.json"};
    for (size_t f = 0; f < YJ_COUNT(files); f++) {
        json_error_t error;
        json_t *strings = json_load_file(files[f], JSON_REJECT_DUPLICATES, &error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(strings);
        for (size_t i = 0; i < m->n_ids; i++) {
            const char *text = json_string_value(json_object_get(strings, m->ids[i]));
            CU_ASSERT_PTR_NOT_NULL(text);
            if (!text)
                printf("    no text for %s\n", m->ids[i]);
        }
        json_decref(strings);
    }
}

static void nothing_breaks_it(void)
{
    struct monkey *m = monkey_new(YJ_SOURCE_DIR "/assets/matters", 20261123);
    for (int i = 0; i < N_EVENTS; i++)
        turn(m);
    CU_ASSERT_EQUAL(m->n_failures, 0);
    for (int s = 0; s < VISIT_N_STATES; s++) {
        CU_ASSERT(m->n_seen[s] > 10); /* a monkey that never gets there proves nothing */
        if (m->n_seen[s] <= 10)
            printf("    state %d only %u times\n", s, m->n_seen[s]);
    }
    check_strings(m);
    printf("    %zu text ids, %lld records, receipts %u\n", m->n_ids, (long long)m->last_sequence,
           m->n_seen[STATE_RECEIPT]);
    monkey_free(m);
}

/* The same with every kind of field, members that come and go, and a centre that answers. */
static void every_kind_of_field(void)
{
    struct monkey *m = monkey_new(YJ_SOURCE_DIR "/tests/unit/core/form", 3);
    unsigned n_members = 0, n_others = 0, n_shared = 0;
    m->is_form = true;
    for (int i = 0; i < N_FORM_EVENTS; i++) {
        turn(m);
        n_members += m->k->v->s.count[2] > 1;
        n_shared += m->k->v->s.n_shared > 0;
        n_others += m->k->v->s.warnings & WARNING_OTHER_MISMATCH ? 1 : 0;
    }
    CU_ASSERT_EQUAL(m->n_failures, 0);
    CU_ASSERT(n_members > 100 && n_shared > 100 && n_others > 0);
    CU_ASSERT(m->n_seen[STATE_REVIEW] > 20 && m->n_seen[STATE_RECEIPT] > 20);
    check_strings(m);
    printf("    %zu text ids, %lld records, several members %u, shared %u, other cards %u, "
           "reviews %u, receipts %u\n",
           m->n_ids, (long long)m->last_sequence, n_members, n_shared, n_others,
           m->n_seen[STATE_REVIEW], m->n_seen[STATE_RECEIPT]);
    monkey_free(m);
}

static void the_largest_matter_fits(void)
{
    char dir[] = "/tmp/yj-big-XXXXXX";
    kit_big_make(dir);
    struct monkey *m = monkey_new(dir, 7);
    size_t most = 0;
    for (int i = 0; i < N_BIG_EVENTS; i++) {
        turn(m);
        if (m->k->view->arena_used > most)
            most = m->k->view->arena_used;
    }
    CU_ASSERT_EQUAL(m->n_failures, 0);
    CU_ASSERT(m->n_seen[STATE_REVIEW] > 0 && m->n_seen[STATE_RECEIPT] > 0);
    printf("    fullest arena %zu of %d\n", most, VIEW_ARENA_BYTES);
    monkey_free(m);
    kit_big_remove(dir);
}

static void every_page_of_the_largest_matter(void)
{
    char dir[] = "/tmp/yj-big-XXXXXX", longest[512] = "";
    kit_big_make(dir);
    struct monkey *m = monkey_new(dir, 7);
    struct kit *k = m->k;
    for (int i = 0; i < 100; i++)
        memcpy(longest + (size_t)i * 3, "国", 3);
    kit_intent(k, INTENT_OPEN, 0, 0);
    struct card card = kit_citizen();
    for (int i = 0; i < 9 && k->v->state != STATE_IDENTIFY; i++)
        kit_tap(k, INTENT_NEXT);
    kit_card(k, &card);
    size_t most = 0;
    for (int i = 0; i < 60 && k->v->state != STATE_SIGN; i++) {
        check_view(m);
        size_t n = k->view->n_items;
        for (size_t item = 0; item < n; item++) {
            if (k->v->state == STATE_FORM && k->view->item[item].kind == VIEW_ACTIONS) {
                if (!k->view->item[item].option[0].label.lit)
                    continue; /* there are as many as there can be */
                kit_intent(k, INTENT_CHOOSE, (int)item, 0);
                check_view(m); /* the new member's page, from its top */
                n = k->view->n_items;
                item = SIZE_MAX;
            } else if (k->v->state == STATE_FORM) {
                struct visit_event e = {.kind = VISIT_EVENT_INTENT,
                                        .intent = {.kind = INTENT_SET_TEXT, .item = (int)item}};
                memcpy(e.intent.text, longest, sizeof longest);
                kit_event(k, &e);
            } else if (k->v->state == STATE_MATERIALS || k->v->state == STATE_QUESTIONS) {
                kit_intent(k, INTENT_CHOOSE, (int)item, 1);
            }
        }
        check_view(m);
        if (k->view->arena_used > most)
            most = k->view->arena_used;
        kit_tap(k, INTENT_NEXT);
    }
    CU_ASSERT(kit_is(k, "SIGN"));
    kit_sign(k, 40, 5);
    m->last_sequence = 7;
    kit_stored(k, 7);
    struct slip *slip = calloc(1, sizeof *slip);
    visit_slip(k->v, 1, slip);
    CU_ASSERT(slip->n_lines > 24 / 2 + 40 && slip->n_lines <= SLIP_MAX_LINES);
    struct err err = {0};
    CU_ASSERT_EQUAL(k->v->s.count[KIT_BIG_GROUPS], 5); /* every variable is there */
    CU_ASSERT_EQUAL(visit_document(k->v, DOCUMENT_APPLICATION, m->document, &err), 0);
    CU_ASSERT(m->document->n_blocks > MATTER_MAX_VARS);
    printf("    fullest arena %zu of %d, slip %zu lines\n", most, VIEW_ARENA_BYTES, slip->n_lines);
    CU_ASSERT(most > 18000); /* else nothing was stretched */
    CU_ASSERT_EQUAL(m->n_failures, 0);
    free(slip);
    monkey_free(m);
    kit_big_remove(dir);
}

static CU_TestInfo cases[] = {
    {"nothing breaks it", nothing_breaks_it},
    {"every kind of field", every_kind_of_field},
    {"the largest matter fits", the_largest_matter_fits},
    {"every page of the largest matter", every_page_of_the_largest_matter},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_monkey", cases)
