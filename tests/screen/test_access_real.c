/* SPDX-License-Identifier: Apache-2.0 */
/* The access rules on what the real visit machine shows: whole visits of the birth matter, every
 * page, sheet, keyboard and question that a person meets, both text sizes. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "access_player.h"

#define STANDING_27 (&matrix_standing[0])
#define STANDING_21 (&matrix_standing[1])
#define LYING_27    (&matrix_lying[0])
#define LYING_12    (&matrix_lying[2])

/* What the present page asks for and nobody has given yet. */
static void fill_page(struct kit *k)
{
    static const struct {
        const char *id, *text;
        int option;
    } fill[] = {{"question.q_applicant", NULL, 1},
                {"question.q_born_here", NULL, 0},
                {"question.q_married", NULL, 0},
                {"question.q_hukou_local", NULL, 0},
                {"question.q_hukou_with", NULL, 1},
                {"question.q_collective", NULL, 1},
                {"question.q_nation_same", NULL, 0},
                {"question.q_multiple", NULL, 1},
                {"question.q_ins_type", NULL, 1},
                {"question.q_medical_claim", NULL, 0},
                {"question.optional", NULL, 0},
                {"field.baby.name", KIT_BABY, 0},
                {"field.baby.gender", NULL, 0},
                {"field.baby.birth", "2026-11-20", 0},
                {"field.baby.hospital", NULL, 0},
                {"field.mother.name", "陳大文", 0},
                {"field.mother.id_no", "810000199003070023", 0},
                {"field.mother.nation", NULL, 0},
                {"field.mother.mobile", KIT_MOBILE, 0},
                {"field.father.mobile", KIT_MOBILE, 0},
                {"field.hukou.addr", "北京市朝阳区示例路1号", 0},
                {"field.ins.region", NULL, 0},
                {"field.ins.addr", "北京市朝阳区示例路1号", 0},
                {"field.bank.name", NULL, 0},
                {"field.bank.holder", "陳大文", 0},
                {"field.bank.card", "6222020000000000000", 0},
                {"field.deliver.way", NULL, 1}, /* by post: the longest form */
                {"field.post.receiver", "陳大文", 0},
                {"field.post.mobile", KIT_MOBILE, 0},
                {"field.post.addr", "北京市朝阳区示例路1号", 0},
                {"field.notify.way", NULL, 0}};
    for (size_t i = 0; i < YJ_COUNT(fill); i++) {
        int item = kit_item(k, fill[i].id);
        if (item < 0)
            continue;
        bool is_given = k->view->item[item].value.lit != NULL;
        for (size_t o = 0; o < k->view->item[item].n_options; o++)
            is_given = is_given || k->view->item[item].option[o].is_selected;
        if (!is_given && fill[i].text)
            kit_set(k, fill[i].id, fill[i].text);
        else if (!is_given)
            kit_choose(k, fill[i].id, fill[i].option);
    }
}

/* Each page empty, refused, and filled in. */
static void play_pages(struct player *p, const char *state)
{
    for (int page = 0; page < 80 && !strcmp(visit_state_name(p->k->v), state); page++) {
        measure(p, "empty");
        kit_tap(p->k, INTENT_NEXT);
        if (strcmp(visit_state_name(p->k->v), state) != 0)
            return;
        measure(p, "refused");
        fill_page(p->k);
        measure(p, "filled");
        kit_tap(p->k, INTENT_NEXT);
    }
}

/* Questions and form without measuring. */
static void fill_all(struct player *p)
{
    for (int page = 0; page < 80 && strcmp(visit_state_name(p->k->v), "MATERIALS") != 0; page++) {
        fill_page(p->k);
        kit_tap(p->k, INTENT_NEXT);
    }
    CU_ASSERT_FATAL(kit_is(p->k, "MATERIALS"));
}

