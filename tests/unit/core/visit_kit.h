/* SPDX-License-Identifier: Apache-2.0 */
/* Plays visits from tests: events in, states and effects out. Needs _DEFAULT_SOURCE (mkdtemp). Test
 * persons are the printed examples of the standards; nobody's data is here. */
#ifndef YJ_TESTS_VISIT_KIT_H
#define YJ_TESTS_VISIT_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "core/catalogue.h"
#include "core/visit.h"
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

/* 2026-11-23 01:40:00 UTC */
#define KIT_WALL_MS INT64_C(1795398000000)
#define KIT_NAME    "张三"
#define KIT_NUMBER  "11010519491231002X"
#define KIT_BABY    "张小宝"
#define KIT_MOBILE  "13800000000"

struct kit {
    struct catalogue *loaded; /* owned, with the set; NULL: the set is the kit's own */
    struct code_tables *codes;
    struct matter_set *set;
    struct catalogue catalogue; /* a copy of loaded */
    struct visit_cfg cfg;
    struct visit *v;
    int64_t now_ms;
    struct visit_effects fx; /* of the last event */
    unsigned n_effects[16];  /* of every event since kit_new, by kind */
    struct visit_effect last[16];
    struct view *view;
    unsigned n_visits; /* that came as far as the review */
};

static inline void kit_take(struct kit *k)
{
    for (int i = 0; i < k->fx.n; i++) {
        k->n_effects[k->fx.at[i].kind]++;
        k->last[k->fx.at[i].kind] = k->fx.at[i];
    }
}

static inline void kit_event(struct kit *k, const struct visit_event *e)
{
    k->now_ms += 400;
    visit_step(k->v, e, k->now_ms, &k->fx);
    kit_take(k);
}

static inline int kit_count(const struct kit *k, enum visit_effect_kind kind)
{
    int n = 0;
    for (int i = 0; i < k->fx.n; i++)
        n += k->fx.at[i].kind == kind;
    return n;
}

static inline const struct visit_effect *kit_effect(const struct kit *k,
                                                    enum visit_effect_kind kind)
{
    for (int i = 0; i < k->fx.n; i++)
        if (k->fx.at[i].kind == kind)
            return &k->fx.at[i];
    return NULL;
}

static inline const struct view *kit_view(struct kit *k)
{
    visit_view(k->v, k->view);
    return k->view;
}

static inline void kit_intent(struct kit *k, enum intent_kind kind, int item, int option)
{
    struct visit_event e = {.kind = VISIT_EVENT_INTENT,
                            .intent = {.kind = kind, .item = item, .option = option}};
    kit_event(k, &e);
}

static inline void kit_tap(struct kit *k, enum intent_kind kind)
{
    kit_intent(k, kind, -1, -1);
}

static inline void kit_status(struct kit *k, enum device_kind kind, enum device_state state,
                              enum device_media media, enum device_paper paper)
{
    struct device_event d = {
        .kind = DEVICE_EVENT_STATUS,
        .from = kind,
        .status = {.kind = kind, .state = state, .media = media, .paper = paper}};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
}

static inline void kit_device(struct kit *k, enum device_kind kind, enum device_state state)
{
    kit_status(k, kind, state, MEDIA_UNKNOWN, PAPER_UNKNOWN);
}

static inline void kit_link(struct kit *k, bool is_online)
{
    struct visit_event e = {.kind = VISIT_EVENT_LINK, .link = {.is_online = is_online}};
    kit_event(k, &e);
}

static inline struct card kit_citizen(void)
{
    struct card c = {.kind = CARD_CITIZEN,
                     .name = KIT_NAME,
                     .sex = "2",
                     .nation = "01",
                     .birth = "19491231",
                     .address = "北京市朝阳区示例路1号",
                     .number = KIT_NUMBER,
                     .authority = "示例公安局",
                     .valid_from = "20200101",
                     .valid_to = "20400101"};
    return c;
}

static inline void kit_card_from(struct kit *k, enum device_kind from, const struct card *card)
{
    struct card copy = *card;
    struct device_event d = {.kind = DEVICE_EVENT_CARD, .from = from, .card = &copy};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
}

