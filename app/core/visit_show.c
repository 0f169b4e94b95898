/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as they are shown: labels for options, masks for what is sensitive. Pure. Thread: the one
 * that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <string.h>

#include "base/bytes.h"
#include "core/codes.h"

enum { REGION_PATH_BYTES = 96 };

bool visit_answers_is_masked(const struct matter_var *var)
{
    return var->sensitivity >= 2 || var->type == TYPE_IDNO || var->type == TYPE_MOBILE ||
           var->type == TYPE_BANKCARD;
}

static void mask(const struct matter_var *var, const char *value, char *out, size_t cap)
{
    switch (var->type) {
    case TYPE_IDNO:
        codes_mask_idno(value, out, cap);
        break;
    case TYPE_MOBILE:
        codes_mask_mobile(value, out, cap);
        break;
    case TYPE_BANKCARD:
        codes_mask_bankcard(value, out, cap);
        break;
    case TYPE_NAME:
        codes_mask_name(value, out, cap);
        break;
    case TYPE_BOOL:
    case TYPE_ENUM:
    case TYPE_TEXT:
    case TYPE_ADDRESS:
    case TYPE_DATE:
    case TYPE_DIGITS:
    case TYPE_CODE:
    case TYPE_SET:
    case TYPE_USCC:
    case TYPE_TEL:
    case TYPE_EMAIL:
    case TYPE_INTEGER:
    case TYPE_DECIMAL:
    case TYPE_REGION:
    case TYPE_CONSENT:
        codes_mask_text(value, out, cap);
        break;
    }
}

/* Labels of the options that are chosen.
 * @param reader  in whose language; NULL: as the matter has them */
static void show_chosen(const struct visit *reader, const struct matter_var *var, const char *value,
                        char *out, size_t cap)
{
    out[0] = '\0';
    for (size_t i = 0; i < var->n_options; i++) {
        bool is_on = var->type == TYPE_SET ? visit_choice_has(value, var->option[i].value)
                                           : !strcmp(var->option[i].value, value);
        if (is_on)
            (void)visit_say_add(reader, var->option[i].label, out, cap);
    }
}

void visit_answers_label(const struct visit *v, int index, char *out, size_t cap)
{
    const struct matter_var *var = &v->s.matter->var[index];
    const char *value = v->s.value[index];
    out[0] = '\0';
    if (var->type == TYPE_ENUM || var->type == TYPE_SET)
        show_chosen(NULL, var, value, out, cap);
    else if (var->type != TYPE_REGION || !visit_region_has_table(v))
        visit_copy(out, cap, value);
    else if (cap >= REGION_PATH_BYTES)
        region_path(v->cfg.catalogue->codes, value, out, cap);
}

void visit_answers_show(const struct visit *v, int index, char *out, size_t cap)
{
    const struct matter_var *var = &v->s.matter->var[index];
    const char *value = v->s.value[index];
    out[0] = '\0';
    if (!value[0])
        return;
    bool is_label = var->type == TYPE_ENUM || var->type == TYPE_SET || var->type == TYPE_REGION;
    if (visit_answers_is_masked(var) && !is_label)
        mask(var, value, out, cap);
    else
        visit_answers_label(v, index, out, cap);
}

/* "湖南省 长沙市 芙蓉区", each by its name in the visitor's language. */
static void say_path(const struct visit *v, int index, char *out, size_t cap)
{
    char path[MATTER_VALUE_BYTES], *rest = NULL;
    visit_answers_show(v, index, path, sizeof path);
    out[0] = '\0';
    for (char *part = strtok_r(path, " ", &rest); part; part = strtok_r(NULL, " ", &rest))
        (void)visit_say_add(v, part, out, cap);
    bytes_wipe(path, sizeof path);
}

void visit_answers_say(const struct visit *v, int index, char *out, size_t cap)
{
    const struct matter_var *var = &v->s.matter->var[index];
    if (var->type == TYPE_ENUM || var->type == TYPE_SET)
        show_chosen(v, var, v->s.value[index], out, cap);
    else if (var->type == TYPE_REGION && visit_language(v))
        say_path(v, index, out, cap);
    else
        visit_answers_show(v, index, out, cap);
}
