/* SPDX-License-Identifier: Apache-2.0 */
/* What each step of a visit file does to the machine: the same words as tests/flow/play.py. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/codes.h"
#include "player.h"

enum { MOST_PAGES = 12, SIGN_POINTS = 60 };

static int YJ_PRINTF(2, 3) fail(struct player *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(p->why, sizeof p->why, fmt, ap);
    va_end(ap);
    return -1;
}

/* ---- the page ---- */

static const struct view_item *item_of(struct player *p, const char *id, int *ret_index)
{
    const struct view *view = terminal_view(&p->terminal);
    for (size_t i = 0; i < view->n_items; i++)
        if (view->item[i].id && !strcmp(view->item[i].id, id)) {
            *ret_index = (int)i;
            return &view->item[i];
        }
    return NULL;
}

/* @return the button of this name, NULL when the page has none */
static const struct view_action *button_of(struct player *p, const char *id)
{
    static const char *const name[] = {"back", "home", "next", "extra", "ask.yes", "ask.no"};
    const struct view *view = terminal_view(&p->terminal);
    const struct view_action *const action[] = {&view->back,  &view->home,    &view->next,
                                                &view->extra, &view->ask_yes, &view->ask_no};
    for (size_t i = 0; i < YJ_COUNT(name); i++)
        if (!strcmp(name[i], id))
            return action[i]->label.id || action[i]->label.lit ? action[i] : NULL;
    return NULL;
}

static const char *screen_of(const struct player *p)
{
    enum visit_state state = p->terminal.v->state;
    if (state == STATE_LEFT_BEHIND)
        return "GOODBYE";
    return visit_state_name(p->terminal.v);
}

/* "ID" or "ID#N" */
static bool is_there(struct player *p, const char *id)
{
    char base[128];
    int index = 0;
    snprintf(base, sizeof base, "%.*s", (int)strcspn(id, "#"), id);
    const struct view_item *item = item_of(p, base, &index);
    if (item && strchr(id, '#'))
        return (size_t)atoi(strchr(id, '#') + 1) < item->n_options;
    return item || button_of(p, id);
}

/* All words of an item, as far as they are for the eye. */
static bool words_of(struct player *p, const char *id, char *ret, size_t cap)
{
    const struct assets *a = p->terminal.assets;
    const struct view *view = terminal_view(&p->terminal);
    const struct view_text *frame = !strcmp(id, "alert")      ? &view->alert
                                    : !strcmp(id, "banner")   ? &view->banner
                                    : !strcmp(id, "title")    ? &view->title
                                    : !strcmp(id, "subtitle") ? &view->subtitle
                                    : !strcmp(id, "ask")      ? &view->ask
                                                              : NULL;
    const struct view_action *action = button_of(p, id);
    int index = 0;
    if (action)
        frame = &action->label;
    if (frame)
        return assets_say(a, frame, ret, cap)[0] != '\0';
    const struct view_item *item = item_of(p, id, &index);
    if (!item)
        return false;
    const struct view_text *const part[] = {&item->label, &item->value, &item->value2, &item->note};
    size_t used = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < YJ_COUNT(part) + item->n_options && used + 2 < cap; i++) {
        assets_say(a, i < YJ_COUNT(part) ? part[i] : &item->option[i - YJ_COUNT(part)].label,
                   ret + used, cap - used - 1);
        used += strlen(ret + used);
        ret[used++] = '\n';
        ret[used] = '\0';
    }
    return true;
}

/* ---- touching ---- */

static int press(struct player *p, const char *id)
{
    const struct view_action *action = button_of(p, id);
    if (!action)
        return fail(p, "there is no button %s", id);
    if (!action->is_enabled)
        return fail(p, "the button %s is of no use now", id);
    terminal_intent(&p->terminal, action->intent, -1, -1, NULL);
    p->terminal.strokes.n_points = 0;
    return 0;
}

static int do_press(struct player *p, const struct step *s)
{
    return press(p, s->word[0]);
}

