/* SPDX-License-Identifier: Apache-2.0 */
/* How it looks and how it sounds: a sheet over any screen. Every choice is done at once; the page
 * behind follows while the sheet stays. What it says is the visitor's wish for this visit.
 * Main thread. */
#include "ui/screen/screen.h"
#include "ui/widget/plate.h"

enum { SHEET_PERCENT = 84, SIDE_PERCENT = 30 };

/* ---- samples: what a choice looks like ---- */

struct sample {
    struct widget w;
    const struct tokens *tokens; /* of a contrast; NULL: a letter */
    struct font *font;
    const char *letter;
    int height;
};

static int sample_natural(struct widget *w, struct widget_ctx *ctx)
{
    (void)ctx;
    return ((const struct sample *)w)->height;
}

static int sample_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    (void)ctx;
    (void)width;
    return ((const struct sample *)w)->height;
}

static void sample_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w; /* no children */
    (void)ctx;
}

/* A page in small: ground, a card with two lines of words, the main button. */
static void draw_page(const struct widget *w, const struct tokens *t, struct surface *s)
{
    int h = w->rect.h, side = h * 4 / 3 < w->rect.w ? h * 4 / 3 : w->rect.w, in = h / 10;
    struct rect r = {w->rect.x + (w->rect.w - side) / 2, w->rect.y, side, h};
    struct rect card = {r.x + in, r.y + in, r.w - 2 * in, h / 2};
    int line = h / 12, radius = h / 12;
    surface_round(s, r, radius, t->ground);
    surface_border(s, r, radius, t->border, t->edge);
    surface_round(s, card, radius, t->card);
    if (t->is_bare)
        surface_border(s, card, radius, t->border / 2 + 1, t->rule);
    for (int i = 0; i < 2; i++)
        surface_round(
            s,
            rect_of(card.x + in, card.y + in * (1 + 2 * i), (card.w - 2 * in) * (4 - i) / 4, line),
            line / 2, t->ink);
    surface_round(s, rect_of(r.x + r.w / 2, r.y + h * 7 / 10, r.w / 2 - in, h / 5), radius,
                  t->primary);
}

static void sample_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct sample *p = (const struct sample *)w;
    if (p->tokens) {
        draw_page(w, p->tokens, s);
        return;
    }
    int width = font_width(p->font, p->letter, SIZE_MAX);
    font_draw(s, p->font, w->rect.x + (w->rect.w - width) / 2,
              w->rect.y + (w->rect.h - font_line_height(p->font)) / 2, p->letter, SIZE_MAX,
              ctx->tok.ink);
}

static uint64_t sample_state(const struct widget *w)
{
    const struct sample *p = (const struct sample *)w;
    colour_t all[] = {p->tokens ? p->tokens->ground : 0, p->tokens ? p->tokens->primary : 0,
                      p->font ? (colour_t)font_size(p->font) : 0};
    return hash_text(hash_bytes(1469598103934665603ULL, all, sizeof all), p->letter);
}

static const struct widget_class sample_class = {
    .name = "sample",
    .role = "image",
    .bytes = sizeof(struct sample),
    .natural = sample_natural,
    .measure = sample_measure,
    .arrange = sample_arrange,
    .draw = sample_draw,
    .state = sample_state,
};

/* Steps from soft to loud, from slow to fast: as many bars as are lit. */
struct level {
    struct widget w;
    int value, n;
};

static int level_natural(struct widget *w, struct widget_ctx *ctx)
{
    (void)w;
    return ctx->tok.target;
}

static int level_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    (void)w;
    (void)width;
    return ctx->tok.target;
}

static void level_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct level *l = (const struct level *)w;
    const struct tokens *t = &ctx->tok;
    int gap = t->gap / 2, width = (w->rect.w - (l->n - 1) * gap) / l->n;
    for (int i = 0; i < l->n; i++) {
        int h = w->rect.h * (i + 2) / (l->n + 1), at = t->is_rtl ? l->n - 1 - i : i;
        struct rect bar = {w->rect.x + at * (width + gap), w->rect.y + w->rect.h - h, width, h};
        surface_round(s, bar, gap, i <= l->value ? t->primary : t->card);
        surface_border(s, bar, gap, t->border, i <= l->value ? t->primary : t->edge);
    }
}

static uint64_t level_state(const struct widget *w)
{
    const struct level *l = (const struct level *)w;
    int all[] = {l->value, l->n};
    return hash_bytes(1469598103934665603ULL, all, sizeof all);
}

