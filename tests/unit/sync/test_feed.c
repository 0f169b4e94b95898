/* SPDX-License-Identifier: Apache-2.0 */
/* A page of changes: taken whole or not at all. */
#include <stdlib.h>
#include <string.h>

#include "cunit_main.h"
#include "sync/sync_feed.h"

#define NUMBER "430102000120261123000019"

/* @return 0 and the page, or the error. The entry stands in an otherwise good page. */
static int read_entry(const char *entry, struct sync_page **ret)
{
    char json[1024];
    snprintf(json, sizeof json, "{\"changes\":[%s],\"cursor\":\"2\",\"has_more\":false}", entry);
    return sync_feed_read(json, strlen(json), "1", ret, NULL);
}

static void a_task_is_taken_with_all_it_says(void)
{
    struct sync_page *page = NULL;
    CU_ASSERT_EQUAL_FATAL(
        read_entry("{\"kind\":\"task\",\"number\":\"" NUMBER "\",\"task\":\"hukou\","
                   "\"case_no\":\"长公〔2026〕7\",\"state\":\"fix\",\"due\":\"2026-12-01\","
                   "\"fixes\":2,\"at\":\"2026-11-23T04:00:00.5Z\",\"later\":1}",
                   &page),
        0);
    CU_ASSERT(page->n == 1 && page->n_skipped == 0 && !page->has_more);
    const struct store_task *t = &page->change[0].task;
    CU_ASSERT_EQUAL(page->change[0].kind, SYNC_CHANGE_TASK);
    CU_ASSERT_STRING_EQUAL(t->number, NUMBER);
    CU_ASSERT_STRING_EQUAL(t->case_no, "长公〔2026〕7");
    CU_ASSERT_STRING_EQUAL(t->state, "fix");
    CU_ASSERT_STRING_EQUAL(t->due, "2026-12-01");
    CU_ASSERT_STRING_EQUAL(t->changed_at, "2026-11-23T04:00:00Z");
    CU_ASSERT_EQUAL(t->n_fixes, 2);
    CU_ASSERT_STRING_EQUAL(page->cursor, "2");
    free(page);
}

static void orders_are_taken(void)
{
    static const struct {
        const char *entry;
        enum sync_order order;
        int64_t first, last;
    } row[] = {
        {"{\"kind\":\"order\",\"order\":\"retry\",\"sequence\":7}", SYNC_ORDER_RETRY, 7, 7},
        {"{\"kind\":\"order\",\"order\":\"resend\",\"first\":3,\"last\":9}", SYNC_ORDER_RESEND, 3,
         9},
        {"{\"kind\":\"order\",\"order\":\"renew\"}", SYNC_ORDER_RENEW, 0, 0},
        {"{\"kind\":\"order\",\"order\":\"heartbeat\"}", SYNC_ORDER_HEARTBEAT, 0, 0},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct sync_page *page = NULL;
        CU_ASSERT_EQUAL_FATAL(read_entry(row[i].entry, &page), 0);
        CU_ASSERT(page->n == 1 && page->change[0].kind == SYNC_CHANGE_ORDER);
        CU_ASSERT(page->change[0].order == row[i].order && page->change[0].first == row[i].first &&
                  page->change[0].last == row[i].last);
        free(page);
    }
}

static void what_is_not_known_is_skipped(void)
{
    struct sync_page *page = NULL;
    CU_ASSERT_EQUAL_FATAL(read_entry("{\"kind\":\"weather\",\"number\":7},"
                                     "{\"kind\":\"order\",\"order\":\"dance\"},"
                                     "{\"kind\":\"order\",\"order\":\"renew\"}",
                                     &page),
                          0);
    CU_ASSERT(page->n == 1 && page->n_skipped == 2);
    free(page);
}

