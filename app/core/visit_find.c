/* SPDX-License-Identifier: Apache-2.0 */
/* Coming to a matter: the home page with its stages, the matters of a stage, the search. What is
 * typed may be personal and goes with the visit. Pure. Thread: the one that owns the visit.
 *
 *   HOME ──stage, search──► FIND ──matter──► MATTER
 *     ▲ └──popular──────────────────────────►  │ back: to where it was chosen
 *     └──── back ────────────┘ ◄───────────────┘ */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

static const struct matter *matter_at(const struct visit *v, int i)
{
    return matter_set_at(v->cfg.catalogue->matters, (size_t)i);
}

/* ---- what stands in the lists ---- */

bool visit_find_is_listed(const struct visit *v, int matter)
{
    const struct matter *m = matter_at(v, matter);
    if (!v->today)
        return true; /* nobody has told the day yet */
    return matter_is_valid_on(m, v->today) &&
           (m->status != MATTER_OPEN || matter_is_open_on(m, v->today, NULL));
}

size_t visit_find_stage(const struct visit *v, const struct home_stage *stage, int *ret, size_t cap)
{
    size_t n = 0;
    for (int status = MATTER_OPEN; status <= MATTER_LISTED; status++)
        for (size_t i = 0; i < stage->n_matters && n < cap; i++)
            if ((int)matter_at(v, stage->matter[i])->status == status &&
                visit_find_is_listed(v, stage->matter[i]))
                ret[n++] = stage->matter[i];
    return n;
}

const struct home_stage *visit_find_the_stage(const struct visit *v)
{
    return &v->cfg.catalogue->home->tree[v->s.finding.tree].stage[v->s.finding.stage];
}

void visit_find_search(struct visit *v)
{
    struct visit_finding *f = &v->s.finding;
    struct search_hit hit[SEARCH_MAX_HITS];
    const struct search *search = v->cfg.catalogue->search;
    const char *language = visit_language(v);
    size_t n = 0;
    if (language && f->query[0])
        n = search_find_translated(v->cfg.catalogue, language, f->query, v->today, hit);
    if (search && f->query[0] && !n)
        n = search_find(search, f->query, v->today, hit);
    for (size_t i = 0; i < n; i++)
        f->hit[i] = hit[i].matter;
    f->n_hits = (int)n;
    v->is_dirty = true;
}

/* ---- coming and going ---- */

static void open_matter(struct visit *v, int matter)
{
    v->s.finding.opened_from = v->state;
    v->s.finding.opened_page = v->s.page;
    v->s.matter = matter_at(v, matter);
    v->s.started_wall_ms = visit_wall_now(v);
    visit_answers_update(v);
    visit_enter(v, STATE_MATTER);
}

static void enter_find(struct visit *v, enum visit_find by, int stage)
{
    v->s.finding.by = by;
    v->s.finding.stage = stage;
    visit_enter(v, STATE_FIND);
}

void visit_find_leave(struct visit *v)
{
    int tree = v->s.finding.tree;
    struct prefs prefs = v->prefs;
    bool is_looking = v->is_looking;
    visit_end(v);
    if (v->state != STATE_HOME)
        return;
    v->s.finding.tree = tree;
    v->prefs = prefs;
    v->is_looking = is_looking;
    v->is_seen = true; /* the visitor is still there */
}

void visit_find_return(struct visit *v)
{
    struct visit_finding finding = v->s.finding;
    bool has_laid_card = v->s.has_laid_card;
    if (finding.opened_from == STATE_FIND) {
        bytes_wipe(&v->s, sizeof v->s);
        visit_effect_add(v, VISIT_EFFECT_WIPE);
        v->s.finding = finding;
        v->s.has_laid_card = has_laid_card;
        visit_enter(v, STATE_FIND);
        visit_flow_set_page(v, finding.opened_page);
    } else {
        visit_find_leave(v);
    }
    bytes_wipe(&finding, sizeof finding);
}

int visit_find_home_ms(const struct visit *v)
{
    /* seen: the screens may have something open of which nothing is known here */
    bool is_first_look = !v->s.finding.tree && !v->s.page && !v->is_looking && !v->is_seen;
    return !is_first_look || !visit_prefs_are_default(v) ? v->cfg.idle_ask_ms : 0;
}

/* ---- taps ---- */

/* Both pages lead to the same places. */
static void open_slot(struct visit *v, const struct visit_slot *slot)
{
    switch ((int)slot->kind) {
    case SLOT_MATTER:
        open_matter(v, slot->ref);
        break;
    case SLOT_STAGE:
        enter_find(v, FIND_STAGE, slot->ref);
        break;
    case SLOT_TILE_GUIDE:
        visit_guide_begin(v);
        break;
    case SLOT_TILE_PROGRESS:
        visit_progress_begin(v);
        break;
    case SLOT_SEARCH:
        if (v->state == STATE_HOME)
            enter_find(v, FIND_SEARCH, 0);
        break;
    default:
        break;
    }
}

static void turn_page(struct visit *v, const struct visit_layout *layout, bool wraps)
{
    if (layout->page + 1 < layout->n_pages)
        visit_flow_set_page(v, layout->page + 1);
    else if (wraps)
        visit_flow_set_page(v, 0);
}

void visit_flow_home(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    const struct visit_slot *slot = visit_flow_slot(v, in->item, &layout);
    const struct home *home = v->cfg.catalogue->home;
    if (in->kind == INTENT_NEXT) {
        turn_page(v, &layout, true);
    } else if (in->kind == INTENT_OPEN && slot) {
        open_slot(v, slot);
    } else if (in->kind == INTENT_CHOOSE && slot && slot->kind == SLOT_TREE && in->option >= 0 &&
               (size_t)in->option < home->n_trees) {
        v->s.finding.tree = in->option;
        visit_flow_set_page(v, 0);
    }
}

/* Plain text that fits; anything else is not what a keyboard sends and changes nothing. */
static void type(struct visit *v, const char *text)
{
    if (!text_is_plain(text, strlen(text)))
        return;
    bytes_wipe(v->s.finding.query, sizeof v->s.finding.query);
    visit_copy(v->s.finding.query, sizeof v->s.finding.query, text + strspn(text, " "));
    visit_find_search(v);
    visit_flow_set_page(v, 0);
}

void visit_flow_find(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    const struct visit_slot *slot = visit_flow_slot(v, in->item, &layout);
    if (in->kind == INTENT_NEXT) {
        turn_page(v, &layout, false);
    } else if (in->kind == INTENT_OPEN && slot) {
        open_slot(v, slot);
    } else if (in->kind == INTENT_SET_TEXT && slot && slot->kind == SLOT_SEARCH) {
        type(v, in->text);
    } else if (in->kind == INTENT_BACK) {
        if (v->s.page > 0)
            visit_flow_set_page(v, v->s.page - 1);
        else if (v->s.finding.by == FIND_GUIDE)
            visit_enter(v, STATE_GUIDE);
        else
            visit_find_leave(v);
    }
}