static const struct widget_class level_class = {
    .name = "level",
    .role = "meter",
    .bytes = sizeof(struct level),
    .natural = level_natural,
    .measure = level_measure,
    .arrange = sample_arrange,
    .draw = level_draw,
    .state = level_state,
};

/* ---- groups ---- */

static struct widget_action wish(enum pref pref, int value)
{
    return (struct widget_action){
        .act = ACT_INTENT, .intent = INTENT_SET_PREF, .item = (int)pref, .option = value};
}

static struct box *group_new(struct screen_build *b, struct widget *list, const char *title)
{
    struct widget_ctx *ctx = b->ctx;
    struct box *group = box_new(ctx, list, BOX_COLUMN, ctx->tok.gap / 2);
    (void)label_new(ctx, &group->w, text_get(ctx->texts, title), STYLE_BODY_BOLD, ctx->tok.ink,
                    ctx->tok.card);
    return group;
}

/* As many beside each other as keep their words on one line. */
static void fit_columns(struct widget_ctx *ctx, struct box *grid, int n, int width_px)
{
    int most = 0;
    for (struct widget *w = grid->w.first; w; w = w->next)
        most = widget_natural(w, ctx) > most ? widget_natural(w, ctx) : most;
    int columns = n;
    while (columns > 1 && columns * most + (columns - 1) * grid->gap > width_px)
        columns--;
    grid->n_columns = n == 4 && columns == 3 ? 2 : columns;
}

struct choice {
    enum pref pref;
    const char *id;
    const char *const *words; /* ids of texts */
    int n, value;
};

static void chips(struct screen_build *b, struct box *group, const struct choice *c, int width_px)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *grid = box_new(ctx, &group->w, BOX_GRID, t->gap);
    for (int i = 0; i < c->n; i++) {
        struct button *chip = button_new(ctx, &grid->w, c->id, text_get(ctx->texts, c->words[i]),
                                         BUTTON_CHIP, wish(c->pref, i));
        chip->w.index = i;
        chip->w.is_selected = i == c->value;
        chip->w.ground = chip->w.is_selected ? t->tint : t->card;
    }
    fit_columns(ctx, grid, c->n, width_px);
}

/* A picture of the choice above its name. */
static void shown_choices(struct screen_build *b, struct box *group, const struct choice *c,
                          int width_px)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *grid = box_new(ctx, &group->w, BOX_GRID, t->gap);
    /* a panel with room for it shows them clearly larger than the words below */
    int percent = t->is_large || t->is_compact || t->is_wide ? 100 : 160;
    int most_px = b->samples->text_px[PREFS_N_TEXT - 1] * percent / 100 * 27 / 20;
    for (int i = 0; i < c->n; i++) {
        struct box *one = card_new(ctx, &grid->w, c->id, "option");
        bool is_selected = i == c->value;
        one->has_shadow = false;
        one->w.bleed = 0;
        one->fill = is_selected ? t->tint : t->card;
        one->line = t->edge;
        one->line_px = t->border;
        one->gap = t->gap / 4;
        one->pad_x = one->pad_y = t->gap / 2;
        one->w.index = i;
        one->w.is_selected = is_selected;
        one->w.least_h = t->target;
        one->w.text = text_get(ctx->texts, c->words[i]);
        one->w.action = wish(c->pref, i);
        struct sample *sample = widget_new(ctx, &one->w, &sample_class, NULL);
        sample->height = most_px;
        if (c->pref == PREF_CONTRAST) {
            sample->tokens = &b->samples->contrast[i];
        } else {
            sample->font = font_get(ctx->fonts, FONT_BOLD, b->samples->text_px[i] * percent / 100);
            sample->letter = text_get(ctx->texts, "ui.settings.letter");
        }
        struct box *line = box_new(ctx, &one->w, BOX_ROW, t->gap / 4);
        struct label *l =
            label_new(ctx, &line->w, one->w.text, STYLE_SMALL_BOLD, t->ink, one->fill);
        l->align = ALIGN_CENTRE;
        l->w.grow = 1;
        one->is_ticked = is_selected;
    }
    fit_columns(ctx, grid, c->n, width_px);
}

static void text_group(struct screen_build *b, struct widget *list, int width_px)
{
    static const char *const words[] = {"ui.settings.text_small", "ui.settings.text_normal",
                                        "ui.settings.text_large", "ui.settings.text_largest"};
    const struct prefs *p = &b->view->prefs;
    int value = p->is_elder && p->text < TEXT_LARGE ? TEXT_LARGE : p->text;
    struct choice c = {PREF_TEXT, "settings.text", words, PREFS_N_TEXT, value};
    shown_choices(b, group_new(b, list, "ui.settings.text"), &c, width_px);
}

