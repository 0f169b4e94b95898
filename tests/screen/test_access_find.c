/* SPDX-License-Identifier: Apache-2.0 */
/* The access rules on the way to a matter and on matters of the whole set: home, stages, search,
 * guide, progress, what each matter says, and the pages that ask, both text sizes. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "access_player.h"

#define STANDING_27 (&matrix_standing[0])
#define STANDING_21 (&matrix_standing[1])
#define LYING_27    (&matrix_lying[0])
#define LYING_12    (&matrix_lying[2])

static bool in_state(struct player *p, const char *state)
{
    return !strcmp(visit_state_name(p->k->v), state);
}

/* ---- the way to a matter ---- */

static void open_item(struct player *p, int item)
{
    CU_ASSERT_FATAL(item >= 0);
    kit_intent(p->k, INTENT_OPEN, item, 0);
}

static void go_home(struct player *p)
{
    for (int i = 0; i < 9 && strcmp(visit_state_name(p->k->v), "HOME") != 0; i++) {
        kit_tap(p->k, INTENT_HOME);
        if (kit_view(p->k)->ask.id)
            kit_tap(p->k,
                    kit_view(p->k)->ask_yes.intent == INTENT_HOME ? INTENT_HOME : INTENT_STAY);
    }
    CU_ASSERT_FATAL(kit_is(p->k, "HOME"));
    if (kit_view(p->k)->prefs.is_elder != p->is_elder)
        kit_tap(p->k, INTENT_TOGGLE_ELDER);
}

/* @return the n-th item of a kind whose id begins so, -1: there are fewer */
static int nth(struct player *p, enum view_item_kind kind, const char *id, int n)
{
    const struct view *view = kit_view(p->k);
    for (size_t i = 0; i < view->n_items; i++)
        if (view->item[i].kind == kind && !strncmp(view->item[i].id, id, strlen(id)) && n-- == 0)
            return (int)i;
    return -1;
}

static void play_stages(struct player *p)
{
    for (int tree = 0; tree < 2; tree++) {
        kit_choose(p->k, "home.audience", tree);
        measure(p, "home");
        for (int i = 0; nth(p, VIEW_TILE, "stage.", i) >= 0; i++) {
            open_item(p, nth(p, VIEW_TILE, "stage.", i));
            measure(p, "stage");
            go_home(p);
            kit_choose(p->k, "home.audience", tree);
        }
    }
}

static void play_search(struct player *p)
{
    static const char *const words[] = {"生", "tx", "企业", "飞船飞船"};
    open_item(p, kit_item(p->k, "home.search"));
    measure(p, "search begins");
    for (size_t i = 0; i < YJ_COUNT(words); i++) {
        kit_set(p->k, "find.search", words[i]);
        measure(p, words[i]);
    }
    go_home(p);
}

/* Every question of the guide that the n-th choices lead to. */
static void play_guide(struct player *p)
{
    for (int first = 0; first < 8; first++) {
        open_item(p, kit_item(p->k, "home.guide"));
        for (int step = 0; step < 6 && !strcmp(visit_state_name(p->k->v), "GUIDE"); step++) {
            measure(p, "guide");
            int item = nth(p, VIEW_TILE, "guide.", step == 0 ? first % 2 : first);
            open_item(p, item >= 0 ? item : nth(p, VIEW_TILE, "guide.", 0));
        }
        measure(p, "guide's end");
        go_home(p);
    }
}

static void play_way(const struct matrix_panel *panel, bool is_elder)
{
    struct player p = open_player(panel, is_elder);
    play_stages(&p);
    play_search(&p);
    play_guide(&p);
    open_item(&p, kit_item(p.k, "home.progress"));
    measure(&p, "progress");
    CU_ASSERT(p.has_seen[SCREEN_FIND] && p.has_seen[SCREEN_GUIDE] && p.has_seen[SCREEN_PROGRESS]);
    close_player(&p);
}

static void way(void)
{
    play_way(STANDING_27, false);
}