/* Whatever was not given yet is promised or brought later: the last choice of each. */
static void supply_all(struct player *p)
{
    for (int page = 0; page < 9 && !strcmp(visit_state_name(p->k->v), "MATERIALS"); page++) {
        const struct view *view = kit_view(p->k);
        size_t n = view->n_items;
        for (size_t i = 0; i < n; i++) {
            const struct view_item *v = &kit_view(p->k)->item[i];
            bool is_given = false;
            for (size_t o = 0; o < v->n_options; o++)
                is_given = is_given || v->option[o].is_selected;
            if (v->kind == VIEW_MATERIAL && v->n_options && !is_given)
                kit_intent(p->k, INTENT_CHOOSE, (int)i, (int)v->n_options - 1);
        }
        measure(p, "given");
        kit_tap(p->k, INTENT_NEXT);
    }
    CU_ASSERT_FATAL(kit_is(p->k, "REVIEW"));
}

static void play_materials(struct player *p)
{
    measure(p, "asked");
    kit_tap(p->k, INTENT_NEXT);
    measure(p, "refused");
    kit_choose(p->k, "material.marriage", 0);
    measure(p, "awaiting");
    kit_code(p->k, "MARRIAGE-0001");
    supply_all(p);
}

static void confirm_review(struct player *p)
{
    for (int i = 0; i < 5 && !strcmp(visit_state_name(p->k->v), "REVIEW"); i++)
        kit_tap(p->k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(p->k, "SIGN"));
}

static void play_to_questions(struct player *p)
{
    struct card card = kit_citizen();
    measure(p, "begin");
    kit_open(p->k);
    measure(p, "told once");
    for (int i = 0; i < 9 && strcmp(visit_state_name(p->k->v), "IDENTIFY") != 0; i++) {
        kit_tap(p->k, INTENT_NEXT);
        measure(p, "before the card");
    }
    kit_card(p->k, &card);
}

static void play_end(struct player *p)
{
    kit_sign(p->k, 2, 1);
    measure(p, "too short");
    kit_sign(p->k, 40, 5);
    measure(p, "saving");
    kit_stored(p->k, 7);
    measure(p, "printing");
    kit_print_done(p->k, 7, PRINT_PRINTED);
    measure(p, "printed");
    kit_tap(p->k, INTENT_NEXT);
    measure(p, "rating");
    kit_intent(p->k, INTENT_RATE, 0, 0);
    measure(p, "goodbye");
}

static void play_whole(const struct matrix_panel *panel, bool is_elder)
{
    static const enum view_screen expected[] = {
        SCREEN_HOME,    SCREEN_MATTER,    SCREEN_NOTICE, SCREEN_IDENTIFY, SCREEN_QUESTIONS,
        SCREEN_FORM,    SCREEN_MATERIALS, SCREEN_REVIEW, SCREEN_SIGN,     SCREEN_SUBMITTING,
        SCREEN_RECEIPT, SCREEN_RATING,    SCREEN_GOODBYE};
    struct player p = open_player(panel, is_elder);
    play_to_questions(&p);
    play_pages(&p, "QUESTIONS");
    play_pages(&p, "FORM");
    play_materials(&p);
    CU_ASSERT_FATAL(kit_is(p.k, "REVIEW"));
    measure(&p, "read");
    /* the longest application there is; the usual one takes three pages */
    CU_ASSERT(is_elder || panel != STANDING_27 || p.ui->now.body->n_pages <= 4);
    confirm_review(&p);
    measure(&p, "signing");
    play_end(&p);
    for (size_t i = 0; i < YJ_COUNT(expected); i++)
        CU_ASSERT(p.has_seen[expected[i]]);
    CU_ASSERT(p.n_measured > 60);
    close_player(&p);
}

static void whole_visit(void)
{
    play_whole(STANDING_27, false);
}

static void whole_visit_in_large_text(void)
{
    play_whole(STANDING_27, true);
}

static void whole_visit_on_a_small_panel(void)
{
    play_whole(STANDING_21, false);
}

static void whole_visit_in_large_text_on_a_small_panel(void)
{
    play_whole(STANDING_21, true);
}

