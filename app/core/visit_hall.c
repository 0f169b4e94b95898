/* SPDX-License-Identifier: Apache-2.0 */
/* What the hall says at home, the same for everybody: notices that hold today, figures, who runs
 * the terminal; and what of it works now, where it does not, and where else to go. Nothing
 * personal. Pure. Thread: the one that owns the visit. */
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <inttypes.h>

#include "core/content.h"

enum {
    NOTICES_AT_ONCE = 2,
    NOTICES_ELDER = 1, /* large text needs the room */
    NOTICES_MS = 30000,
    MAX_PLACES = 4,
};

/* ---- notices ---- */

/* @return how many notices hold today; the places of the first cap of them */
static int notices_of_today(const struct visit *v, int ret[CONTENT_MAX_NOTICES])
{
    const struct content *content = v->cfg.content;
    int n = 0;
    for (size_t i = 0; content && i < content_count(content) && n < CONTENT_MAX_NOTICES; i++)
        if (content_is_valid_on(content_at(content, i), v->today))
            ret[n++] = (int)i;
    return n;
}

static int notices_at_once(const struct visit *v)
{
    return v->prefs.is_elder ? NOTICES_ELDER : NOTICES_AT_ONCE;
}

int visit_hall_lay_notices(struct visit_builder *b)
{
    int place[CONTENT_MAX_NOTICES] = {0};
    int n = notices_of_today(b->v, place), most = notices_at_once(b->v);
    int n_shown = n < most ? n : most;
    for (int i = 0; i < n_shown; i++)
        visit_put(b, SLOT_HALL_NOTICE, place[(b->v->notices_shift + i) % n]);
    return n_shown;
}

/* They move on only while nobody has touched anything: not under a finger or an ear. */
int visit_hall_notices_ms(const struct visit *v)
{
    int place[CONTENT_MAX_NOTICES];
    bool is_quiet = v->state == STATE_HOME && !visit_find_home_ms(v) && !v->is_headset;
    return is_quiet && notices_of_today(v, place) > notices_at_once(v) ? NOTICES_MS : 0;
}

void visit_hall_next_notices(struct visit *v)
{
    int place[CONTENT_MAX_NOTICES];
    int n = notices_of_today(v, place);
    if (n == 0)
        return;
    v->notices_shift = (v->notices_shift + notices_at_once(v)) % n;
    v->is_dirty = true;
}

static void show_notice(const struct visit *v, int index, struct view *ret)
{
    const struct content_notice *n = content_at(v->cfg.content, (size_t)index);
    const char *language =
        v->prefs.language < v->cfg.n_languages ? v->cfg.languages[v->prefs.language] : "zh-Hans";
    struct view_item *item = visit_item_add(ret, VIEW_NOTE, n->id);
    item->label = text_arg("home.notice", content_say(&n->title, language));
    item->label.arg[1] = content_say(&n->text, language);
    item->icon = n->picture;
}

/* ---- figures ---- */

enum counters { COUNTERS_OWN, COUNTERS_HALL, COUNTERS_PROVINCE, N_COUNTERS };

static const struct {
    const char *id, *text, *text_total; /* text_total: nothing today */
} counters[N_COUNTERS] = {
    [COUNTERS_OWN] = {"home.counters", "home.counters", "home.counters_total"},
    [COUNTERS_HALL] = {"home.counters.hall", "home.counters_hall", "home.counters_hall_total"},
    [COUNTERS_PROVINCE] = {"home.counters.province", "home.counters_province",
                           "home.counters_province_total"},
};

/* What the centre said holds while it answers: each answer brings it anew. */
static const struct counter_pair *counter_of(const struct visit *v, int which)
{
    const struct service_counters *c = &v->counters;
    if (which == COUNTERS_OWN)
        return &c->own;
    if (which == COUNTERS_HALL)
        return c->has_hall && v->link.is_online ? &c->hall : NULL;
    return c->has_province && v->link.is_online ? &c->province : NULL;
}

static void lay_counters(struct visit_builder *b)
{
    if (!b->v->counters.day)
        return;
    for (int i = 0; i < N_COUNTERS; i++) {
        const struct counter_pair *pair = counter_of(b->v, i);
        if (pair && pair->total > 0)
            visit_put(b, SLOT_COUNTERS, i);
    }
}

static void show_counters(const struct visit *v, int which, struct view *ret)
{
    const struct counter_pair *pair = counter_of(v, which);
    bool is_today = pair->today > 0 && v->counters.day == v->today;
    struct view_item *item = visit_item_add(ret, VIEW_PARAGRAPH, counters[which].id);
    item->label = text_arg(is_today ? counters[which].text : counters[which].text_total,
                           visit_view_printf(ret, "%" PRId64, pair->total));
    if (is_today)
        item->label.arg[1] = visit_view_printf(ret, "%" PRId64, pair->today);
}

void visit_hall_counters(struct visit *v, const struct service_counters *now)
{
    v->counters = *now;
    v->is_dirty |= v->state == STATE_HOME;
}

/* ---- who runs it ---- */

