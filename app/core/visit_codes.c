/* SPDX-License-Identifier: Apache-2.0 */
/* What a scanned code does: which kinds the page takes, how many, how often, and that a token
 * serves one application only. What the code says is kept for the application and nowhere else.
 * Pure. Thread: the one that owns the visit.
 *
 * A token is used up when the application that holds it is stored, not when it is shown: who is
 * interrupted may show it again. Addresses only identify and may come again at any time. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <string.h>

#include "base/bytes.h"

/* What the materials page takes, unless the settings say less. */
static const unsigned material_kinds = 1U << CODE_URL | 1U << CODE_TOKEN;

static const char *refusal(enum code_kind kind)
{
    switch (kind) {
    case CODE_PAYMENT:
        return "materials.code_payment";
    case CODE_RECEIPT:
        return "materials.code_receipt";
    case CODE_URL:
    case CODE_URL_FOREIGN:
        return "materials.code_url";
    case CODE_TOKEN:
    case CODE_UNKNOWN:
    case CODE_N_KINDS:
        break;
    }
    return "materials.code_kind";
}

void visit_codes_refuse(struct visit *v, const char *id, const char *arg)
{
    visit_alert_set(v, id, TONE_WARN, arg);
    if (++v->s.n_refusals < VISIT_CODE_REFUSALS)
        return;
    v->s.n_refusals = 0;
    v->s.codes_paused_until_ms = v->now_ms + VISIT_CODE_PAUSE_MS;
    visit_alert_set(v, "materials.code_pause", TONE_WARN, NULL);
}

static bool is_used_up(const struct visit *v, const char *text)
{
    uint64_t hash = hash_keyed(v->cfg.scan_key, text, strlen(text));
    size_t n = v->n_used_codes < VISIT_N_USED_CODES ? v->n_used_codes : VISIT_N_USED_CODES;
    for (size_t i = 0; i < n; i++)
        if (v->used_code[i] == hash)
            return true;
    return false;
}

/* @return another material that holds the same code, or -1 */
static int same_code(const struct visit *v, int material, const char *text)
{
    for (size_t i = 0; i < v->s.matter->n_materials; i++)
        if ((int)i != material && v->s.supply[i].kind == SUPPLY_SCANNED &&
            !strcmp(v->s.supply[i].token, text))
            return (int)i;
    return -1;
}

static void take_for(struct visit *v, int material, enum code_kind kind, const char *text)
{
    const struct matter_material *m = v->s.matter->material;
    int other = same_code(v, material, text);
    if (other >= 0) {
        visit_codes_refuse(v, "materials.same_code", m[other].name);
    } else if (kind == CODE_TOKEN && is_used_up(v, text)) {
        visit_codes_refuse(v, "materials.code_used", NULL);
    } else if (v->s.n_codes >= VISIT_MAX_CODES) {
        visit_alert_set(v, "materials.code_limit", TONE_WARN, NULL);
    } else {
        v->s.n_codes++;
        v->s.n_refusals = 0;
        visit_flow_supply(v, material, SUPPLY_SCANNED);
        v->s.supply[material].code = kind;
        visit_copy(v->s.supply[material].token, sizeof v->s.supply[material].token, text);
        visit_alert_set(v, "materials.scanned", TONE_OK, m[material].name);
    }
}

void visit_codes_take(struct visit *v, const char *text)
{
    visit_progress_code(v, text);
    if (v->now_ms < v->s.codes_paused_until_ms || visit_other_code(v, text) ||
        v->state != STATE_MATERIALS)
        return;
    if (!v->s.awaiting) {
        visit_alert_set(v, "materials.choose_first", TONE_WARN, NULL);
        return;
    }
    unsigned allowed = v->cfg.scan_kinds ? v->cfg.scan_kinds & material_kinds : material_kinds;
    enum code_kind kind = code_kind_of(text, &v->cfg.scan_hosts);
    if (allowed & 1U << kind)
        take_for(v, v->s.awaiting - 1, kind, text);
    else
        visit_codes_refuse(v, refusal(kind), NULL);
}

void visit_codes_failed(struct visit *v, int code)
{
    visit_progress_code_failed(v, code);
    bool is_awaited =
        (v->state == STATE_MATERIALS && v->s.awaiting) || visit_other_wanted(v, "code.uscc");
    if (!is_awaited || v->now_ms < v->s.codes_paused_until_ms)
        return;
    const char *id = "materials.code_failed";
    if (code == ERR_SCANNER_TOO_LONG || code == ERR_SCANNER_TEXT || code == ERR_SCANNER_KIND)
        id = "materials.code_kind";
    else if (code == ERR_CAMERA_SEVERAL)
        id = "materials.code_several";
    visit_alert_set(v, id, TONE_WARN, NULL);
}

void visit_codes_remember(struct visit *v)
{
    for (size_t i = 0; i < v->s.matter->n_materials; i++) {
        const struct visit_supply *s = &v->s.supply[i];
        if (s->kind != SUPPLY_SCANNED || s->code != CODE_TOKEN)
            continue;
        v->used_code[v->n_used_codes % VISIT_N_USED_CODES] =
            hash_keyed(v->cfg.scan_key, s->token, strlen(s->token));
        v->n_used_codes++;
    }
}
