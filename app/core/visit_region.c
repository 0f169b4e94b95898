/* SPDX-License-Identifier: Apache-2.0 */
/* Divisions chosen level by level: province, city, county. What is chosen so far is kept as the
 * code of that level and counts as unanswered until nothing lies below it. Pure. Thread: the one
 * that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_priv.h"

bool visit_region_has_table(const struct visit *v)
{
    return v->cfg.catalogue->codes != NULL;
}

const struct codes_entry *visit_region_next(const struct visit *v, int var, size_t *ret_n)
{
    *ret_n = 0;
    if (!visit_region_has_table(v))
        return NULL;
    return region_children(v->cfg.catalogue->codes, v->s.value[var], ret_n);
}

bool visit_region_is_partial(const struct visit *v, int var)
{
    return v->s.matter->var[var].type == TYPE_REGION && v->s.value[var][0] &&
           visit_region_has_table(v) && !region_is_whole(v->cfg.catalogue->codes, v->s.value[var]);
}

void visit_region_tap(struct visit *v, int var, int option)
{
    size_t n = 0;
    const struct codes_entry *next = visit_region_next(v, var, &n);
    bool has_chosen = v->s.value[var][0];
    if (has_chosen && option == 0) {
        visit_answers_set(v, var, "");
        return;
    }
    int at = option - has_chosen;
    if (at >= 0 && (size_t)at < n)
        visit_answers_set(v, var, next[at].code);
}