static void show_owner(const struct visit *v, struct view *ret)
{
    struct view_item *item = visit_item_add(ret, VIEW_PARAGRAPH, "home.owner");
    const char *phone = v->cfg.hall_phone ? v->cfg.hall_phone : "12345";
    bool has_owner = v->cfg.hall_owner != NULL, has_hours = v->cfg.hall_hours != NULL;
    item->label = text_arg(has_owner && has_hours ? "home.owner_hours"
                           : has_owner            ? "home.owner"
                           : has_hours            ? "home.phone_hours"
                                                  : "home.phone",
                           phone);
    item->label.arg[1] = has_owner ? v->cfg.hall_owner : v->cfg.hall_hours;
    item->label.arg[2] = has_owner ? v->cfg.hall_hours : NULL;
}

void visit_hall_lay_foot(struct visit_builder *b)
{
    lay_counters(b);
    visit_put(b, SLOT_OWNER, 0);
}

/* ---- what works ---- */

static bool can_be_known(const struct visit *v)
{
    return !visit_device_dead(v, DEVICE_READER) || !visit_device_dead(v, DEVICE_SCANNER);
}

bool visit_hall_works(const struct visit *v, enum visit_function function)
{
    bool has_matters = matter_set_count(v->cfg.catalogue->matters) > 0;
    switch (function) {
    case FUNCTION_APPLY:
        return has_matters && !v->store_fault && !visit_device_dead(v, DEVICE_READER);
    case FUNCTION_CARDS:
        return !visit_device_dead(v, DEVICE_READER);
    case FUNCTION_CODES:
        return !visit_device_dead(v, DEVICE_SCANNER);
    case FUNCTION_RECEIPTS:
        return !visit_device_dead(v, DEVICE_PRINTER);
    case FUNCTION_PROGRESS:
        return v->link.is_online && can_be_known(v);
    case FUNCTION_LOOK_UP:
        return has_matters;
    case VISIT_N_FUNCTIONS:
        break;
    }
    return false;
}

static const struct {
    const char *id;
    enum device_kind device; /* DEVICE_N_KINDS: none of its own */
} functions[VISIT_N_FUNCTIONS] = {
    [FUNCTION_APPLY] = {"function.apply", DEVICE_N_KINDS},
    [FUNCTION_CARDS] = {"function.cards", DEVICE_READER},
    [FUNCTION_CODES] = {"function.codes", DEVICE_SCANNER},
    [FUNCTION_RECEIPTS] = {"function.receipts", DEVICE_PRINTER},
    [FUNCTION_PROGRESS] = {"function.progress", DEVICE_N_KINDS},
    [FUNCTION_LOOK_UP] = {"function.look_up", DEVICE_N_KINDS},
};

/* Why it does not, in plain words. */
static struct view_text reason_of(const struct visit *v, enum visit_function function)
{
    bool has_matters = matter_set_count(v->cfg.catalogue->matters) > 0;
    enum device_kind device = functions[function].device;
    if (function == FUNCTION_APPLY && has_matters)
        device = v->store_fault ? DEVICE_N_KINDS : DEVICE_READER;
    if (device != DEVICE_N_KINDS)
        return text_device("device.short", device, device_cause_of(&v->device[device]));
    if (function == FUNCTION_PROGRESS)
        return text_id(v->link.is_online ? "function.no_reader" : "function.offline");
    return text_id(has_matters ? "function.store" : "out.no_matter");
}

static void show_function(const struct visit *v, enum visit_function function, struct view *ret)
{
    struct view_item *item = visit_item_add(ret, VIEW_TASK, functions[function].id);
    bool is_working = visit_hall_works(v, function);
    item->label = text_id(functions[function].id);
    item->value2 = text_id(is_working ? "function.works" : "function.stopped");
    item->tone = is_working ? TONE_OK : TONE_ERROR;
    if (!is_working)
        item->note = reason_of(v, function);
}

static void show_place(const struct visit *v, int index, struct view *ret)
{
    const struct visit_place *place = &v->cfg.places[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_PLACE, visit_view_printf(ret, "place.%d", index + 1));
    item->label = text_lit(place->name);
    item->value = text_lit_or_none(place->address);
    item->value2 = text_lit_or_none(place->hours);
    item->note = text_lit_or_none(place->phone);
}

void visit_hall_lay_functions(struct visit_builder *b)
{
    for (int i = 0; i < VISIT_N_FUNCTIONS; i++)
        visit_put(b, SLOT_FUNCTION, i);
    if (b->v->cfg.n_places)
        visit_put_text(b, VIEW_HEADING, "out.elsewhere", TONE_NEUTRAL);
    for (size_t i = 0; i < b->v->cfg.n_places && i < MAX_PLACES; i++)
        visit_put(b, SLOT_PLACE, (int)i);
}

void visit_flow_out_of_service(struct visit *v, const struct intent *in)
{
    if (in->kind != INTENT_NEXT || !visit_hall_works(v, FUNCTION_LOOK_UP))
        return;
    v->is_looking = true;
    visit_enter(v, STATE_HOME);
}

/* ---- all of it ---- */

void visit_hall_view(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    switch ((int)slot->kind) {
    case SLOT_FUNCTION:
        show_function(v, (enum visit_function)slot->ref, ret);
        break;
    case SLOT_PLACE:
        show_place(v, slot->ref, ret);
        break;
    case SLOT_HALL_NOTICE:
        show_notice(v, slot->ref, ret);
        break;
    case SLOT_COUNTERS:
        show_counters(v, slot->ref, ret);
        break;
    default:
        show_owner(v, ret);
        break;
    }
}
