/* SPDX-License-Identifier: Apache-2.0 */
/* The retry plan as a table: what happens, and between which limits the next try lies. */
#include "cunit_main.h"
#include "sync/sync_plan.h"

enum { N_SEEDS = 500 };

static void waits_lie_within_their_limits(void)
{
    static const struct {
        int n_failures;
        enum sync_failure cause;
        int64_t retry_after_s, min_ms, max_ms;
    } rows[] = {
        {1, SYNC_FAILURE_LINK, 0, 0, 5000},
        {2, SYNC_FAILURE_LINK, 0, 0, 10000},
        {3, SYNC_FAILURE_SERVER, 0, 0, 20000},
        {8, SYNC_FAILURE_LINK, 0, 0, 640000},
        {9, SYNC_FAILURE_LINK, 0, 0, 900000},
        {40, SYNC_FAILURE_LINK, 0, 0, 900000},
        {1, SYNC_FAILURE_THROTTLED, 30, 30000, 37500},
        {5, SYNC_FAILURE_THROTTLED, 30, 30000, 37500},
        {1, SYNC_FAILURE_THROTTLED, 1000000, 86400000, 108000000},
        {1, SYNC_FAILURE_REFUSED, 0, 450000, 900000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t low = INT64_MAX, high = 0;
        for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
            struct sync_plan p;
            sync_plan_init(&p, seed * 7919, 0);
            for (int k = 0; k < rows[i].n_failures; k++)
                sync_plan_failure(&p, rows[i].cause, rows[i].retry_after_s, 1000);
            int64_t wait = sync_plan_wait_ms(&p, 1000);
            low = wait < low ? wait : low;
            high = wait > high ? wait : high;
        }
        CU_ASSERT(low >= rows[i].min_ms);
        CU_ASSERT(high <= rows[i].max_ms);
        /* Full jitter: the whole range is used. */
        int64_t span = rows[i].max_ms - rows[i].min_ms;
        CU_ASSERT(low < rows[i].min_ms + span / 10);
        CU_ASSERT(high > rows[i].max_ms - span / 10);
    }
}

static void waits_end_in_one_probe(void)
{
    struct sync_plan p;
    sync_plan_init(&p, 42, 0);
    CU_ASSERT_EQUAL(sync_plan_now(&p, 0), SYNC_PLAN_PROBE); /* first contact right away */
    sync_plan_success(&p);
    CU_ASSERT_EQUAL(sync_plan_now(&p, 1), SYNC_PLAN_FLOW);
    sync_plan_failure(&p, SYNC_FAILURE_LINK, 0, 10);
    int64_t end = p.next_ms;
    if (end > 10)
        CU_ASSERT_EQUAL(sync_plan_now(&p, end - 1), SYNC_PLAN_WAIT);
    CU_ASSERT_EQUAL(sync_plan_now(&p, end), SYNC_PLAN_PROBE);
    sync_plan_failure(&p, SYNC_FAILURE_LINK, 0, end);
    CU_ASSERT_EQUAL(p.n_failures, 2);
    sync_plan_success(&p);
    CU_ASSERT_EQUAL(p.n_failures, 0);
    CU_ASSERT_EQUAL(sync_plan_now(&p, end + 1), SYNC_PLAN_FLOW); /* drain without a pause */
}

static void retry_after_is_obeyed_whoever_kicks(void)
{
    struct sync_plan p;
    sync_plan_init(&p, 3, 0);
    sync_plan_failure(&p, SYNC_FAILURE_THROTTLED, 20, 0);
    CU_ASSERT_FALSE(sync_plan_kick(&p, true, 19999));
    CU_ASSERT_FALSE(sync_plan_kick(&p, false, 5));
    CU_ASSERT(sync_plan_now(&p, 19999) == SYNC_PLAN_WAIT);
    CU_ASSERT(sync_plan_now(&p, 25000) == SYNC_PLAN_PROBE);
}

static void a_person_ends_the_wait_after_a_refusal(void)
{
    struct sync_plan p;
    sync_plan_init(&p, 3, 0);
    sync_plan_failure(&p, SYNC_FAILURE_REFUSED, 0, 0);
    CU_ASSERT_FALSE(sync_plan_kick(&p, false, 1000)); /* a new record does not */
    CU_ASSERT_TRUE(sync_plan_kick(&p, true, 1000));
    CU_ASSERT_EQUAL(sync_plan_now(&p, 1000), SYNC_PLAN_PROBE);
}

