/* SPDX-License-Identifier: Apache-2.0 */
/* An address begins with where it is: province, city, county by touch, written out as they are
 * chosen. The street is typed behind them. Thread: main. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

bool kb_region_is_offered(const struct keyboard *kb)
{
    return kb->cfg.regions.at && kb->input == INPUT_ADDRESS && !kb->is_search;
}

static const char *parent_of(const struct keyboard *kb)
{
    return kb->n_regions ? kb->region[kb->n_regions - 1] : "";
}

static bool region(const struct keyboard *kb, size_t at, const char **ret_code,
                   const char **ret_name)
{
    return kb->cfg.regions.at(kb->cfg.regions.arg, parent_of(kb), at, ret_code, ret_name);
}

void kb_region_turn(struct keyboard *kb, enum kb_act act)
{
    if (act == ACT_NEXT && kb->n_region_back < KB_MAX_PAGES) {
        kb->region_back[kb->n_region_back++] = kb->region_first;
        kb->region_first += kb->n_region_shown;
    } else if (act == ACT_PREV && kb->n_region_back) {
        kb->region_first = kb->region_back[--kb->n_region_back];
    }
}

/* The names in columns that four characters fill; a longer name takes two. @return how many */
static size_t layout_names(struct keyboard *kb, struct rect area)
{
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_body);
    const char *code = NULL, *name = NULL;
    int gap = kb->t.gap, h = kb->t.target, unit = font_width(font, "呼伦贝尔", SIZE_MAX) + 2 * gap;
    int columns = (area.w + gap) / (unit + gap), rows = (area.h + gap) / (h + gap), at = 0;
    columns = columns < 1 ? 1 : columns;
    unit = (area.w - (columns - 1) * gap) / columns;
    size_t i = kb->region_first;
    for (; region(kb, i, &code, &name); i++) {
        int need = font_width(font, name, SIZE_MAX) + gap;
        int span = (need + gap + unit + gap - 1) / (unit + gap);
        span = span > columns ? columns : span;
        if (at % columns + span > columns)
            at += columns - at % columns;
        if (at / columns >= rows)
            break;
        char id[32];
        snprintf(id, sizeof id, "region#%zu", i);
        kb_add(kb, id, name,
               rect_of(area.x + at % columns * (unit + gap), area.y + at / columns * (h + gap),
                       span * (unit + gap) - gap, h),
               ACT_REGION, (int)i, LOOK_OPTION);
        at += span;
    }
    return i - kb->region_first;
}

/* The names; the way up and the pages in the last row. */
void kb_region_layout(struct keyboard *kb, struct rect area)
{
    const char *code = NULL, *name = NULL;
    int gap = kb->t.gap, h = kb->t.target, part = (area.w - 2 * gap) / 3;
    struct rect low = rect_of(area.x, area.y + area.h - h, part, h);
    area.h -= h + gap;
    kb->n_region_shown = layout_names(kb, area);
    kb_add(kb, "region.up", kb_word(kb, "ime.region.up"), low, ACT_REGION_UP, 0, LOOK_FUNCTION)
        ->is_enabled = kb->n_regions > 0;
    low.x += part + gap;
    kb_add(kb, "region.prev", kb_word(kb, "ime.prev"), low, ACT_PREV, 0, LOOK_FUNCTION)
        ->is_enabled = kb->n_region_back > 0;
    low.x += part + gap;
    kb_add(kb, "region.next", kb_word(kb, "ime.next"), low, ACT_NEXT, 0, LOOK_FUNCTION)
        ->is_enabled = region(kb, kb->region_first + kb->n_region_shown, &code, &name);
}

static void restart(struct keyboard *kb)
{
    kb->region_first = kb->n_region_back = 0;
}

void kb_region_take(struct keyboard *kb, size_t at)
{
    const char *code = NULL, *name = NULL;
    if (kb->n_regions == KB_MAX_REGION_STEPS || !region(kb, at, &code, &name) ||
        strlen(code) >= REGIONS_CODE_BYTES)
        return;
    if (!kb->n_regions) /* another place: what was there belongs to the old one */
        bytes_wipe(kb->text, sizeof kb->text);
    kb->region_at[kb->n_regions] = strlen(kb->text);
    memcpy(kb->region[kb->n_regions++], code, strlen(code) + 1);
    kb_text_insert(kb, name);
    restart(kb);
    if (!region(kb, 0, &code, &name)) /* nothing lies below: now the street */
        kb_show_page(kb, kb->method);
}

void kb_region_up(struct keyboard *kb)
{
    if (!kb->n_regions)
        return;
    size_t at = kb->region_at[--kb->n_regions];
    bytes_wipe(kb->region[kb->n_regions], sizeof kb->region[0]);
    if (at < sizeof kb->text)
        bytes_wipe(kb->text + at, sizeof kb->text - at);
    restart(kb);
}