static void way_in_large_text_on_a_small_panel(void)
{
    play_way(STANDING_21, true);
}

static void way_on_the_smallest_panel(void)
{
    play_way(LYING_12, false);
}

/* ---- matters ---- */

static const char *text_for(enum view_input input)
{
    switch ((int)input) {
    case INPUT_IDNO:
        return "810000199003070023";
    case INPUT_MOBILE:
        return KIT_MOBILE;
    case INPUT_DATE:
        return "2026-10-08";
    case INPUT_NUMBER:
    case INPUT_DIGITS:
        return "2";
    case INPUT_EMAIL:
        return "zhangsan@example.com";
    case INPUT_LATIN:
        return "91350100M000100Y43";
    default:
        return "示例市朝阳区示例路1号";
    }
}

static bool is_given(const struct view_item *v)
{
    bool is_chosen = v->value.lit || v->value.id;
    for (size_t i = 0; i < v->n_options; i++)
        is_chosen = is_chosen || v->option[i].is_selected;
    return is_chosen;
}

/* Give every question and field of the page something; what is refused stays marked. */
static void give_page(struct player *p)
{
    for (size_t i = 0; i < kit_view(p->k)->n_items; i++) {
        struct view_item v = kit_view(p->k)->item[i];
        bool is_asked = (v.kind == VIEW_CHOICE || v.kind == VIEW_FIELD) && v.is_enabled;
        if (!is_asked || is_given(&v))
            continue;
        if (v.n_options)
            kit_intent(p->k, INTENT_CHOOSE, (int)i, 0);
        else
            kit_set(p->k, v.id, text_for(v.input));
    }
}

/* Its explanation; when it can be handed in, its pages as far as plain answers lead. */
static void play_matter(struct player *p, const struct matter *m)
{
    struct card card = kit_citizen();
    char words[200];
    open_item(p, kit_item(p->k, "home.search"));
    kit_set(p->k, "find.search", m->name);
    snprintf(words, sizeof words, "matter.%s", m->code);
    if (kit_item(p->k, words) < 0) { /* not valid today, or it has no such page */
        go_home(p);
        return;
    }
    open_item(p, kit_item(p->k, words));
    measure(p, m->code);
    for (int i = 0; i < 9 && m->status == MATTER_OPEN && !in_state(p, "IDENTIFY"); i++)
        kit_tap(p->k, INTENT_NEXT);
    if (in_state(p, "IDENTIFY")) {
        kit_card(p->k, &card);
        kit_lift(p->k);
    }
    for (int i = 0; i < 12 && (in_state(p, "QUESTIONS") || in_state(p, "FORM")); i++) {
        give_page(p);
        measure(p, m->code);
        int page = p->k->v->s.page;
        kit_tap(p->k, INTENT_NEXT);
        if (p->k->v->s.page == page && kit_view(p->k)->alert.id)
            measure(p, m->code);
    }
    measure(p, m->code);
    go_home(p);
}

static void play_matters(const struct matrix_panel *panel, bool is_elder, size_t step)
{
    struct player p = open_player(panel, is_elder);
    size_t n = matter_set_count(p.k->set);
    for (size_t i = 0; i < n; i += step)
        play_matter(&p, matter_set_at(p.k->set, i));
    CU_ASSERT(p.n_measured > (int)(n / step));
    close_player(&p);
}

static void half_of_the_matters(void)
{
    play_matters(STANDING_21, false, 2);
}

static void some_matters_in_large_text(void)
{
    play_matters(STANDING_27, true, 5);
}

static void some_matters_on_a_lying_panel(void)
{
    play_matters(LYING_27, false, 7);
}

static CU_TestInfo cases[] = {
    {"way to a matter", way},
    {"way in large text on a small panel", way_in_large_text_on_a_small_panel},
    {"way on the smallest panel", way_on_the_smallest_panel},
    {"half of the matters on a small panel", half_of_the_matters},
    {"some matters in large text", some_matters_in_large_text},
    {"some matters on a lying panel", some_matters_on_a_lying_panel},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("screen.access_find", cases)
