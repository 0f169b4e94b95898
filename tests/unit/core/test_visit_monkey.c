/* SPDX-License-Identifier: Apache-2.0 */
/* A monkey with a seed at the visit machine: any event in any state, and what must hold after
 * every one of them. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "visit_kit.h"

#include <jansson.h>

enum { N_EVENTS = 200000, N_BIG_EVENTS = 20000, MAX_IDS = 512 };

struct monkey {
    struct kit *k;
    uint64_t seed;
    int64_t last_sequence; /* stored or handed over after a restart; later ones do not exist */
    int64_t printing;      /* a PRINT without an answer */
    int64_t page_job;      /* a PRINT_DOCUMENT without an answer */
    struct document *document;
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
    bool is_elder = v->s.is_elder;
    int page = v->s.page;
    v->s.is_elder = false;
    v->s.page = 0;
    must(m, !memcmp(&v->s, &nobody, sizeof nobody), "somebody is left in the session");
    v->s.is_elder = is_elder;
    v->s.page = page;
    for (int t = 0; t < VISIT_N_TIMERS; t++)
        must(m, !m->is_armed[t], "a timer at home");
    if (roll(m, 16) == 0) {
        must(m, !kit_holds(m->k, KIT_NUMBER), "the number stayed");
        must(m, !kit_holds(m->k, KIT_NAME), "the name stayed");
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

static void check(struct monkey *m)
{
    struct visit *v = m->k->v;
    m->n_seen[v->state]++;
    check_effects(m);
    check_view(m);
    must(m, m->is_reader_on == (v->state == STATE_IDENTIFY && !v->s.is_identified), "reader");
    must(m, m->is_scanner_on == (v->state == STATE_MATERIALS), "scanner");
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
                                       "A123456789"};
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
    if (e.intent.kind == INTENT_HOME && roll(m, 4) != 0)
        e.intent.kind = INTENT_STAY;
    e.intent.item = roll(m, 20) == 0 ? (int)roll(m, 200) - 60 : (int)roll(m, (uint32_t)n_items + 1);
    e.intent.option = roll(m, 10) == 0 ? (int)roll(m, 200) - 60 : (int)roll(m, 4);
    random_text(m, e.intent.text, sizeof e.intent.text);
    struct strokes *s = kit_strokes(roll(m, 60), (int)roll(m, 30));
    e.intent.strokes = e.intent.kind == INTENT_SIGN && roll(m, 10) ? s : NULL;
    m->k->now_ms -= roll(m, 5) == 0 ? 390 : 0; /* now and then a double tap */
    kit_event(m->k, &e);
    free(s);
}

static void random_device(struct monkey *m)
{
    static const int codes[] = {ERR_READER_CARD_MOVED, ERR_READER_SAM, ERR_USB_IO, 12345};
    static const enum device_event_kind kinds[] = {DEVICE_EVENT_CARD_FAILED,
                                                   DEVICE_EVENT_CARD_REMOVED};
    struct card card = kit_citizen();
    switch (roll(m, 7)) {
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
        kit_code(m->k, roll(m, 2) ? "CODE-A" : "CODE-B");
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
    switch (roll(m, 7)) {
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
    default: {
        struct visit_event e = {.kind = VISIT_EVENT_DATE,
                                .wall_ms = KIT_WALL_MS + (int64_t)roll(m, 40) * 86400000};
        kit_event(m->k, &e);
        break;
    }
    }
}

/* Random taps alone seldom finish a form: help where a person would read. */
static void help(struct monkey *m)
{
    struct visit *v = m->k->v;
    if (v->state == STATE_QUESTIONS) {
        kit_answer_questions(m->k);
        m->is_reader_on = v->is_reader_on; /* steps below were not looked at one by one */
    } else if (v->state == STATE_FORM) {
        kit_fill_form(m->k);
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
    m->revision = m->k->v->revision;
    kit_view(m->k);
    return m;
}

static void monkey_free(struct monkey *m)
{
    kit_free(m->k);
    free(m->copy);
    free(m->document);
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
        CU_ASSERT(m->n_seen[s] > 20); /* a monkey that never gets there proves nothing */
        if (m->n_seen[s] <= 20)
            printf("    state %d only %u times\n", s, m->n_seen[s]);
    }
    check_strings(m);
    printf("    %zu text ids, %lld records, receipts %u\n", m->n_ids, (long long)m->last_sequence,
           m->n_seen[STATE_RECEIPT]);
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
    kit_intent(k, INTENT_OPEN_MATTER, 0, 0);
    struct card card = kit_citizen();
    for (int i = 0; i < 9 && k->v->state != STATE_IDENTIFY; i++)
        kit_tap(k, INTENT_NEXT);
    kit_card(k, &card);
    size_t most = 0;
    for (int i = 0; i < 60 && k->v->state != STATE_SIGN; i++) {
        check_view(m);
        size_t n = k->view->n_items;
        for (size_t item = 0; item < n; item++) {
            if (k->v->state == STATE_FORM) {
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
    printf("    fullest arena %zu of %d, slip %zu lines\n", most, VIEW_ARENA_BYTES, slip->n_lines);
    CU_ASSERT(most > 18000); /* else nothing was stretched */
    CU_ASSERT_EQUAL(m->n_failures, 0);
    free(slip);
    monkey_free(m);
    kit_big_remove(dir);
}

static CU_TestInfo cases[] = {
    {"nothing breaks it", nothing_breaks_it},
    {"the largest matter fits", the_largest_matter_fits},
    {"every page of the largest matter", every_page_of_the_largest_matter},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_monkey", cases)
