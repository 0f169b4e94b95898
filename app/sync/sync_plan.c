/* SPDX-License-Identifier: Apache-2.0 */
/* The retry plan: capped exponential back-off with full jitter. Pure. */
#include "sync/sync_plan.h"

void sync_plan_init(struct sync_plan *p, uint64_t seed, int64_t now_ms)
{
    *p = (struct sync_plan){.state = SYNC_PLAN_PROBE,
                            .tokens = SYNC_PLAN_TOKENS,
                            .token_ms = now_ms,
                            .chance = seed ? seed : 1};
}

/* xorshift64*: spreads retries, keeps no secrets. */
int64_t sync_plan_random(struct sync_plan *p, int64_t bound)
{
    p->chance ^= p->chance >> 12;
    p->chance ^= p->chance << 25;
    p->chance ^= p->chance >> 27;
    uint64_t value = (p->chance * 0x2545f4914f6cdd1dULL) >> 1;
    return (int64_t)(value % ((uint64_t)bound + 1));
}

static void tokens_refill(struct sync_plan *p, int64_t now_ms)
{
    int64_t n = (now_ms - p->token_ms) / SYNC_PLAN_TOKEN_EVERY_MS;
    if (n <= 0)
        return;
    p->token_ms += n * SYNC_PLAN_TOKEN_EVERY_MS;
    p->tokens = n >= SYNC_PLAN_TOKENS - p->tokens ? SYNC_PLAN_TOKENS : p->tokens + (int)n;
}

enum sync_plan_state sync_plan_now(struct sync_plan *p, int64_t now_ms)
{
    tokens_refill(p, now_ms);
    if (p->state == SYNC_PLAN_WAIT && now_ms >= p->next_ms)
        p->state = SYNC_PLAN_PROBE;
    return p->state;
}

int64_t sync_plan_wait_ms(const struct sync_plan *p, int64_t now_ms)
{
    return p->state == SYNC_PLAN_WAIT && p->next_ms > now_ms ? p->next_ms - now_ms : 0;
}

void sync_plan_success(struct sync_plan *p)
{
    p->state = SYNC_PLAN_FLOW;
    p->n_failures = 0;
    p->hold_ms = 0;
}

void sync_plan_contact(struct sync_plan *p)
{
    /* A centre that chokes on records answers heartbeats all the same: that wait goes on. */
    if (p->state == SYNC_PLAN_WAIT && p->cause != SYNC_FAILURE_SERVER)
        p->state = SYNC_PLAN_PROBE;
}

static int64_t backoff_ms(struct sync_plan *p)
{
    int64_t bound = SYNC_PLAN_BASE_MS;
    for (int i = 1; i < p->n_failures && bound < SYNC_PLAN_CAP_MS; i++)
        bound *= 2;
    return sync_plan_random(p, bound < SYNC_PLAN_CAP_MS ? bound : SYNC_PLAN_CAP_MS);
}

void sync_plan_failure(struct sync_plan *p, enum sync_failure cause, int64_t retry_after_s,
                       int64_t now_ms)
{
    if (p->n_failures < 32)
        p->n_failures++;
    p->state = SYNC_PLAN_WAIT;
    p->cause = cause;
    p->hold_ms = 0;
    int64_t wait = backoff_ms(p);
    if (cause == SYNC_FAILURE_REFUSED) {
        wait = SYNC_PLAN_CAP_MS / 2 + sync_plan_random(p, SYNC_PLAN_CAP_MS / 2);
        p->hold_ms = now_ms + wait;
    } else if (retry_after_s > 0) {
        if (retry_after_s > SYNC_PLAN_MAX_RETRY_AFTER_S)
            retry_after_s = SYNC_PLAN_MAX_RETRY_AFTER_S;
        /* Never earlier than asked; later by up to a quarter, so that not all come together. */
        wait = retry_after_s * 1000 + sync_plan_random(p, retry_after_s * 250);
        p->hold_ms = now_ms + retry_after_s * 1000;
    }
    p->next_ms = now_ms + wait;
}

bool sync_plan_kick(struct sync_plan *p, bool is_person, int64_t now_ms)
{
    bool is_held = now_ms < p->hold_ms && !(is_person && p->cause == SYNC_FAILURE_REFUSED);
    if (sync_plan_now(p, now_ms) != SYNC_PLAN_WAIT || is_held || p->tokens == 0)
        return false;
    p->tokens--;
    p->state = SYNC_PLAN_PROBE;
    return true;
}

void sync_plan_drain(struct sync_plan *p, int per_min, int64_t now_ms)
{
    bool is_tighter = per_min > 0 && (p->drain_per_min == 0 || per_min < p->drain_per_min);
    /* After a pause, too: whoever was cut off with us is back at the same moment. A chance moment
     * that is still ahead stays, or frequent heartbeats would push it away for ever. */
    bool is_back = per_min > 0 && p->n_failures > 0 && p->send_ms <= now_ms;
    p->drain_per_min = per_min > 0 ? per_min : 0;
    if (is_tighter || is_back)
        p->send_ms = now_ms + sync_plan_random(p, 60000 / per_min);
}

bool sync_plan_may_send(const struct sync_plan *p, int64_t now_ms)
{
    return p->drain_per_min == 0 || now_ms >= p->send_ms;
}

void sync_plan_sent(struct sync_plan *p, int64_t now_ms)
{
    if (p->drain_per_min == 0)
        return;
    /* From the moment that was allowed, so that a busy thread loses nothing; but nothing is saved
     * up over a pause. */
    int64_t from = p->send_ms > now_ms - 1000 ? p->send_ms : now_ms;
    p->send_ms = from + 60000 / p->drain_per_min;
}
