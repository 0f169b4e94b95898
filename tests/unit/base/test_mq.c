/* SPDX-License-Identifier: Apache-2.0 */
/* base/mq: order, bounds, coalescing, waking, two threads. */
#include "cunit_main.h"

#include <pthread.h>
#include <string.h>

#include "base/err.h"
#include "base/mq.h"

struct msg {
    int kind, value;
};

static bool same_kind(const void *a, const void *b)
{
    return ((const struct msg *)a)->kind == ((const struct msg *)b)->kind;
}

static void count_wake(void *arg)
{
    ++*(int *)arg;
}

static void keeps_order_and_refuses_when_full(void)
{
    int wakes = 0;
    struct mq *q = mq_new(sizeof(struct msg), 3, count_wake, &wakes);
    struct msg m = {0, 0}, got;
    CU_ASSERT_FALSE(mq_pop(q, &got));
    for (int round = 0; round < 5; round++) { /* wraps around the ring */
        for (m.value = 0; m.value < 3; m.value++)
            CU_ASSERT_EQUAL(mq_push(q, &m), 0);
        CU_ASSERT_EQUAL(mq_push(q, &m), ERR_FULL);
        for (int i = 0; i < 3; i++) {
            CU_ASSERT_TRUE(mq_pop(q, &got));
            CU_ASSERT_EQUAL(got.value, i);
        }
    }
    CU_ASSERT_EQUAL(wakes, 15); /* a refused push wakes nobody */
    mq_free(q);
    mq_free(NULL);
}

static void state_messages_replace_each_other(void)
{
    struct mq *q = mq_new(sizeof(struct msg), 2, NULL, NULL);
    struct msg got;
    CU_ASSERT_EQUAL(mq_push_latest(q, &(struct msg){1, 10}, same_kind), 0);
    CU_ASSERT_EQUAL(mq_push_latest(q, &(struct msg){2, 20}, same_kind), 0);
    CU_ASSERT_EQUAL(mq_push_latest(q, &(struct msg){1, 11}, same_kind), 0);
    CU_ASSERT_EQUAL(mq_push_latest(q, &(struct msg){3, 30}, same_kind), ERR_FULL);
    CU_ASSERT_TRUE(mq_pop(q, &got));
    CU_ASSERT_EQUAL(got.value, 11);
    CU_ASSERT_TRUE(mq_pop(q, &got));
    CU_ASSERT_EQUAL(got.value, 20);
    mq_free(q);
}

enum { MANY = 20000 };

static void *produce(void *arg)
{
    for (int i = 0; i < MANY; i++)
        while (mq_push(arg, &(struct msg){0, i}) != 0)
            ;
    return NULL;
}

static void nothing_is_lost_between_threads(void)
{
    struct mq *q = mq_new(sizeof(struct msg), 16, NULL, NULL);
    pthread_t t;
    struct msg got;
    pthread_create(&t, NULL, produce, q);
    for (int i = 0; i < MANY; i++) {
        if (!mq_pop_wait(q, &got, 5000) || got.value != i)
            CU_FAIL_FATAL("lost or out of order");
    }
    pthread_join(t, NULL);
    CU_ASSERT_FALSE(mq_pop_wait(q, &got, 10));
    mq_free(q);
}

static CU_TestInfo cases[] = {
    {"order and bounds", keeps_order_and_refuses_when_full},
    {"state messages coalesce", state_messages_replace_each_other},
    {"two threads", nothing_is_lost_between_threads},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("base.mq", cases)
