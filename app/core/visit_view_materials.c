/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of materials: told, to be supplied, on the review. Pure. Thread: the one that owns the
 * visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

/* Why nothing is asked for, or what must be brought. */
static const char *mode_text(const struct visit *v, enum matter_mode mode)
{
    bool is_online = v->link.is_online;
    switch (mode) {
    case MODE_E1:
        return "material.generated";
    case MODE_E2:
        return is_online ? "material.certificate" : "material.certificate_offline";
    case MODE_E3:
        return is_online ? "material.checked" : "material.checked_offline";
    case MODE_E4:
        return is_online ? "material.space" : "material.space_offline";
    case MODE_E5:
        return "material.promise";
    case MODE_E6:
        return "material.needed";
    case MODE_E7:
        break;
    }
    return "material.later";
}

/* Who issued it. The centre says it in Chinese: to those who read something else the name of what
 * was found says more. */
static const char *proof_name(const struct visit *v, const struct matter_material *m,
                              const struct shared_item *proof, struct view *ret)
{
    bool is_readable = !visit_language(v) || visit_say(v, proof->issuer) != proof->issuer;
    return proof->issuer[0] && (is_readable || !m->certificate)
               ? visit_say_copy(v, proof->issuer, ret)
               : m->certificate;
}

/* What the centre said about it: "verified: issuer, valid to". */
static void show_proof(const struct visit *v, int index, struct view_item *item, struct view *ret)
{
    const struct matter_material *m = &v->s.matter->material[index];
    const struct shared_item *proof = NULL;
    switch (visit_shared_proof(v, index, &proof)) {
    case PROOF_NONE:
        break;
    case PROOF_WAITING:
        item->note = text_id("material.waiting");
        item->tone = TONE_WAIT;
        break;
    case PROOF_VERIFIED:
        item->note = text_id(proof->valid_to[0] ? "material.verified_to" : "material.verified");
        item->note.arg[0] = proof_name(v, m, proof, ret);
        if (proof->valid_to[0])
            item->note.arg[1] = visit_view_copy(ret, proof->valid_to);
        item->tone = TONE_OK;
        break;
    case PROOF_EXPIRED:
        item->note = text_arg("material.expired", visit_view_copy(ret, proof->valid_to));
        break;
    case PROOF_MISMATCH:
        item->note = text_id("material.mismatch");
        break;
    case PROOF_ABSENT:
        item->note = text_id("material.absent");
        break;
    }
}

static void show_material(const struct visit *v, int index, struct view *ret)
{
    const struct matter_material *m = &v->s.matter->material[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_MATERIAL, visit_view_printf(ret, "material.%.80s", m->id));
    bool is_maybe = visit_matter_material(v, (size_t)index) == TRI_UNKNOWN;
    item->label = text_lit(m->name);
    item->note = text_id(mode_text(v, m->mode));
    item->note.arg[0] = m->certificate;
    item->value = is_maybe ? text_id("material.maybe") : text_lit_or_none(m->hint);
    item->tone = m->mode == MODE_E6 || m->mode == MODE_E7 ? TONE_WAIT : TONE_OK;
    if (v->state == STATE_MATTER)
        return;
    if ((m->mode == MODE_E2 || m->mode == MODE_E3) && !v->link.is_online)
        item->tone = TONE_WAIT;
    show_proof(v, index, item, ret);
}

static const char *supply_text(enum visit_supply_kind kind)
{
    switch (kind) {
    case SUPPLY_SCANNED:
        return "supply.scanned";
    case SUPPLY_LATER:
        return "supply.later";
    case SUPPLY_PROMISED:
        return "supply.promised";
    case SUPPLY_NONE:
        break;
    }
    return "supply.none";
}

static struct view_text supply_state(const struct visit *v, int index, struct view *ret)
{
    struct view_text text = text_id(supply_text(v->s.supply[index].kind));
    if (v->s.supply[index].kind == SUPPLY_LATER)
        text.arg[0] = visit_view_printf(ret, "%d", visit_later_days(v, index));
    return text;
}

static void show_supply(const struct visit *v, int index, struct view *ret)
{
    static const char *const label[] = {
        [ACTION_SCAN] = "supply.do_scan",
        [ACTION_LATER] = "supply.do_later",
        [ACTION_PROMISE] = "supply.do_promise",
    };
    const struct matter_material *m = &v->s.matter->material[index];
    const struct visit_supply *s = &v->s.supply[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_MATERIAL, visit_view_printf(ret, "material.%.80s", m->id));
    bool is_awaited = v->s.awaiting == index + 1;
    enum material_action actions[3];
    int n = visit_supply_actions(v, index, actions);
    item->label = text_lit(m->name);
    item->value = text_lit_or_none(m->hint);
    item->is_enabled = true;
    item->is_required = v->s.plan.material[index] == TRI_TRUE;
    item->tone = s->kind == SUPPLY_NONE ? TONE_WAIT : TONE_OK;
    if (is_awaited)
        item->note = text_id("supply.awaiting");
    else if (s->kind != SUPPLY_NONE)
        item->note = supply_state(v, index, ret);
    else if ((m->actions & ACTION_SCAN) && !visit_device_usable(v, DEVICE_SCANNER))
        item->note = text_device("supply.no_scanner", DEVICE_SCANNER,
                                 device_cause_of(&v->device[DEVICE_SCANNER]));
    else if (m->mode != MODE_E6)
        show_proof(v, index, item, ret); /* why it is asked for after all */
    else
        item->note = text_id(item->is_required ? "supply.none" : "material.maybe");
    for (int i = 0; i < n; i++) {
        bool is_on = (actions[i] == ACTION_SCAN && (is_awaited || s->kind == SUPPLY_SCANNED)) ||
                     (actions[i] == ACTION_LATER && s->kind == SUPPLY_LATER) ||
                     (actions[i] == ACTION_PROMISE && s->kind == SUPPLY_PROMISED);
        visit_option_add(ret, item, text_id(label[actions[i]]), is_on);
    }
}

static void show_pair_supply(const struct visit *v, int index, struct view *ret)
{
    const struct matter_material *m = &v->s.matter->material[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_PAIR, visit_view_printf(ret, "review.material.%.72s", m->id));
    item->label = text_lit(m->name);
    item->value = supply_state(v, index, ret);
    item->is_enabled = true;
}

void visit_view_material(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    if (slot->kind == SLOT_MATERIAL)
        show_material(v, slot->ref, ret);
    else if (slot->kind == SLOT_SUPPLY)
        show_supply(v, slot->ref, ret);
    else
        show_pair_supply(v, slot->ref, ret);
}