static void whole_visit_on_a_lying_panel(void)
{
    play_whole(LYING_27, false);
}

static void whole_visit_on_the_smallest_panel(void)
{
    play_whole(LYING_12, false);
}

/* Nothing works but the terminal itself: banners, notes, the code on the screen. */
static void play_troubles(bool is_elder)
{
    struct player p = open_player(STANDING_27, is_elder);
    kit_link(p.k, false);
    for (int i = 0; i < DEVICE_N_KINDS; i++)
        kit_device(p.k, (enum device_kind)i, DEVICE_NO_DEVICE);
    measure(&p, "nothing works");
    kit_to_identify(p.k);
    measure(&p, "no reader");
    kit_device(p.k, DEVICE_READER, DEVICE_HARDWARE_ERROR);
    measure(&p, "broken reader");
    kit_device(p.k, DEVICE_READER, DEVICE_ONLINE);
    struct card card = kit_citizen();
    kit_card(p.k, &card);
    measure(&p, "offline");
    kit_tap(p.k, INTENT_HOME);
    measure(&p, "leave");
    kit_tap(p.k, INTENT_STAY);
    kit_timer(p.k, VISIT_TIMER_IDLE);
    measure(&p, "idle");
    kit_tap(p.k, INTENT_STAY);
    fill_all(&p);
    measure(&p, "no scanner");
    supply_all(&p);
    measure(&p, "review");
    confirm_review(&p);
    kit_sign(p.k, 40, 5);
    kit_stored(p.k, 7);
    measure(&p, "no printer: code");
    kit_device(p.k, DEVICE_PRINTER, DEVICE_ONLINE);
    measure(&p, "a printer again");
    kit_tap(p.k, INTENT_REPRINT);
    kit_print_done(p.k, 7, PRINT_IN_DOUBT);
    measure(&p, "in doubt");
    close_player(&p);
}

static void troubles(void)
{
    play_troubles(false);
}

static void troubles_in_large_text(void)
{
    play_troubles(true);
}

static void trouble(struct player *p, enum device_kind kind, enum device_state state, int cause)
{
    struct device_event d = {.kind = DEVICE_EVENT_STATUS,
                             .from = kind,
                             .status = {.kind = kind, .state = state, .cause = cause}};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(p->k, &e);
}

/* Every cause that staff or a technician are called for, as the home page says it. */
static void play_causes(bool is_elder)
{
    struct player p = open_player(STANDING_27, is_elder);
    for (size_t i = 0; i < device_cause_count(); i++) {
        const struct device_cause *c = device_cause_at(i);
        if (!c->code || c->actor == ACTOR_VISITOR)
            continue;
        trouble(&p, DEVICE_DOCUMENT_PRINTER, DEVICE_HARDWARE_ERROR, c->code); /* the longest name */
        measure(&p, c->reason);
    }
    for (int i = 0; i < DEVICE_N_KINDS; i++)
        trouble(&p, (enum device_kind)i, DEVICE_HARDWARE_ERROR, ERR_PRINTER_CUTTER);
    kit_tap(p.k, INTENT_CALL_STAFF);
    measure(&p, "staff called, every device broken");
    kit_tap(p.k, INTENT_CALL_STAFF);
    kit_code_event(p.k, VISIT_EVENT_STORE_STATE, ERR_STORE_FULL);
    measure(&p, "out of service, every device broken");
    kit_code_event(p.k, VISIT_EVENT_STORE_STATE, 0);
    p.k->v->cfg.accepts_social_security_card = true;
    kit_device(p.k, DEVICE_CARD_SLOT, DEVICE_ONLINE);
    kit_to_identify(p.k);
    kit_tap(p.k, INTENT_CALL_STAFF);
    measure(&p, "broken reader, staff called, slot open");
    close_player(&p);
}

static void causes(void)
{
    play_causes(false);
}

static void causes_in_large_text(void)
{
    play_causes(true);
}