static inline void kit_card(struct kit *k, const struct card *card)
{
    kit_card_from(k, DEVICE_READER, card);
}

static inline void kit_device_event(struct kit *k, enum device_event_kind kind, int code)
{
    struct device_event d = {.kind = kind, .from = DEVICE_READER, .code = code};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
}

/* The card is taken away again, as the screen asks. */
static inline void kit_lift(struct kit *k)
{
    kit_device_event(k, DEVICE_EVENT_CARD_REMOVED, 0);
}

static inline void kit_code(struct kit *k, const char *text)
{
    char copy[1100];
    snprintf(copy, sizeof copy, "%s", text);
    struct device_event d = {.kind = DEVICE_EVENT_CODE, .from = DEVICE_SCANNER, .code_text = copy};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
}

static inline void kit_print_done(struct kit *k, int64_t job, enum print_result result)
{
    struct device_event d = {.kind = DEVICE_EVENT_PRINT_DONE,
                             .from = DEVICE_PRINTER,
                             .print = {.job = job, .result = result}};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
}

static inline void kit_timer(struct kit *k, enum visit_timer timer)
{
    struct visit_event e = {.kind = VISIT_EVENT_TIMER, .timer = timer};
    kit_event(k, &e);
}

static inline void kit_code_event(struct kit *k, enum visit_event_kind kind, int code)
{
    struct visit_event e = {.kind = kind, .code = code};
    kit_event(k, &e);
}

static inline struct record_ref kit_record(int64_t sequence)
{
    struct record_ref r = {.kind = RECORD_APPLICATION,
                           .sequence = sequence,
                           .uuid = "6f1c1f0e-7d0e-4b7c-9d57-4f3d8c2f0a11",
                           .number = "430102000120261123000019",
                           .sealed_wall_ms = KIT_WALL_MS,
                           .token = "YJ1.QUJDREVGR0g.c2lnbmF0dXJl"};
    return r;
}

static inline void kit_stored(struct kit *k, int64_t sequence)
{
    struct visit_event e = {.kind = VISIT_EVENT_STORED, .record = kit_record(sequence)};
    kit_event(k, &e);
}

static inline void kit_unfinished(struct kit *k, int64_t sequence, int copies)
{
    struct visit_event e = {.kind = VISIT_EVENT_UNFINISHED};
    e.journal.ref = kit_record(sequence);
    e.journal.state = JOURNAL_SENDING;
    e.journal.copies = copies;
    snprintf(e.journal.matter_name, sizeof e.journal.matter_name, "新生儿出生");
    kit_event(k, &e);
}

static inline struct strokes *kit_strokes(size_t n, int step)
{
    struct strokes *s = calloc(1, sizeof *s);
    s->width = 1200;
    s->height = 500;
    s->n_points = n;
    for (size_t i = 0; i < n && i < STROKES_MAX_POINTS; i++)
        s->point[i] = (struct stroke_point){.x = (int16_t)((int)i * step), .t_ms = (uint16_t)i};
    return s;
}

static inline void kit_sign(struct kit *k, size_t n, int step)
{
    struct strokes *s = kit_strokes(n, step);
    struct visit_event e = {.kind = VISIT_EVENT_INTENT,
                            .intent = {.kind = INTENT_SIGN, .strokes = s}};
    kit_event(k, &e);
    free(s);
}

static inline void kit_document_done(struct kit *k, int64_t job, enum print_result result, int code)
{
    struct device_event d = {.kind = DEVICE_EVENT_PRINT_DONE,
                             .from = DEVICE_DOCUMENT_PRINTER,
                             .code = code,
                             .print = {.job = job, .result = result}};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
}

/* @return index of an item of the present page, -1 when it is not there */
static inline int kit_item(struct kit *k, const char *id)
{
    const struct view *view = kit_view(k);
    for (size_t i = 0; i < view->n_items; i++)
        if (view->item[i].id && !strcmp(view->item[i].id, id))
            return (int)i;
    return -1;
}

