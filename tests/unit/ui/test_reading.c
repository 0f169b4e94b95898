/* SPDX-License-Identifier: Apache-2.0 */
/* Long lists: nobody skips a page unseen, and a tap leads to what it was about. */
#include <stdio.h>
#include <string.h>

#include "cunit_main.h"
#include "find_widget.h"
#include "open_ui.h"
#include "ui/ui_priv.h"

enum { N_ITEMS = 56 };

static struct view view;
static char ids[N_ITEMS][32];

/* A list of lines or questions that takes several pages. */
static void list_make(enum view_screen screen, const char *prefix)
{
    uint32_t revision = view.revision + 1;
    memset(&view, 0, sizeof view);
    view.revision = revision;
    view.ask_countdown_s = -1;
    view.screen = screen;
    view.title.lit = "一页一页看";
    view.next = (struct view_action){
        .label = {.lit = "下一步"}, .intent = INTENT_NEXT, .is_enabled = true, .is_main = true};
    view.n_items = N_ITEMS;
    view.n_options = 2;
    view.option[0].label.lit = "是";
    view.option[1].label.lit = "不是";
    for (int i = 0; i < N_ITEMS; i++) {
        snprintf(ids[i], sizeof ids[i], "%sa.b%d", prefix, i);
        view.item[i] = (struct view_item){.kind = VIEW_PAIR,
                                          .id = ids[i],
                                          .label = {.lit = "问题"},
                                          .value = {.lit = "是"},
                                          .is_enabled = true,
                                          .is_required = true};
        if (screen == SCREEN_REVIEW)
            continue;
        view.item[i].kind = VIEW_CHOICE;
        view.item[i].option = view.option;
        view.item[i].n_options = 2;
    }
}

static void show(struct ui *ui)
{
    ui_show(ui, &view);
    (void)ui_draw(ui);
}

static void tap(struct ui *ui, const char *id, int64_t now_ms)
{
    struct widget *w = find_widget(ui, id, FIND_ANY);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    struct display_event e = {
        .kind = DISPLAY_DOWN, .x = w->rect.x + w->rect.w / 2, .y = w->rect.y + w->rect.h / 2};
    ui_handle(ui, &e, now_ms);
    e.kind = DISPLAY_UP;
    ui_handle(ui, &e, now_ms);
    (void)ui_draw(ui);
}

static enum intent_kind next(struct ui *ui)
{
    struct intent i = {0};
    while (ui_next_intent(ui, &i))
        if (i.kind != INTENT_ACTIVITY)
            return i.kind;
    return INTENT_NONE;
}

static void main_button_reads_every_page_first(void)
{
    struct ui *ui = open_ui();
    list_make(SCREEN_REVIEW, "review.");
    show(ui);
    int n = ui->now.body->n_pages;
    CU_ASSERT_FATAL(n >= 3);
    for (int page = 1; page < n; page++) {
        tap(ui, "next", page * 1000);
        CU_ASSERT_EQUAL(next(ui), INTENT_NONE);
        CU_ASSERT_EQUAL(ui->state.page, page);
    }
    tap(ui, "page.up", 50000); /* seen is seen */
    tap(ui, "next", 60000);
    CU_ASSERT_EQUAL(next(ui), INTENT_NEXT);
    ui_free(ui);
}

static void list_read_before_is_not_forced_again(void)
{
    struct ui *ui = open_ui();
    list_make(SCREEN_REVIEW, "review.");
    show(ui);
    ui->state.page = ui->state.seen_page = ui->now.body->n_pages - 1;
    ui->must_build = true;
    (void)ui_draw(ui);
    tap(ui, "next", 1000);
    CU_ASSERT_EQUAL(next(ui), INTENT_NEXT);
    list_make(SCREEN_FORM, "");
    view.n_items = 2;
    show(ui);
    list_make(SCREEN_REVIEW, "review.");
    show(ui);
    tap(ui, "next", 3000);
    CU_ASSERT_EQUAL(next(ui), INTENT_NEXT);
    ui_wipe(ui); /* the next person has not read it */
    view.revision++;
    show(ui);
    tap(ui, "next", 5000);
    CU_ASSERT_EQUAL(next(ui), INTENT_NONE);
    ui_free(ui);
}

static void material_list_may_be_left_at_once(void)
{
    struct ui *ui = open_ui();
    list_make(SCREEN_MATERIALS, "");
    show(ui);
    CU_ASSERT(ui->now.body->n_pages > 1);
    tap(ui, "next", 1000);
    CU_ASSERT_EQUAL(next(ui), INTENT_NEXT);
    ui_free(ui);
}