static void one_wrong_entry_refuses_the_page(void)
{
    static const char *const wrong[] = {
        "7",
        "{}",
        "{\"kind\":3}",
        "{\"kind\":\"task\"}",
        "{\"kind\":\"task\",\"number\":\"43\",\"task\":\"a\",\"state\":\"done\"}",
        "{\"kind\":\"task\",\"number\":\"" NUMBER "\",\"task\":\"\",\"state\":\"done\"}",
        "{\"kind\":\"task\",\"number\":\"" NUMBER "\",\"task\":\"a\",\"state\":\"Done now\"}",
        "{\"kind\":\"task\",\"number\":\"" NUMBER "\",\"task\":\"a\"}",
        "{\"kind\":\"task\",\"number\":\"" NUMBER
        "\",\"task\":\"a\",\"state\":\"done\",\"due\":\"x\"}",
        "{\"kind\":\"task\",\"number\":\"" NUMBER
        "\",\"task\":\"a\",\"state\":\"done\",\"fixes\":-1}",
        "{\"kind\":\"task\",\"number\":\"" NUMBER
        "\",\"task\":\"a\",\"state\":\"done\",\"at\":\"x\"}",
        "{\"kind\":\"task\",\"number\":\"" NUMBER "\",\"task\":\"a\\nb\",\"state\":\"done\"}",
        "{\"kind\":\"order\"}",
        "{\"kind\":\"order\",\"order\":\"retry\"}",
        "{\"kind\":\"order\",\"order\":\"retry\",\"sequence\":0}",
        "{\"kind\":\"order\",\"order\":\"retry\",\"sequence\":\"1\"}",
        "{\"kind\":\"order\",\"order\":\"resend\",\"first\":3}",
        "{\"kind\":\"order\",\"order\":\"resend\",\"first\":9,\"last\":3}",
    };
    for (size_t i = 0; i < YJ_COUNT(wrong); i++) {
        struct sync_page *page = NULL;
        char both[512];
        snprintf(both, sizeof both, "{\"kind\":\"order\",\"order\":\"renew\"},%s", wrong[i]);
        CU_ASSERT_EQUAL(read_entry(both, &page), ERR_SYNC_NOT_CENTRE);
        CU_ASSERT_PTR_NULL(page);
    }
}

static void a_page_has_its_own_form(void)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "{}",
        "{\"changes\":[],\"cursor\":\"2\"}",
        "{\"changes\":[],\"has_more\":false}",
        "{\"changes\":{},\"cursor\":\"2\",\"has_more\":false}",
        "{\"changes\":[],\"cursor\":\"\",\"has_more\":false}",
        "{\"changes\":[],\"cursor\":\"a/b\",\"has_more\":false}",
        "{\"changes\":[],\"cursor\":\"2\",\"has_more\":0}",
        "{\"changes\":[],\"cursor\":\"1\",\"has_more\":true}"}; /* would be asked for ever */
    struct sync_page *page = NULL;
    for (size_t i = 0; i < YJ_COUNT(wrong); i++)
        CU_ASSERT_EQUAL(sync_feed_read(wrong[i], strlen(wrong[i]), "1", &page, NULL),
                        ERR_SYNC_NOT_CENTRE);
    static const char good[] = "{\"changes\":[],\"cursor\":\"1\",\"has_more\":false}";
    CU_ASSERT_EQUAL_FATAL(sync_feed_read(good, strlen(good), "1", &page, NULL), 0);
    CU_ASSERT_EQUAL(page->n, 0);
    free(page);
}

static void more_than_a_hundred_are_none(void)
{
    enum { ENTRY = 36 };
    char *json = calloc(1, 101 * ENTRY + 100);
    for (int n = 100; n <= 101; n++) {
        struct sync_page *page = NULL;
        strcpy(json, "{\"changes\":[");
        for (int i = 0; i < n; i++) {
            strcat(json, i ? "," : "");
            strcat(json, "{\"kind\":\"order\",\"order\":\"renew\"}");
        }
        strcat(json, "],\"cursor\":\"2\",\"has_more\":true}");
        int rc = sync_feed_read(json, strlen(json), "1", &page, NULL);
        CU_ASSERT_EQUAL(rc, n == 100 ? 0 : ERR_SYNC_NOT_CENTRE);
        CU_ASSERT(n != 100 || (page && page->n == 100 && page->has_more));
        free(page);
    }
    free(json);
}

static CU_TestInfo cases[] = {
    {"a task is taken with all it says", a_task_is_taken_with_all_it_says},
    {"orders are taken", orders_are_taken},
    {"what is not known is skipped", what_is_not_known_is_skipped},
    {"one wrong entry refuses the page", one_wrong_entry_refuses_the_page},
    {"a page has its own form", a_page_has_its_own_form},
    {"more than a hundred are none", more_than_a_hundred_are_none},
    CU_TEST_INFO_NULL};

int main(void)
{
    return cunit_run("sync.feed", cases);
}
