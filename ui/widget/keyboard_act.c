/* SPDX-License-Identifier: Apache-2.0 */
/* What a key of the input panel does. Thread: main.
 *
 * The methods for Chinese text stand beside each other; each remembers nothing of the others:
 *
 *     any method --its tab, or the list of methods--> any other
 *     PARTS <--按编码 / 按部件--> CODE        SYMBOLS <--符号 / 123--> MARKS (narrow panels)
 *     SYMBOLS --返回--> the method used before
 *     REGION --last division chosen--> the method used before
 *
 * Waiting letters and parts never leave silently: 空格 and 确定 take the best candidate (确定
 * closes only when nothing waits), and so does another method; ink that is unfinished then is
 * dropped. In a search the letters count as they stand: its lower button only puts the keys away.
 */
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

void kb_mark(struct keyboard *kb, struct rect r)
{
    kb->dirty = rect_union(kb->dirty, r);
}

static bool is_method(enum kb_page page)
{
    return page != KB_SYMBOLS && page != KB_MARKS && page != KB_REGION && page != KB_N_PAGES;
}

void kb_show_page(struct keyboard *kb, enum kb_page page)
{
    if (kb->page == KB_HAND || kb->page == KB_STROKES || kb->page == KB_CODE)
        kb_wait_drop(kb);
    else if (kb_waits(kb) && kb->page != page)
        kb_cand_take_best(kb);
    kb_wait_drop(kb);
    kb->page = page == KB_N_PAGES ? kb->method : page;
    if (kb_has_candidates(kb) && is_method(page))
        kb->method = page;
    kb->is_upper = kb->is_choosing = false;
    kb->group = KB_NO_GROUP;
    kb->region_first = kb->n_region_back = 0;
    if (page == KB_REGION && kb->text[0] == '\0')
        kb->n_regions = 0;
}

static void insert(struct keyboard *kb, const char *label)
{
    bool is_one = label[0] && !label[1];
    bool is_letter = is_one && label[0] >= 'a' && label[0] <= 'z';
    kb->has_typed = true;
    kb->group = KB_NO_GROUP;
    if ((kb->page == KB_PINYIN || kb->page == KB_PARTS) && is_letter) {
        kb_wait_letter(kb, label[0]);
    } else if (kb->page == KB_CODE && is_one) {
        kb_wait_code(kb, label[0]);
    } else if (kb->page == KB_DATE_PAD) {
        (void)kb_date_type(kb, label[0]); /* what makes no date is refused */
    } else {
        if (kb_waits(kb))
            kb_cand_take_best(kb);
        kb_text_insert(kb, label);
    }
}

static void delete_one(struct keyboard *kb)
{
    kb->has_typed = true;
    if (kb_wait_backspace(kb))
        return;
    kb_text_backspace(kb);
    if (kb->page == KB_DATE_PAD)
        kb_date_typed(kb);
    while (kb->n_regions && strlen(kb->text) <= kb->region_at[kb->n_regions - 1])
        kb->n_regions--; /* the way down is taken back with the text */
}

static void clear_all(struct keyboard *kb)
{
    kb_wait_drop(kb);
    bytes_wipe(kb->text, sizeof kb->text);
    bytes_wipe(kb->region, sizeof kb->region);
    kb->chosen = (struct kb_date){0};
    kb->n_regions = kb->region_first = kb->n_region_back = 0;
}

static void space(struct keyboard *kb)
{
    if (kb_waits(kb))
        kb_cand_take_best(kb);
    else
        kb_text_insert(kb, " ");
}

static void turn(struct keyboard *kb, enum kb_act act)
{
    if (kb->page == KB_REGION)
        kb_region_turn(kb, act);
    else
        kb_cand_turn(kb, act);
}

static void act_hand(struct keyboard *kb, enum kb_act act)
{
    if (act == ACT_REWRITE)
        handwriting_clear(kb->hand);
    else if (handwriting_undo(kb->hand))
        kb_hand_look_up(kb);
    kb_cand_restart(kb);
}