static void refusal_turns_to_the_first_error(void)
{
    struct ui *ui = open_ui();
    list_make(SCREEN_QUESTIONS, "question.");
    show(ui);
    int last = ui->now.body->n_pages - 1;
    for (int i = 0; i <= last; i++)
        tap(ui, "next", 1000 + i * 1000);
    CU_ASSERT_EQUAL(next(ui), INTENT_NEXT);
    CU_ASSERT_EQUAL(ui->state.page, last);
    list_make(SCREEN_QUESTIONS, "question.");
    view.alert.lit = "还有一处";
    view.item[9].has_error = view.item[30].has_error = true;
    show(ui);
    CU_ASSERT(ui->state.page > 0 && ui->state.page < last);
    CU_ASSERT_PTR_NOT_NULL(find_widget(ui, ids[9], FIND_ANY));
    /* an answer elsewhere, with the error still there, leaves the page alone */
    tap(ui, "page.down", 90000);
    int page = ui->state.page;
    view.revision++;
    show(ui);
    CU_ASSERT_EQUAL(ui->state.page, page);
    ui_free(ui);
}

static void change_leads_to_the_answer_and_back(void)
{
    struct ui *ui = open_ui();
    list_make(SCREEN_REVIEW, "review.");
    show(ui);
    tap(ui, "next", 1000);
    char id[48];
    int at = 0;
    for (; at < N_ITEMS; at++) {
        snprintf(id, sizeof id, "%s.edit", ids[at]);
        if (find_widget(ui, id, FIND_ANY))
            break;
    }
    CU_ASSERT_FATAL(at > 5 && at < N_ITEMS);
    tap(ui, id, 2000);
    CU_ASSERT_EQUAL(next(ui), INTENT_EDIT);
    list_make(SCREEN_QUESTIONS, "");
    show(ui);
    CU_ASSERT(ui->state.page > 0);
    CU_ASSERT_PTR_NOT_NULL(find_widget(ui, ids[at], FIND_ANY));
    tap(ui, "next", 4000); /* changed: no need to read the others */
    CU_ASSERT_EQUAL(next(ui), INTENT_NEXT);
    list_make(SCREEN_REVIEW, "review.");
    show(ui);
    CU_ASSERT_EQUAL(ui->state.page, 1);
    CU_ASSERT_PTR_NOT_NULL(find_widget(ui, id, FIND_ANY));
    ui_free(ui);
}

static void picture_gives_way_to_words(void)
{
    struct ui *ui = open_ui();
    list_make(SCREEN_FORM, "");
    view.n_items = 1;
    show(ui);
    CU_ASSERT_STRING_EQUAL(ui->now.body->w.first->cls->name, "picture");
    list_make(SCREEN_NOTICE, "");
    show(ui);
    CU_ASSERT_STRING_NOT_EQUAL(ui->now.body->w.first->cls->name, "picture");
    ui_free(ui);
}

/* The safe answer is always the right one of two, whichever it is. */
static void safe_answer_stands_at_the_right(void)
{
    struct ui *ui = open_ui();
    for (int i = 0; i < 2; i++) {
        list_make(SCREEN_FORM, "");
        view.ask.lit = "要离开吗？";
        view.ask_yes = (struct view_action){
            .label = {.lit = "离开"}, .intent = INTENT_HOME, .is_enabled = true, .is_main = i == 0};
        view.ask_no = (struct view_action){
            .label = {.lit = "接着办"}, .intent = INTENT_STAY, .is_enabled = true, .is_main = i};
        show(ui);
        const struct widget *yes = find_widget(ui, "ask.yes", FIND_ANY),
                            *no = find_widget(ui, "ask.no", FIND_ANY);
        CU_ASSERT_FATAL(yes && no);
        CU_ASSERT_EQUAL(yes->rect.x > no->rect.x, i == 0);
        CU_ASSERT_EQUAL(yes->rect.w > no->rect.w, i == 0);
    }
    ui_free(ui);
}

static CU_TestInfo cases[] = {
    {"the main button reads every page first", main_button_reads_every_page_first},
    {"a list read before is not forced again", list_read_before_is_not_forced_again},
    {"a material list may be left at once", material_list_may_be_left_at_once},
    {"a refusal turns to the first error", refusal_turns_to_the_first_error},
    {"a change leads to the answer and back", change_leads_to_the_answer_and_back},
    {"a picture gives way to words", picture_gives_way_to_words},
    {"the safe answer stands at the right", safe_answer_stands_at_the_right},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.reading", cases)