static void kicks_cost_tokens(void)
{
    struct sync_plan p;
    int n = 0;
    sync_plan_init(&p, 3, 0);
    for (int i = 0; i < 100; i++) {
        do /* a wait of some length */
            sync_plan_failure(&p, SYNC_FAILURE_LINK, 0, 0);
        while (p.next_ms == 0);
        n += sync_plan_kick(&p, false, 0);
    }
    CU_ASSERT_EQUAL(n, SYNC_PLAN_TOKENS);
    p.next_ms = 10 * SYNC_PLAN_TOKEN_EVERY_MS;
    p.state = SYNC_PLAN_WAIT;
    CU_ASSERT_FALSE(sync_plan_kick(&p, true, SYNC_PLAN_TOKEN_EVERY_MS - 1));
    CU_ASSERT_TRUE(sync_plan_kick(&p, true, SYNC_PLAN_TOKEN_EVERY_MS));
    CU_ASSERT_EQUAL(p.tokens, 0);
}

static void a_heartbeat_ends_a_wait_for_the_line_only(void)
{
    struct sync_plan p;
    sync_plan_init(&p, 3, 0);
    sync_plan_failure(&p, SYNC_FAILURE_SERVER, 0, 0);
    p.next_ms = 1000;
    sync_plan_contact(&p);
    CU_ASSERT_EQUAL(sync_plan_now(&p, 1), SYNC_PLAN_WAIT);
    sync_plan_failure(&p, SYNC_FAILURE_LINK, 0, 0);
    p.next_ms = 1000;
    sync_plan_contact(&p);
    CU_ASSERT_EQUAL(sync_plan_now(&p, 1), SYNC_PLAN_PROBE);
    CU_ASSERT_EQUAL(p.n_failures, 2); /* only a delivered record forgets them */
}

static void a_bound_spreads_whoever_comes_back(void)
{
    static const struct {
        int before, after; /* records a minute */
        bool is_after_failure, is_spread;
    } rows[] = {
        {0, 6, false, true},   /* heard for the first time */
        {60, 6, false, true},  /* tighter */
        {6, 6, false, false},  /* as before */
        {6, 60, false, false}, /* wider */
        {6, 6, true, true},    /* back after a failure */
        {6, 0, true, false},   /* no bound any more */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int n_later = 0;
        for (uint64_t seed = 1; seed <= 20; seed++) {
            struct sync_plan p;
            sync_plan_init(&p, seed, 0);
            sync_plan_drain(&p, rows[i].before, 0);
            if (rows[i].is_after_failure)
                sync_plan_failure(&p, SYNC_FAILURE_LINK, 0, 70000);
            sync_plan_drain(&p, rows[i].after, 100000);
            n_later += !sync_plan_may_send(&p, 100000);
            /* Asked again before its moment: the moment stays. */
            int64_t moment = p.send_ms;
            sync_plan_drain(&p, rows[i].after, 100000);
            if (moment > 100000)
                CU_ASSERT_EQUAL(p.send_ms, moment);
            CU_ASSERT_TRUE(sync_plan_may_send(&p, 110000)); /* within one distance */
        }
        CU_ASSERT_EQUAL(n_later > 10, rows[i].is_spread);
    }
}

static void a_bound_is_kept_and_nothing_saved_up(void)
{
    struct sync_plan p;
    int n = 0;
    sync_plan_init(&p, 5, 0);
    sync_plan_drain(&p, 30, 0);
    for (int64_t now_ms = 600000; now_ms < 660000; now_ms += 50)
        if (sync_plan_may_send(&p, now_ms)) {
            sync_plan_sent(&p, now_ms);
            n++;
        }
    CU_ASSERT_EQUAL(n, 30);
}

static CU_TestInfo cases[] = {
    {"waits lie within their limits", waits_lie_within_their_limits},
    {"waits end in one probe", waits_end_in_one_probe},
    {"Retry-After is obeyed whoever kicks", retry_after_is_obeyed_whoever_kicks},
    {"a person ends the wait after a refusal", a_person_ends_the_wait_after_a_refusal},
    {"kicks cost tokens", kicks_cost_tokens},
    {"a heartbeat ends a wait for the line only", a_heartbeat_ends_a_wait_for_the_line_only},
    {"a bound spreads whoever comes back", a_bound_spreads_whoever_comes_back},
    {"a bound is kept and nothing saved up", a_bound_is_kept_and_nothing_saved_up},
    CU_TEST_INFO_NULL};
CUNIT_MAIN("store.plan", cases)