static void contrast_group(struct screen_build *b, struct widget *list, int width_px)
{
    static const char *const words[] = {"ui.settings.contrast_usual", "ui.settings.contrast_light",
                                        "ui.settings.contrast_dark"};
    struct choice c = {PREF_CONTRAST, "settings.contrast", words, PREFS_N_CONTRAST,
                       b->view->prefs.contrast};
    shown_choices(b, group_new(b, list, "ui.settings.contrast"), &c, width_px);
}

/* Each language by its own name in its own script: nobody has to read another one to find it. */
static void language_group(struct screen_build *b, struct widget *list, int width_px)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    if (text_set_n_usable(ctx->texts) < 2)
        return;
    struct box *group = group_new(b, list, "ui.settings.language");
    struct box *grid = box_new(ctx, &group->w, BOX_GRID, t->gap);
    int n = 0;
    for (size_t i = 0; i < text_set_count(ctx->texts); i++) {
        const char *name = text_set_name(ctx->texts, i);
        if (!name)
            continue;
        struct button *chip = button_new(ctx, &grid->w, "settings.language", name, BUTTON_CHIP,
                                         wish(PREF_LANGUAGE, (int)i));
        chip->w.index = (int)i;
        chip->w.is_selected = i == text_set_selected(ctx->texts);
        chip->w.ground = chip->w.is_selected ? t->tint : t->card;
        n++;
    }
    fit_columns(ctx, grid, n < 3 ? n : 3, width_px);
}

static void speech_group(struct screen_build *b, struct widget *list, int width_px)
{
    static const char *const words[] = {"ui.settings.speech_off", "ui.settings.speech_prompts",
                                        "ui.settings.speech_all"};
    struct choice c = {PREF_SPEECH, "settings.speech", words, PREFS_N_SPEECH,
                       b->view->prefs.speech};
    chips(b, group_new(b, list, "ui.settings.speech"), &c, width_px);
}

struct scale {
    enum pref pref;
    const char *title, *less, *more; /* ids of texts */
    const char *less_id, *more_id;
    int n, value;
};

static void scale_group(struct screen_build *b, struct widget *list, const struct scale *c)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    struct box *group = group_new(b, list, c->title);
    struct box *row = box_new(ctx, &group->w, BOX_ROW, t->gap);
    struct button *less = button_new(ctx, &row->w, c->less_id, text_get(ctx->texts, c->less),
                                     BUTTON_PLAIN, wish(c->pref, c->value - 1));
    struct level *level = widget_new(ctx, &row->w, &level_class, NULL);
    struct button *more = button_new(ctx, &row->w, c->more_id, text_get(ctx->texts, c->more),
                                     BUTTON_PLAIN, wish(c->pref, c->value + 1));
    less->icon = "minus";
    more->icon = "plus";
    level->value = c->value;
    level->n = c->n;
    level->w.text = widget_words(ctx, "ui.settings.level", widget_number(ctx, c->value + 1),
                                 widget_number(ctx, c->n));
    struct button *both[] = {less, more};
    for (int i = 0; i < 2; i++) {
        both[i]->style = STYLE_BODY_BOLD;
        both[i]->w.grow = 4;
        both[i]->w.is_disabled = c->value == (i ? c->n - 1 : 0);
        if (both[i]->w.is_disabled)
            both[i]->w.ink = t->on_off;
    }
    level->w.grow = 3;
}

static void sound_groups(struct screen_build *b, struct widget *list)
{
    const struct prefs *p = &b->view->prefs;
    const struct scale volume = {
        PREF_VOLUME,       "ui.settings.volume", "ui.settings.softer", "ui.settings.louder",
        "settings.softer", "settings.louder",    PREFS_N_VOLUME,       p->volume};
    const struct scale speed = {
        PREF_SPEED,        "ui.settings.speed", "ui.settings.slower", "ui.settings.faster",
        "settings.slower", "settings.faster",   PREFS_N_SPEED,        p->speed};
    if (p->speech == SPEECH_OFF) /* nothing to set */
        return;
    scale_group(b, list, &volume);
    scale_group(b, list, &speed);
}

