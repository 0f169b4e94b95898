/* SPDX-License-Identifier: Apache-2.0 */
/* Searching while one types, and sheets that stay open: touches in, intents and views out. */
#include <stdio.h>
#include <string.h>

#include "cunit_main.h"
#include "find_widget.h"
#include "open_ui.h"
#include "ui/ui_priv.h"
#include "views.h"

static struct view view;

static void make(const char *name)
{
    const struct sample *s = sample_of(name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    sample_make(s, false, &view);
}

static void show_view(struct ui *ui)
{
    view.revision += 1000; /* newer than whatever is shown */
    ui_show(ui, &view);
    (void)ui_draw(ui);
}

static void show(struct ui *ui, const char *name)
{
    uint32_t before = view.revision;
    make(name);
    view.revision += before;
    show_view(ui);
}

static void touch(struct ui *ui, struct rect r, int64_t now_ms)
{
    struct display_event e = {.kind = DISPLAY_DOWN, .x = r.x + r.w / 2, .y = r.y + r.h / 2};
    ui_handle(ui, &e, now_ms);
    e.kind = DISPLAY_UP;
    ui_handle(ui, &e, now_ms);
    (void)ui_draw(ui);
}

static void tap(struct ui *ui, const char *id, int index, int64_t now_ms)
{
    struct widget *w = find_widget(ui, id, index);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    touch(ui, w->rect, now_ms);
}

struct key_seek {
    const char *id;
    struct rect rect;
    bool is_enabled;
    char text[64];
};

static void key_seek(void *arg, const struct keyboard_item *item)
{
    struct key_seek *k = arg;
    if (strcmp(item->id, k->id) != 0)
        return;
    k->rect = item->rect;
    k->is_enabled = item->is_enabled;
    snprintf(k->text, sizeof k->text, "%s", item->text);
}

static struct key_seek look_key(struct ui *ui, const char *id)
{
    struct key_seek k = {.id = id};
    keyboard_each_item(ui->keyboard, key_seek, &k);
    return k;
}

static void tap_key(struct ui *ui, const char *id)
{
    struct key_seek k = look_key(ui, id);
    CU_ASSERT_FATAL(k.rect.w > 0);
    touch(ui, k.rect, 50000);
}

static void type(struct ui *ui, const char *letters)
{
    for (; *letters; letters++) {
        char id[] = {'k', 'e', 'y', '.', *letters, '\0'};
        tap_key(ui, id);
    }
}

static struct intent next(struct ui *ui)
{
    struct intent i = {0};
    while (ui_next_intent(ui, &i))
        if (i.kind != INTENT_ACTIVITY)
            return i;
    return (struct intent){.kind = INTENT_NONE};
}

static void expect_words(struct ui *ui, const char *words)
{
    struct intent i = next(ui);
    CU_ASSERT_EQUAL(i.kind, INTENT_SET_TEXT);
    CU_ASSERT_EQUAL(i.item, 0);
    CU_ASSERT_STRING_EQUAL(i.text, words);
}

/* ---- search ---- */

static void home_opens_the_search(void)
{
    struct ui *ui = open_ui();
    show(ui, "home-tree");
    CU_ASSERT(!ui_keyboard_shown(ui));
    tap(ui, "home.search", -1, 1000);
    struct intent i = next(ui);
    CU_ASSERT_EQUAL(i.kind, INTENT_OPEN);
    CU_ASSERT_EQUAL(view.item[i.item].kind, VIEW_SEARCH);
    tap(ui, "home.audience", 1, 2000);
    i = next(ui);
    CU_ASSERT_EQUAL(i.kind, INTENT_CHOOSE);
    CU_ASSERT_EQUAL(i.option, 1);
    tap(ui, "stage.death", -1, 3000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_OPEN);
    show(ui, "find-begin");
    CU_ASSERT(ui_search_shown(ui));
    ui_free(ui);
}

static void every_letter_is_told(void)
{
    struct ui *ui = open_ui();
    show(ui, "find-begin");
    type(ui, "t");
    expect_words(ui, "t");
    type(ui, "x");
    expect_words(ui, "tx");
    type(ui, "x"); /* nobody asks in between: only the newest words wait */
    type(ui, "x");
    expect_words(ui, "txxx");
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    tap_key(ui, "key.delete");
    expect_words(ui, "txx");
    tap_key(ui, "key.delete");
    tap_key(ui, "key.split"); /* a syllable's end is no word */
    expect_words(ui, "tx");
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    tap_key(ui, "key.clear");
    expect_words(ui, "");
    type(ui, "beijing");
    tap_key(ui, "key.space");
    expect_words(ui, "北京");
    type(ui, "s");
    expect_words(ui, "北京s");
    CU_ASSERT_STRING_EQUAL(look_key(ui, "keyboard.text").text, "北京s");
    ui_free(ui);
}

static void keys_stay_while_hits_come_and_go(void)
{
    struct ui *ui = open_ui();
    show(ui, "find-begin");
    type(ui, "sh");
    show(ui, "find-hits");
    CU_ASSERT(ui_search_shown(ui));
    CU_ASSERT_STRING_EQUAL(look_key(ui, "keyboard.text").text, "sh");
    show(ui, "find-none");
    CU_ASSERT(ui_search_shown(ui));
    type(ui, "e");
    expect_words(ui, "she");
    ui_free(ui);
}

static void a_hit_takes_one_tap(void)
{
    struct ui *ui = open_ui();
    show(ui, "find-begin");
    type(ui, "sh");
    expect_words(ui, "sh");
    show(ui, "find-hits");
    tap(ui, "matter.2", -1, 60000);
    struct intent i = next(ui);
    CU_ASSERT_EQUAL(i.kind, INTENT_OPEN);
    CU_ASSERT_EQUAL(i.item, 2);
    CU_ASSERT(ui_search_shown(ui)); /* until the core answers */
    show(ui, "matter");
    CU_ASSERT(!keyboard_is_open(ui->keyboard));
    ui_free(ui);
}

/* What is pressed is what was there when the finger came down. */
static void a_pressed_hit_follows_its_matter(void)
{
    struct ui *ui = open_ui();
    show(ui, "find-begin");
    show(ui, "find-hits");
    struct widget *w = find_widget(ui, "matter.2", -1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    struct display_event e = {.kind = DISPLAY_DOWN, .x = w->rect.x + 9, .y = w->rect.y + 9};
    ui_handle(ui, &e, 1000);
    show(ui, "find-none");
    e.kind = DISPLAY_UP;
    ui_handle(ui, &e, 1100);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    ui_free(ui);
}

static void keys_go_and_come_back(void)
{
    struct ui *ui = open_ui();
    show(ui, "find-begin");
    show(ui, "find-hits");
    int pages = ui->now.body->n_pages;
    CU_ASSERT(pages > 1);
    CU_ASSERT_PTR_NULL(find_widget(ui, "back", -1));
    tap_key(ui, "key.ok");
    CU_ASSERT(!ui_keyboard_shown(ui));
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    CU_ASSERT_EQUAL(ui->now.body->n_pages, 1); /* the whole height */
    CU_ASSERT_PTR_NOT_NULL(find_widget(ui, "back", -1));
    tap(ui, "find.search", -1, 70000);
    CU_ASSERT(ui_search_shown(ui));
    CU_ASSERT_STRING_EQUAL(look_key(ui, "keyboard.text").text, "生孩子");
    tap_key(ui, "key.ok");
    tap(ui, "search.clear", -1, 80000);
    expect_words(ui, "");
    CU_ASSERT(ui_search_shown(ui));
    CU_ASSERT_STRING_EQUAL(look_key(ui, "keyboard.text").text, "");
    tap_key(ui, "key.cancel");
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_BACK);
    ui_free(ui);
}

/* Coming back from a matter to words that are still there shows the list, not the keys. */
static void coming_back_shows_the_list(void)
{
    struct ui *ui = open_ui();
    show(ui, "matter");
    show(ui, "find-hits");
    CU_ASSERT(!ui_keyboard_shown(ui));
    ui_free(ui);
}

static void a_question_hides_the_keys(void)
{
    struct ui *ui = open_ui();
    show(ui, "find-begin");
    view.ask = (struct view_text){.lit = "还需要继续吗？"};
    view.ask_yes = (struct view_action){
        .label = {.lit = "继续"}, .intent = INTENT_STAY, .is_enabled = true, .is_main = true};
    show_view(ui);
    CU_ASSERT(!ui_keyboard_shown(ui));
    tap(ui, "ask.yes", -1, 1000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_STAY);
    view.ask = (struct view_text){0};
    show_view(ui);
    CU_ASSERT(ui_search_shown(ui));
    ui_free(ui);
}

/* What the changed rectangles leave must look as if everything had been drawn anew. */
static void partial_drawing_equals_full_drawing(void)
{
    struct ui *ui = open_ui();
    struct surface *s = display_surface(ui->display);
    size_t bytes = (size_t)s->w * (size_t)s->h * 4;
    uint32_t *kept = malloc(bytes);
    static const char *const steps[] = {"find-begin", "find-hits", "find-none", "find-hits"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
    for (size_t i = 0; i < YJ_COUNT(steps); i++) {
        show(ui, steps[i]);
        type(ui, "a");
        memcpy(kept, s->px, bytes);
        ui_mark_dirty(ui, rect_of(0, 0, s->w, s->h));
        (void)ui_draw(ui);
        CU_ASSERT(memcmp(kept, s->px, bytes) == 0);
    }
    free(kept);
    ui_free(ui);
}

static void wipe_forgets_the_words(void)
{
    struct ui *ui = open_ui();
    show(ui, "find-begin");
    type(ui, "tuixiu");
    ui_wipe(ui);
    CU_ASSERT(!keyboard_is_open(ui->keyboard));
    CU_ASSERT_EQUAL(ui->n_intents, 0);
    for (size_t i = 0; i < YJ_COUNT(ui->intents); i++)
        CU_ASSERT_EQUAL(ui->intents[i].text[0], '\0');
    show(ui, "find-begin");
    CU_ASSERT_STRING_EQUAL(look_key(ui, "keyboard.text").text, "");
    ui_free(ui);
}

/* ---- sheets ---- */

static void a_sheet_of_several_stays_open(void)
{
    struct ui *ui = open_ui();
    show(ui, "form-kinds");
    tap(ui, "field.shop.industry", -1, 1000);
    CU_ASSERT_EQUAL_FATAL(ui->state.sheet_item, 1);
    tap(ui, "field.shop.industry", 0, 2000);
    struct intent i = next(ui);
    CU_ASSERT_EQUAL(i.kind, INTENT_CHOOSE);
    CU_ASSERT_EQUAL(i.option, 0);
    CU_ASSERT_EQUAL(ui->state.sheet_item, 1);
    /* an answer brings a field above it: the sheet stays with its own */
    memmove(&view.item[1], &view.item[0], view.n_items * sizeof view.item[0]);
    view.item[1].id = "field.shop.new";
    view.n_items++;
    show_view(ui);
    CU_ASSERT_EQUAL(ui->state.sheet_item, 2);
    CU_ASSERT(find_widget(ui, "field.shop.industry", 4)->is_selected);
    tap(ui, "sheet.close", -1, 3000);
    CU_ASSERT_EQUAL(ui->state.sheet_item, -1);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    ui_free(ui);
}

static void steps_go_on_until_the_last(void)
{
    struct ui *ui = open_ui();
    show(ui, "form-kinds");
    tap(ui, "field.shop.region", -1, 1000);
    CU_ASSERT_EQUAL_FATAL(ui->state.sheet_item, 2);
    CU_ASSERT_PTR_NOT_NULL(find_widget(ui, "sheet.path", -1));
    tap(ui, "field.shop.region", 3, 2000);
    CU_ASSERT_EQUAL(next(ui).option, 3);
    show_view(ui);
    CU_ASSERT_EQUAL(ui->state.sheet_item, 2);
    show_view(ui); /* something else changed */
    CU_ASSERT_EQUAL(ui->state.sheet_item, 2);
    tap(ui, "field.shop.region", 0, 3000);
    CU_ASSERT_EQUAL(next(ui).option, 0);
    view.item[2].is_whole = true;
    show_view(ui);
    CU_ASSERT_EQUAL(ui->state.sheet_item, -1);
    tap(ui, "field.shop.region", -1, 4000); /* may be changed again */
    show_view(ui);
    CU_ASSERT_EQUAL(ui->state.sheet_item, 2);
    ui_free(ui);
}

static void a_sheet_goes_with_its_item(void)
{
    struct ui *ui = open_ui();
    show(ui, "form-kinds");
    tap(ui, "field.shop.industry", -1, 1000);
    view.item[1].id = "field.other";
    show_view(ui);
    CU_ASSERT_EQUAL(ui->state.sheet_item, -1);
    ui_free(ui);
}

static CU_TestInfo cases[] = {
    {"home opens the search", home_opens_the_search},
    {"every letter is told", every_letter_is_told},
    {"keys stay while hits come and go", keys_stay_while_hits_come_and_go},
    {"a hit takes one tap", a_hit_takes_one_tap},
    {"a pressed hit follows its matter", a_pressed_hit_follows_its_matter},
    {"keys go and come back", keys_go_and_come_back},
    {"coming back shows the list", coming_back_shows_the_list},
    {"a question hides the keys", a_question_hides_the_keys},
    {"partial drawing equals full drawing", partial_drawing_equals_full_drawing},
    {"wipe forgets the words", wipe_forgets_the_words},
    {"a sheet of several stays open", a_sheet_of_several_stays_open},
    {"steps go on until the last", steps_go_on_until_the_last},
    {"a sheet goes with its item", a_sheet_goes_with_its_item},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.search", cases)
