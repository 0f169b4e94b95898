/* SPDX-License-Identifier: Apache-2.0 */
/* Any answer to an enquiry. The first byte says what was asked: shared, progress with a card, or by
 * receipt alone. What is taken is whole text within its bounds, was asked for, and without a card
 * holds nothing of a person. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sync/sync_enquiry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int fact)
{
    if (!fact)
        abort();
}

static void is_line(const char *text, size_t cap)
{
    size_t n = strnlen(text, cap);
    must(n < cap && text_is_plain(text, n));
}

#define IS_LINE(array) is_line((array), sizeof(array))

static void look_items(const struct enquiry_answer *a)
{
    must(a->n_items >= 1 && a->n_items <= ENQUIRY_MAX_KEYS && a->n_reports == 0);
    for (size_t i = 0; i < a->n_items; i++) {
        const struct shared_item *item = &a->item[i];
        must(!strcmp(item->key, "a") || !strcmp(item->key, "hukou_addr"));
        must((unsigned)item->state <= SHARED_MISMATCH);
        must(item->state == SHARED_FOUND || (!item->value[0] && !item->issuer[0]));
        IS_LINE(item->value);
        IS_LINE(item->issuer);
        must(strlen(item->valid_to) == 0 || strlen(item->valid_to) == 10);
    }
}

static void look_report(const struct case_report *r, int has_card)
{
    must(strlen(r->number) == 24 && r->n_tasks <= ENQUIRY_MAX_TASKS &&
         r->n_fixes <= ENQUIRY_MAX_FIXES && (has_card || !r->may_fix));
    IS_LINE(r->matter);
    IS_LINE(r->matter_name);
    IS_LINE(r->version);
    for (size_t i = 0; i < r->n_tasks; i++) {
        must((unsigned)r->task[i].state <= CASE_N_STATES);
        IS_LINE(r->task[i].id);
        IS_LINE(r->task[i].name);
        IS_LINE(r->task[i].dept);
        IS_LINE(r->task[i].case_no);
    }
    for (size_t i = 0; i < r->n_fixes; i++) {
        must(r->may_fix || (!r->fix[i].value[0] && !r->fix[i].text[0]));
        IS_LINE(r->fix[i].id);
        IS_LINE(r->fix[i].reason);
        IS_LINE(r->fix[i].text);
        IS_LINE(r->fix[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    int kind = data[0] % 3;
    struct enquiry e = {.kind = kind ? ENQUIRY_PROGRESS : ENQUIRY_SHARED,
                        .id_no = "11010519491231002X",
                        .name = "张三",
                        .receipt = "430102000120261123000019",
                        .key = {"a", "hukou_addr"},
                        .n_keys = 2};
    if (kind == 2)
        e.id_no[0] = e.name[0] = '\0';
    struct enquiry_answer *a = NULL;
    const char *json = (const char *)data + 1;
    (void)sync_enquiry_is_nothing(json, size - 1);
    int rc = sync_enquiry_answer(json, size - 1, &e, &a, NULL);
    must((rc == 0) == (a != NULL));
    if (a && kind == 0)
        look_items(a);
    for (size_t i = 0; a && kind && i < a->n_reports; i++)
        look_report(&a->report[i], kind == 1);
    enquiry_answer_free(a);
    return 0;
}
