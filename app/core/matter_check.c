/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of one answer: presence, characters, type, pattern, the matter's own rule. Every complaint
 * is a string id of assets/strings. Pure; any thread. */
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "core/matter_priv.h"

/* Length and characters, before anything looks inside. */
static const char *check_text(const struct matter_var *var, const char *value)
{
    size_t total = strlen(value);
    if (!text_is_plain(value, total))
        return "field.bad.text";
    /* a number says better what is wrong with its length */
    bool has_own_length = var->type == TYPE_IDNO || var->type == TYPE_MOBILE ||
                          var->type == TYPE_DATE || var->type == TYPE_BANKCARD ||
                          var->type == TYPE_USCC || var->type == TYPE_REGION;
    if (total >= MATTER_VALUE_BYTES)
        return "field.bad.long";
    return !has_own_length && bytes_utf8_count(value) > var->max_chars ? "field.bad.long" : NULL;
}

static const char *absent_text(const struct matter_var *var)
{
    bool is_choice = var->type == TYPE_BOOL || var->type == TYPE_ENUM || var->type == TYPE_SET ||
                     var->type == TYPE_REGION;
    if (var->type == TYPE_CONSENT)
        return "field.required.consent";
    return is_choice ? "field.required.choose" : "field.required";
}

static int refuse(const char *text_id, const char **ret_text_id)
{
    *ret_text_id = text_id;
    return ERR_FIELD_VALUE;
}

int matter_check(const struct matter *m, size_t index, const struct answers *a,
                 const char **ret_text_id, const char **ret_text)
{
    const char *in_force_value[MATTER_MAX_VARS];
    enum tri shown[MATTER_MAX_VARS];
    *ret_text_id = *ret_text = NULL;
    if (index >= m->n_vars)
        return 0;
    struct answers in_force = matter_answers_in_force(m, a, in_force_value, shown);
    const struct matter_var *var = &m->var[index];
    const char *value = in_force_value[index] ? in_force_value[index] : "";
    if (shown[index] != TRI_TRUE)
        return 0;
    if (!value[0] && var->is_required)
        return refuse(absent_text(var), ret_text_id);
    if (value[0]) {
        const char *mistake = check_text(var, value);
        if (!mistake)
            mistake = matter_check_type(m, var, value, a->today);
        if (!mistake && var->pattern && !matter_pattern_met(var->compiled, value))
            mistake = "field.bad.pattern";
        if (mistake)
            return refuse(mistake, ret_text_id);
    }
    /* also for an empty answer: has() lets a rule demand one */
    if (expr_eval(var->rule, &in_force) == TRI_FALSE) {
        *ret_text = var->rule_text;
        return ERR_FIELD_VALUE;
    }
    return 0;
}