/* A4 pages, one more receipt, and what a visitor leaves behind. */
static void play_extras(bool is_elder)
{
    struct player p = open_player(STANDING_27, is_elder);
    kit_open(p.k);
    measure(&p, "list on A4");
    kit_tap(p.k, INTENT_PRINT_LIST);
    measure(&p, "list being printed");
    kit_document_done(p.k, 1, PRINT_NOT_STARTED, ERR_DOCUMENT_STOPPED);
    measure(&p, "list failed");
    kit_tap(p.k, INTENT_HOME);
    play_to_questions(&p);
    fill_all(&p);
    supply_all(&p);
    confirm_review(&p);
    kit_sign(p.k, 40, 5);
    kit_stored(p.k, 7);
    kit_print_done(p.k, 7, PRINT_PRINTED);
    measure(&p, "offers");
    kit_choose(p.k, "receipt.more", 0);
    kit_print_done(p.k, 7, PRINT_NOT_STARTED);
    measure(&p, "copy failed");
    kit_status(p.k, DEVICE_READER, DEVICE_ONLINE, MEDIA_PRESENT, PAPER_UNKNOWN);
    kit_status(p.k, DEVICE_PRINTER, DEVICE_ONLINE, MEDIA_PRESENT, PAPER_FULL);
    kit_tap(p.k, INTENT_NEXT);
    kit_tap(p.k, INTENT_SKIP);
    kit_tap(p.k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(p.k, "LEFT_BEHIND"));
    measure(&p, "card and receipt left behind");
    kit_timer(p.k, VISIT_TIMER_PAGE);
    measure(&p, "staff called for them");
    close_player(&p);
}

static void extras(void)
{
    play_extras(false);
}

static void extras_in_large_text(void)
{
    play_extras(true);
}

static void play_stops(bool is_elder)
{
    struct player p = open_player(STANDING_27, is_elder);
    struct card card = kit_citizen();
    kit_to_identify(p.k);
    kit_card(p.k, &card);
    for (int page = 0; page < 40 && !strcmp(visit_state_name(p.k->v), "QUESTIONS"); page++) {
        if (kit_item(p.k, "question.q_born_here") >= 0)
            kit_choose(p.k, "question.q_born_here", 1);
        fill_page(p.k);
        kit_tap(p.k, INTENT_NEXT);
    }
    CU_ASSERT_FATAL(kit_is(p.k, "STOPPED"));
    measure(&p, "gate");
    kit_code_event(p.k, VISIT_EVENT_STORE_STATE, ERR_STORE_FULL);
    measure(&p, "gate, store broken");
    close_player(&p);
    p = open_player(STANDING_27, is_elder);
    kit_code_event(p.k, VISIT_EVENT_STORE_STATE, ERR_STORE_FULL);
    CU_ASSERT_FATAL(kit_is(p.k, "OUT_OF_SERVICE"));
    measure(&p, "out of service");
    close_player(&p);
    p = open_player(STANDING_27, is_elder);
    kit_unfinished(p.k, 7, 0);
    CU_ASSERT_FATAL(kit_is(p.k, "RECOVER"));
    measure(&p, "recovered");
    close_player(&p);
}

static void stops(void)
{
    play_stops(false);
}

static void stops_in_large_text(void)
{
    play_stops(true);
}

static CU_TestInfo cases[] = {
    {"whole visit", whole_visit},
    {"whole visit in large text", whole_visit_in_large_text},
    {"whole visit on a small panel", whole_visit_on_a_small_panel},
    {"whole visit in large text on a small panel", whole_visit_in_large_text_on_a_small_panel},
    {"whole visit on a lying panel", whole_visit_on_a_lying_panel},
    {"whole visit on the smallest panel", whole_visit_on_the_smallest_panel},
    {"troubles", troubles},
    {"troubles in large text", troubles_in_large_text},
    {"causes", causes},
    {"causes in large text", causes_in_large_text},
    {"extras", extras},
    {"extras in large text", extras_in_large_text},
    {"stops", stops},
    {"stops in large text", stops_in_large_text},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("screen.access_real", cases)
