/* SPDX-License-Identifier: Apache-2.0 */
/* Queue of ordered faults. Any thread; one leaf lock. */
#include "fault.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

enum { MAX_FAULTS = 32, MAX_SLOW_MS = 600000, MAX_COUNT = 1000000 };

struct fault_plan {
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    bool is_stopping;
    int64_t n_hits;
    struct fault at[MAX_FAULTS]; /* at[0] is in force */
    int n;
};

static const struct {
    enum fault_kind kind;
    const char *name;
} names[] = {
    {FAULT_HTTP_500, "http-500"},
    {FAULT_HTTP_503, "http-503"},
    {FAULT_HTTP_429, "http-429"},
    {FAULT_REFUSE_403, "refuse-403"},
    {FAULT_REFUSE_422, "refuse-422"},
    {FAULT_BARE_200, "bare-200"},
    {FAULT_HTML, "html"},
    {FAULT_SLOW, "slow"},
    {FAULT_DROP_AFTER_COMMIT, "drop-after-commit"},
    {FAULT_BAD_SIGNATURE, "bad-signature"},
    {FAULT_DUPLICATE, "duplicate"},
    {FAULT_SLOW_COMMIT, "slow-commit"},
    {FAULT_WRONG_TIME, "wrong-time"},
};

struct fault_plan *fault_plan_new(void)
{
    struct fault_plan *p = mem_zalloc(1, sizeof *p);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->stopped, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void fault_plan_free(struct fault_plan *p)
{
    if (!p)
        return;
    pthread_cond_destroy(&p->stopped);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* Take ":number" off the front. @return false when it is no number in range */
static bool take_number(const char **at, long min, long max, int *ret)
{
    char *end;
    if (**at != ':' || (*at)[1] < '0' || (*at)[1] > '9')
        return false;
    long n = strtol(*at + 1, &end, 10);
    if (n < min || n > max)
        return false;
    *at = end;
    *ret = (int)n;
    return true;
}

int fault_parse(const char *text, struct fault *ret, struct err *err)
{
    struct fault f = {0};
    const char *at = text + strcspn(text, ":");
    for (size_t i = 0; i < YJ_COUNT(names); i++)
        if (strlen(names[i].name) == (size_t)(at - text) &&
            strncmp(names[i].name, text, (size_t)(at - text)) == 0)
            f.kind = names[i].kind;
    if (f.kind == FAULT_NONE)
        return ERR(err, ERR_INVALID, "no such fault");
    bool is_slow = f.kind == FAULT_SLOW || f.kind == FAULT_SLOW_COMMIT;
    if (is_slow && !take_number(&at, 0, MAX_SLOW_MS, &f.slow_ms))
        return ERR(err, ERR_INVALID, "this fault needs milliseconds up to %d", MAX_SLOW_MS);
    if (*at && !take_number(&at, 1, MAX_COUNT, &f.count))
        return ERR(err, ERR_INVALID, "the count must be 1..%d", MAX_COUNT);
    if (*at)
        return ERR(err, ERR_INVALID, "text behind the fault");
    *ret = f;
    return 0;
}

int fault_plan_add(struct fault_plan *p, const struct fault *fault, struct err *err)
{
    int r = 0;
    pthread_mutex_lock(&p->lock);
    if (p->n && p->at[p->n - 1].count == 0)
        p->n--;
    if (p->n == MAX_FAULTS)
        r = ERR(err, ERR_FULL, "more than %d faults are waiting", MAX_FAULTS);
    else
        p->at[p->n++] = *fault;
    pthread_mutex_unlock(&p->lock);
    return r;
}

void fault_plan_clear(struct fault_plan *p)
{
    pthread_mutex_lock(&p->lock);
    p->n = 0;
    pthread_mutex_unlock(&p->lock);
}

struct fault fault_plan_take(struct fault_plan *p, bool is_record, bool tells_time)
{
    struct fault f = {0};
    pthread_mutex_lock(&p->lock);
    bool is_meant = p->n && (p->at[0].kind == FAULT_WRONG_TIME ? tells_time : is_record);
    if (p->n && (is_meant || p->at[0].count == 0)) {
        f = p->at[0];
        p->n_hits++;
        if (f.count && --p->at[0].count == 0)
            memmove(p->at, p->at + 1, (size_t)--p->n * sizeof p->at[0]);
    }
    pthread_mutex_unlock(&p->lock);
    return f;
}

int64_t fault_plan_hits(struct fault_plan *p)
{
    pthread_mutex_lock(&p->lock);
    int64_t n = p->n_hits;
    pthread_mutex_unlock(&p->lock);
    return n;
}

void fault_plan_sleep(struct fault_plan *p, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    long ns = until.tv_nsec + ms % 1000 * 1000000L;
    until.tv_sec += ms / 1000 + ns / 1000000000L;
    until.tv_nsec = ns % 1000000000L;
    pthread_mutex_lock(&p->lock);
    while (!p->is_stopping && pthread_cond_timedwait(&p->stopped, &p->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&p->lock);
}

void fault_plan_stop(struct fault_plan *p)
{
    pthread_mutex_lock(&p->lock);
    p->is_stopping = true;
    pthread_cond_broadcast(&p->stopped);
    pthread_mutex_unlock(&p->lock);
}