static inline void kit_set(struct kit *k, const char *id, const char *text)
{
    struct visit_event e = {.kind = VISIT_EVENT_INTENT,
                            .intent = {.kind = INTENT_SET_TEXT, .item = kit_item(k, id)}};
    snprintf(e.intent.text, sizeof e.intent.text, "%s", text);
    kit_event(k, &e);
}

static inline void kit_choose(struct kit *k, const char *id, int option)
{
    kit_intent(k, INTENT_CHOOSE, kit_item(k, id), option);
}

static inline bool kit_is(const struct kit *k, const char *state)
{
    bool is_there = !strcmp(visit_state_name(k->v), state);
    if (!is_there)
        printf("    in %s, not %s; alert %s\n", visit_state_name(k->v), state,
               k->v->s.alert.id ? k->v->s.alert.id : "-");
    for (size_t i = 0; !is_there && k->v->s.matter && i < k->v->s.matter->n_vars; i++)
        if (k->v->s.error_id[i] || k->v->s.error_text[i])
            printf("    %s: %s\n", k->v->s.matter->var[i].id,
                   k->v->s.error_id[i] ? k->v->s.error_id[i] : k->v->s.error_text[i]);
    return is_there;
}

static inline bool kit_alert_is(struct kit *k, const char *id)
{
    const struct view *view = kit_view(k);
    return view->alert.id && !strcmp(view->alert.id, id);
}

/* @return true when the bytes of text stand anywhere in the machine */
static inline bool kit_holds(const struct kit *k, const char *text)
{
    const char *at = (const char *)k->v, *end = at + sizeof *k->v;
    size_t n = strlen(text);
    while ((at = memchr(at, text[0], (size_t)(end - at)))) {
        if ((size_t)(end - at) < n)
            break;
        if (!memcmp(at, text, n))
            return true;
        at++;
    }
    return false;
}

/* @return the matter of this code; the test ends when there is none */
static inline const struct matter *kit_matter(const struct kit *k, const char *code)
{
    for (size_t i = 0; i < matter_set_count(k->set); i++)
        if (!strcmp(matter_set_at(k->set, i)->code, code))
            return matter_set_at(k->set, i);
    fprintf(stderr, "no matter %s\n", code);
    exit(2);
}

/* Touch the button of the birth matter on the home page. */
static inline void kit_open(struct kit *k)
{
    kit_intent(k, INTENT_OPEN, kit_item(k, "matter.NB.BIRTH"), 0);
}

/* What test_catalogue.c says about the files is its affair: here the set must hold something. */
static inline struct kit *kit_new_with(const char *matters_dir)
{
    struct kit *k = calloc(1, sizeof *k);
    struct matter_complaint complaint[4];
    size_t n = 0;
    struct err err = {0};
    k->view = calloc(1, sizeof *k->view);
    if (code_tables_load(YJ_SOURCE_DIR "/assets/codes", &k->codes, &err) < 0) {
        fprintf(stderr, "codes: %s\n", err.msg);
        exit(2);
    }
    struct catalogue_cfg cfg = {.dir = matters_dir, .region = "430102", .codes = k->codes};
    if (catalogue_load(&cfg, complaint, 4, &n, &k->loaded, &err) < 0 ||
        !matter_set_count(k->loaded->matters)) {
        fprintf(stderr, "matters: %s %s\n", err.msg, n ? complaint[0].reason : "");
        exit(2);
    }
    k->set = k->loaded->matters;
    k->catalogue = *k->loaded;
    k->cfg = (struct visit_cfg){.catalogue = &k->catalogue,
                                .prefs = PREFS_DEFAULT,
                                .terminal_name = "示例市政务服务中心 01 号机",
                                .terminal_id = "4301020001",
                                .hall_phone = "12345"};
    k->v = visit_new(&k->cfg);
    k->now_ms = 1000;
    visit_start(k->v, k->now_ms, &k->fx);
    kit_take(k);
    return k;
}

static inline struct kit *kit_new_healthy(const char *matters_dir)
{
    struct kit *k = kit_new_with(matters_dir);
    struct visit_event date = {.kind = VISIT_EVENT_DATE, .wall_ms = KIT_WALL_MS};
    kit_event(k, &date);
    for (int i = 0; i < DEVICE_N_KINDS; i++)
        kit_device(k, (enum device_kind)i, DEVICE_ONLINE);
    kit_link(k, true);
    return k;
}