static void act_text(struct keyboard *kb, enum kb_act act, int arg)
{
    switch ((int)act) {
    case ACT_DELETE:
        delete_one(kb);
        break;
    case ACT_CLEAR:
        clear_all(kb);
        break;
    case ACT_SPACE:
        space(kb);
        break;
    case ACT_SPLIT:
        if (pinyin_push(kb->pinyin, '\'', NULL) == 0) /* refused where it makes no sense */
            kb_cand_restart(kb);
        break;
    case ACT_SHIFT:
        kb->is_upper = !kb->is_upper;
        break;
    case ACT_PAGE:
        kb_show_page(kb, (enum kb_page)arg);
        break;
    case ACT_GROUP:
        kb->group = arg;
        break;
    case ACT_METHOD:
        kb->is_choosing = !kb->is_choosing;
        break;
    case ACT_STROKE:
        kb_wait_stroke(kb, (char)arg);
        break;
    case ACT_UNDO:
    case ACT_REWRITE:
        act_hand(kb, act);
        break;
    case ACT_REGION:
        kb_region_take(kb, (size_t)arg);
        break;
    case ACT_REGION_UP:
        kb_region_up(kb);
        break;
    case ACT_EYE:
        kb->is_hidden = !kb->is_hidden;
        break;
    case ACT_CANDIDATE:
        kb_cand_take(kb, (size_t)arg);
        break;
    case ACT_MORE:
        kb->is_more = !kb->is_more;
        kb_cand_restart(kb);
        break;
    default:
        turn(kb, act);
        break;
    }
}

static void finish(struct keyboard *kb, bool is_ok)
{
    char text[KEYBOARD_TEXT_BYTES];
    memcpy(text, kb->text, sizeof text);
    keyboard_close(kb);
    kb->cfg.done(kb->cfg.arg, is_ok ? text : NULL);
    bytes_wipe(text, sizeof text);
}

static void tell_change(struct keyboard *kb, const char *before)
{
    char query[KB_QUERY_BYTES];
    kb_text_query(kb, query);
    if (strcmp(before, query) != 0)
        kb->cfg.changed(kb->cfg.arg, query);
    bytes_wipe(query, sizeof query);
}

/* What decides which keys there are, beside the candidates, in one number. */
static uint32_t shape_of(const struct keyboard *kb)
{
    bool is_done = kb_text_is_done(kb) || kb_waits(kb);
    uint32_t flags = kb->is_more | kb->is_choosing << 1 | kb->is_upper << 2 | kb->is_hidden << 3 |
                     is_done << 4 | !kb->text[0] << 5 | kb_waits(kb) << 6;
    return flags | (uint32_t)kb->page << 8 | (uint32_t)(kb->group + 1) << 16;
}

void kb_after_change(struct keyboard *kb)
{
    kb_layout(kb);
    kb_mark(kb, kb->page == KB_HAND || kb->is_more ? kb->sheet : kb->head);
}

static void act_and_lay_out(struct keyboard *kb, enum kb_act what, int arg, const char *label)
{
    uint32_t was = shape_of(kb);
    if (what != ACT_TEXT && what != ACT_DELETE)
        kb->tapped = 0;
    if (what == ACT_OK)
        kb_cand_take_best(kb);
    else if (what == ACT_TEXT)
        insert(kb, label);
    else if (kb->input == INPUT_DATE && kb->page != KB_DATE_PAD)
        kb_date_act(kb, what, arg);
    else
        act_text(kb, what, arg);
    bool is_same = was == shape_of(kb);
    if (!is_same || !kb_has_candidates(kb) || kb->page == KB_REGION) {
        kb_layout(kb);
        kb_mark(kb, kb->sheet);
    } else {
        kb_after_change(kb);
    }
}

/* Carry out what a key stands for, then lay out and mark what changed. */
void kb_act(struct keyboard *kb, enum kb_act what, int arg, const char *label)
{
    char before[KB_QUERY_BYTES];
    if (what == ACT_CANCEL || (what == ACT_OK && (kb->is_search || !kb_waits(kb)))) {
        finish(kb, what == ACT_OK);
        return;
    }
    kb_text_query(kb, before);
    act_and_lay_out(kb, what, arg, label);
    if (kb->is_search)
        tell_change(kb, before);
    bytes_wipe(before, sizeof before);
}
