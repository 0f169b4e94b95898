/* SPDX-License-Identifier: Apache-2.0 */
/* The log. Any thread; one leaf lock. */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum log_level max_level = LOG_INFO;
static const char *const level_names[] = {"ERROR", "WARN", "INFO", "DEBUG"};

void log_set_level(enum log_level level)
{
    max_level = level;
}

void log_line(enum log_level level, const char *area, const char *fmt, ...)
{
    if (level > max_level)
        return;
    char text[512], when[24];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    clock_rfc3339(clock_wall_ms(), when, sizeof when);
    pthread_mutex_lock(&lock);
    fprintf(stderr, "%s %-5s %s: %s\n", when, level_names[level], area, text);
    pthread_mutex_unlock(&lock);
}

void log_err(enum log_level level, const char *area, const struct err *err)
{
    log_line(level, area, "%s(%d) %s: %s", err_name(err->code), err->code, err->where, err->msg);
}