/* A terminal in good health at home. */
static inline struct kit *kit_new(void)
{
    return kit_new_healthy(YJ_SOURCE_DIR "/assets/matters");
}

static inline void kit_free(struct kit *k)
{
    visit_free(k->v);
    if (k->loaded)
        catalogue_free(k->loaded);
    else
        matter_set_free(k->set);
    code_tables_free(k->codes);
    free(k->view);
    free(k);
}

enum { KIT_BIG_GROUPS = 14 }; /* of ten fields; five members of ten more: 192 with the questions */

/* A folder with one matter as large as the format allows, every text as long as it may be.
 * @param dir  template for mkdtemp; removed again with kit_big_remove */
static inline void kit_big_make(char *dir)
{
    char path[128];
    if (!mkdtemp(dir))
        exit(2);
    snprintf(path, sizeof path, "%s/big.json", dir);
    FILE *f = fopen(path, "w");
    fprintf(f, "{\"schema\":\"matter/"
               "1\",\"code\":\"BIG\",\"name\":\"最大的一件事\",\"summary\":\"样样到顶\","
               "\"icon\":\"newborn\",\"version\":\"1\",\"stage\":\"person.birth\",\"lead_dept\":"
               "\"示例部门\","
               "\"co_depts\":[\"示例\"],\"basis\":\"示例\",\"fee\":\"不收费\",\"promise_days\":5,"
               "\"metrics\":[],\"gates\":[],\"questions\":[");
    for (int q = 0; q < 2; q++) {
        fprintf(f,
                "%s{\"id\":\"q_%d\",\"label\":\"问题\",\"type\":\"enum\",\"required\":false,"
                "\"options\":[",
                q ? "," : "", q);
        for (int o = 0; o < MATTER_MAX_OPTIONS; o++)
            fprintf(f, "%s{\"value\":\"%d\",\"label\":\"第%d个\"}", o ? "," : "", o, o);
        fprintf(f, "]}");
    }
    fprintf(f, "],\"groups\":[");
    for (int g = 0; g < KIT_BIG_GROUPS; g++)
        fprintf(f, "%s{\"id\":\"g%d\",\"title\":\"一组\"}", g ? "," : "", g);
    fprintf(f, ",{\"id\":\"r\",\"title\":\"多人\",\"repeat\":{\"min\":1,\"max\":5,"
               "\"item\":\"第{n}位\",\"add\":\"再加一位\"}}");
    fprintf(f, "],\"fields\":[");
    for (int i = 0; i < KIT_BIG_GROUPS * 10 + 10; i++) {
        bool is_repeat = i >= KIT_BIG_GROUPS * 10;
        fprintf(f, "%s{\"id\":\"%s_very_long_name_of_a_field_that_fills_it.x%03d\",", i ? "," : "",
                is_repeat ? "r.a" : "a", i);
        if (is_repeat)
            fprintf(f, "\"group\":\"r\",");
        else
            fprintf(f, "\"group\":\"g%d\",", i / 10);
        fprintf(f,
                "\"label\":\"一栏\",\"type\":\"text\",\"max_chars\":100,\"required\":false,"
                "\"sensitivity\":%d}",
                i % 10 ? 1 : 2);
    }
    fprintf(f, "],\"tasks\":[");
    for (int i = 0; i < MATTER_MAX_TASKS; i++)
        fprintf(f,
                "%s{\"id\":\"t_%d\",\"name\":\"一项\",\"dept\":\"示例部门\",\"days\":5,\"need\":\"%"
                "s\"}",
                i ? "," : "", i, i % 2 ? "optional" : "base");
    fprintf(f, "],\"materials\":[");
    for (int i = 0; i < MATTER_MAX_MATERIALS; i++)
        fprintf(f,
                "%s{\"id\":\"m_%d\",\"name\":\"一份材料\",\"mode\":\"E6\",\"actions\":[\"scan\","
                "\"later\",\"promise\"],"
                "\"later_days\":5,\"hint\":\"示例\"}",
                i ? "," : "", i);
    fprintf(f, "]}\n");
    fclose(f);
}