static int choose(struct player *p, const struct view_item *item, int index, const char *word)
{
    char *end = NULL;
    long option = strtol(word, &end, 10);
    if (*end || option < 0 || (size_t)option >= item->n_options)
        return fail(p, "%s has %zu options", item->id, item->n_options);
    const struct visit *v = p->terminal.v;
    uint8_t count[MATTER_MAX_GROUPS];
    memcpy(count, v->s.count, sizeof count);
    terminal_intent(&p->terminal, item->kind == VIEW_RATING ? INTENT_RATE : INTENT_CHOOSE, index,
                    (int)option, NULL);
    for (int g = 0; v->s.matter && g < (int)v->s.matter->n_groups; g++)
        if (visit_repeats(v->s.matter, g) && v->s.count[g] != count[g])
            trace_member(&p->trace, v, g, v->s.count[g] > count[g]);
    return 0;
}

static int do_tap(struct player *p, const struct step *s)
{
    int index = 0;
    if (!strcmp(s->word[1], "elder") || !strcmp(s->word[1], "staff")) {
        terminal_intent(&p->terminal,
                        s->word[1][0] == 'e' ? INTENT_TOGGLE_ELDER : INTENT_CALL_STAFF, -1, -1,
                        NULL);
        return 0;
    }
    if (!strcmp(s->word[1], "sheet.close"))
        return 0; /* only a screen has sheets */
    const struct view_item *item = item_of(p, s->word[1], &index);
    if (!item)
        return s->n == 2 ? press(p, s->word[1]) : fail(p, "%s is not on the page", s->word[1]);
    if (!item->is_enabled)
        return fail(p, "%s cannot be touched", s->word[1]);
    if (s->n == 3)
        return choose(p, item, index, s->word[2]);
    if (item->kind == VIEW_PAIR)
        terminal_intent(&p->terminal, INTENT_EDIT, index, -1, NULL);
    else if (item->kind == VIEW_MATTER || item->kind == VIEW_TILE || item->kind == VIEW_CASE ||
             (item->kind == VIEW_SEARCH && p->terminal.v->state == STATE_HOME))
        terminal_intent(&p->terminal, INTENT_OPEN, index, -1, NULL);
    return 0; /* else it opens a list or the keys, which only a screen has */
}

static int do_text(struct player *p, const struct step *s)
{
    int index = 0;
    const struct view_item *item = item_of(p, s->word[1], &index);
    if (!item)
        return fail(p, "%s is not on the page", s->word[1]);
    if (!item->is_enabled || !item->max_chars)
        return fail(p, "%s is not typed", s->word[1]);
    terminal_intent(&p->terminal, INTENT_SET_TEXT, index, -1, s->word[2]);
    return 0;
}

static int do_until(struct player *p, const struct step *s)
{
    const char *goal = s->word[1];
    bool is_screen = goal[0] >= 'A' && goal[0] <= 'Z';
    for (int i = 0; i <= MOST_PAGES; i++) {
        if (is_screen ? !strcmp(screen_of(p), goal) : is_there(p, goal))
            return 0;
        if (i == MOST_PAGES)
            break;
        if (press(p, "next") < 0)
            return fail(p, "%s did not come and the page has no way on", goal);
    }
    return fail(p, "%s did not come", goal);
}

/* ---- seeing ---- */

static int do_wait(struct player *p, const struct step *s)
{
    if (strcmp(screen_of(p), s->word[1]) != 0)
        return fail(p, "the screen is %s", screen_of(p));
    return 0;
}

static int do_expect(struct player *p, const struct step *s)
{
    char words[TEXT_BYTES];
    if (!words_of(p, s->word[1], words, sizeof words))
        return fail(p, "%s is not on the page", s->word[1]);
    if (!p->terminal.assets->language && !strstr(words, s->word[2]))
        return fail(p, "it says %.400s", words);
    return 0;
}

static int do_refute(struct player *p, const struct step *s)
{
    char words[TEXT_BYTES];
    bool is_here = strchr(s->word[1], '#') ? is_there(p, s->word[1])
                                           : words_of(p, s->word[1], words, sizeof words);
    return is_here ? fail(p, "%s is on the page", s->word[1]) : 0;
}

static int do_ticket(struct player *p, const struct step *s)
{
    (void)s;
    if (p->terminal.n_tickets <= p->tickets_seen)
        return fail(p, "nothing was printed");
    p->tickets_seen++;
    return 0;
}

/* ---- hands and devices ---- */

static int do_card(struct player *p, const struct step *s)
{
    struct card card;
    if (assets_card(p->terminal.assets, s->word[1], &card) < 0)
        return fail(p, "there is no card %s", s->word[1]);
    terminal_card(&p->terminal, &card);
    return 0;
}

static int do_lift(struct player *p, const struct step *s)
{
    (void)s;
    terminal_card(&p->terminal, NULL);
    return 0;
}