static void switch_new(struct screen_build *b, struct widget *list, const char *id,
                       const char *words, enum pref pref, bool is_on)
{
    struct widget_ctx *ctx = b->ctx;
    struct button *chip =
        button_new(ctx, list, id, text_get(ctx->texts, words), BUTTON_CHECK, wish(pref, !is_on));
    chip->w.is_selected = is_on;
    chip->w.ground = is_on ? ctx->tok.tint : ctx->tok.card;
}

/* ---- the sheet ---- */

static void close_button(struct screen_build *b, struct widget *parent)
{
    struct button *done =
        button_new(b->ctx, parent, "settings.close", text_get(b->ctx->texts, "ui.settings.done"),
                   BUTTON_MAIN, (struct widget_action){.act = ACT_SETTINGS_DONE});
    done->w.least_h = b->ctx->tok.target_main;
    done->icon = "tick";
}

static void title_new(struct screen_build *b, struct widget *parent)
{
    const struct tokens *t = &b->ctx->tok;
    struct label *title =
        label_new(b->ctx, parent, text_get(b->ctx->texts, "ui.settings.title"),
                  t->is_compact || t->is_wide ? STYLE_STRONG : STYLE_TITLE, t->ink, t->card);
    title->w.id = "settings.title";
    title->w.role = "heading";
}

/* Standing: title, groups, one button. Lying: the groups beside title and button. */
static struct list *sheet_new(struct screen_build *b, struct box *card, int *ret_width)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    int inner = b->panel_w - 2 * (t->margin + card->pad_x);
    struct list *list = NULL;
    if (!t->is_wide) {
        title_new(b, &card->w);
        int used = widget_measure(card->w.first, ctx, inner) + card->gap;
        card->w.least_h = b->view->prefs.is_low ? b->panel_h / 2 - t->margin + used + card->pad_y
                                                : b->panel_h * SHEET_PERCENT / 100;
        list = list_new(ctx, &card->w, &b->state->settings_page, false);
        close_button(b, &card->w);
        *ret_width = inner;
    } else {
        card->kind = BOX_ROW;
        card->stretch = true;
        card->gap = t->gap_wide;
        card->w.least_h = b->panel_h - 2 * t->margin;
        card->w.basis = b->panel_w - 2 * t->margin;
        list = list_new(ctx, &card->w, &b->state->settings_page, false);
        struct box *side = box_new(ctx, &card->w, BOX_COLUMN, t->gap);
        side->w.basis = card->w.basis * SIDE_PERCENT / 100;
        title_new(b, &side->w);
        spacer_new(ctx, &side->w, 1);
        close_button(b, &side->w);
        *ret_width = inner - side->w.basis - card->gap;
    }
    list->w.basis = t->is_wide ? 0 : inner;
    return list;
}

/* What is seen, and what is heard and touched: beside each other on a large lying panel. */
static void groups(struct screen_build *b, struct widget *list, int width)
{
    struct widget_ctx *ctx = b->ctx;
    const struct tokens *t = &ctx->tok;
    const struct prefs *p = &b->view->prefs;
    struct widget *seen = list, *heard = list;
    if (t->is_wide && !t->is_compact && !t->is_large) {
        struct box *both = box_new(ctx, list, BOX_ROW, t->gap_wide);
        struct box *half[2];
        both->stretch = true;
        width = (width - t->gap_wide) / 2;
        for (int i = 0; i < 2; i++) {
            half[i] = box_new(ctx, &both->w, BOX_COLUMN, t->gap_wide);
            half[i]->w.basis = width;
        }
        seen = &half[0]->w;
        heard = &half[1]->w;
    }
    language_group(b, seen, width);
    text_group(b, seen, width);
    contrast_group(b, seen, width);
    speech_group(b, heard, width);
    sound_groups(b, heard);
    switch_new(b, heard, "settings.elder", "ui.settings.elder", PREF_ELDER, p->is_elder);
    switch_new(b, heard, "settings.low", "ui.settings.low", PREF_LOW, p->is_low);
}

void screen_settings(struct screen_build *b)
{
    const struct tokens *t = &b->ctx->tok;
    int width = 0;
    if (!b->state->is_settings)
        return;
    struct box *card = screen_overlay(b, "dialog");
    card->gap = t->gap;
    if (t->is_compact)
        card->pad_x = card->pad_y = t->pad;
    struct list *list = sheet_new(b, card, &width);
    groups(b, &list->w, width);
    list_finish(list);
    list->where->ground = t->card;
    b->body->pager->first->id = NULL; /* the sheet's buttons carry the names now */
    b->body->down->id = NULL;
}