static inline void kit_big_remove(const char *dir)
{
    char path[128];
    snprintf(path, sizeof path, "%s/big.json", dir);
    (void)remove(path);
    (void)remove(dir);
}

/* ---- the birth matter, page by page ---- */

static inline void kit_to_identify(struct kit *k)
{
    kit_open(k);
    kit_tap(k, INTENT_NEXT);
    kit_tap(k, INTENT_NEXT);
}

static inline void kit_to_questions(struct kit *k)
{
    struct card card = kit_citizen();
    kit_to_identify(k);
    kit_card(k, &card);
    kit_lift(k);
}

static inline void kit_answer_questions(struct kit *k)
{
    kit_choose(k, "question.q_applicant", 0);
    kit_choose(k, "question.q_born_here", 0);
    kit_choose(k, "question.q_married", 0);
    kit_choose(k, "question.q_hukou_local", 0);
    kit_choose(k, "question.q_hukou_with", 0);
    kit_choose(k, "question.q_collective", 1);
    kit_choose(k, "question.q_nation_same", 0);
    kit_choose(k, "question.q_multiple", 1);
    kit_choose(k, "question.q_ins_type", 0);
    kit_choose(k, "question.q_medical_claim", 1);
}

static inline void kit_to_form(struct kit *k)
{
    kit_to_questions(k);
    kit_answer_questions(k);
    kit_tap(k, INTENT_NEXT);
}

/* Fill whatever the page asks, page after page, until the form is over. */
static inline void kit_fill_form(struct kit *k)
{
    static const struct {
        const char *id, *text;
        int option;
    } fill[] = {
        {"field.baby.name", KIT_BABY, 0},       {"field.baby.gender", NULL, 0},
        {"field.baby.birth", "2026-11-01", 0},  {"field.baby.hospital", NULL, 0},
        {"field.mother.mobile", KIT_MOBILE, 0}, {"field.mother.nation", NULL, 0},
        {"field.father.nation", NULL, 0},       {"field.hukou.addr", "北京市朝阳区示例路1号", 0},
        {"field.father.name", "陳大文", 0},     {"field.father.id_no", "810000199003070023", 0},
        {"field.ins.region", NULL, 0},          {"field.deliver.way", NULL, 0},
        {"field.notify.way", NULL, 0}};
    for (int pages = 0; pages < 60 && !strcmp(visit_state_name(k->v), "FORM"); pages++) {
        for (size_t i = 0; i < YJ_COUNT(fill); i++) {
            int var = matter_var_find(k->v->s.matter, fill[i].id + strlen("field."));
            if (kit_item(k, fill[i].id) < 0 || k->v->s.value[var][0])
                continue; /* not here, or the card knew it */
            if (fill[i].text)
                kit_set(k, fill[i].id, fill[i].text);
            else
                kit_choose(k, fill[i].id, fill[i].option);
        }
        kit_tap(k, INTENT_NEXT);
    }
}

static inline void kit_to_materials(struct kit *k)
{
    kit_to_form(k);
    kit_fill_form(k);
}

static inline void kit_to_review(struct kit *k)
{
    kit_to_materials(k);
    char code[32];
    /* a code serves one application: every visit brings its own */
    snprintf(code, sizeof code, "MARRIAGE-%04u", ++k->n_visits);
    kit_choose(k, "material.marriage", 0);
    kit_code(k, code);
    kit_choose(k, "material.birth_record", 1);
    kit_tap(k, INTENT_NEXT);
}

static inline void kit_to_sign(struct kit *k)
{
    kit_to_review(k);
    for (int i = 0; i < 5 && !strcmp(visit_state_name(k->v), "REVIEW"); i++)
        kit_tap(k, INTENT_NEXT);
}

static inline void kit_to_submitting(struct kit *k)
{
    kit_to_sign(k);
    kit_sign(k, 40, 5);
}

static inline void kit_to_receipt(struct kit *k)
{
    kit_to_submitting(k);
    kit_stored(k, 7);
}

#endif