static int do_scan(struct player *p, const struct step *s)
{
    if (!p->terminal.is_scanner_on)
        return fail(p, "the scanner is not looking");
    terminal_code(&p->terminal, s->word[1]);
    return 0;
}

static int do_sign(struct player *p, const struct step *s)
{
    (void)s;
    struct strokes *pad = &p->terminal.strokes;
    if (p->terminal.v->state != STATE_SIGN)
        return fail(p, "there is nothing to sign");
    *pad = (struct strokes){.width = 1200, .height = 500, .n_points = SIGN_POINTS};
    for (int i = 0; i < SIGN_POINTS; i++)
        pad->point[i] = (struct stroke_point){.x = (int16_t)(100 + 12 * i),
                                              .y = (int16_t)(250 + 40 * (i % 3)),
                                              .t_ms = (uint16_t)(12 * i),
                                              .stroke = (uint16_t)(i / (SIGN_POINTS / 3))};
    return 0;
}

static int do_centre(struct player *p, const struct step *s)
{
    if (!strcmp(s->word[1], "up") || !strcmp(s->word[1], "down"))
        terminal_link(&p->terminal, !strcmp(s->word[1], "up"));
    return 0;
}

static int do_pass(struct player *p, const struct step *s)
{
    terminal_wait(&p->terminal, atoi(s->word[1]));
    return 0;
}

static int do_share(struct player *p, const struct step *s)
{
    static const char *const word[] = {"unavailable", "found", "absent", "mismatch"};
    struct terminal *t = &p->terminal;
    if (t->n_known == ENQUIRY_MAX_KEYS)
        return fail(p, "too many");
    struct shared_item *known = &t->known[t->n_known++];
    for (size_t i = 0; i < YJ_COUNT(word); i++)
        if (!strcmp(word[i], s->word[2]))
            known->state = (enum shared_state)i;
    snprintf(known->key, sizeof known->key, "%s", s->word[1]);
    if (s->n > 3)
        snprintf(known->value, sizeof known->value, "%s", s->word[3]);
    return 0;
}

static int do_nothing(struct player *p, const struct step *s)
{
    (void)s;
    p->expects_nothing = true;
    return 0;
}

static int do_not_here(struct player *p, const struct step *s)
{
    (void)p;
    (void)s;
    return 0;
}

/* ---- all of them ---- */

static const struct {
    const char *verb;
    int least, most; /* words behind the verb */
    int (*play)(struct player *p, const struct step *s);
} verbs[] = {
    {"wait", 1, 2, do_wait},       {"tap", 1, 2, do_tap},       {"next", 0, 0, do_press},
    {"back", 0, 0, do_press},      {"home", 0, 0, do_press},    {"until", 1, 1, do_until},
    {"nothing", 0, 0, do_nothing}, {"text", 2, 2, do_text},     {"card", 1, 1, do_card},
    {"lift", 0, 0, do_lift},       {"scan", 1, 1, do_scan},     {"sign", 0, 0, do_sign},
    {"ticket", 0, 1, do_ticket},   {"expect", 2, 2, do_expect}, {"refute", 1, 1, do_refute},
    {"sim", 1, 11, do_not_here},   {"centre", 1, 2, do_centre}, {"clock", 1, 1, do_pass},
    {"pause", 1, 1, do_pass},      {"shot", 1, 1, do_not_here}, {"share", 2, 3, do_share},
};

int steps_play(struct player *p, const struct step *step)
{
    for (size_t i = 0; i < YJ_COUNT(verbs); i++) {
        if (strcmp(verbs[i].verb, step->word[0]) != 0)
            continue;
        if (step->n - 1 < verbs[i].least || step->n - 1 > verbs[i].most)
            return fail(p, "%s takes %d to %d words", verbs[i].verb, verbs[i].least, verbs[i].most);
        if (verbs[i].play(p, step) < 0)
            return -1;
        return p->terminal.fault[0] ? fail(p, "%s", p->terminal.fault) : 0;
    }
    return fail(p, "unknown step %s", step->word[0]);
}

int steps_prove(struct player *p)
{
    unsigned n = p->terminal.n_applications;
    if (p->expects_nothing && (n || p->terminal.n_tickets))
        return fail(p, "something was submitted or printed");
    if (!p->expects_nothing && n != 1)
        return fail(p, "%u applications, wanted 1", n);
    return 0;
}
