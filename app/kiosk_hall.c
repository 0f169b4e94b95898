/* SPDX-License-Identifier: Apache-2.0 */
/* The hall around the terminal: its notices, and its staff who are called. Main thread.
 *
 * A call goes to the log, to the centre with the next heartbeat, and to a program that the settings
 * may name (a lamp, a buzzer):
 *
 *   idle ──call, end of the call──► running ──ended, or 5 s are over (killed)──► idle
 *                                     └──another call: killed, run again──┘
 *
 * The program gets one word, "on" or "off", no shell, no input, nobody's data. */
#define _DEFAULT_SOURCE
#include "kiosk_priv.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum { SIGNAL_LIMIT_MS = 5000, SIGNAL_LOOK_MS = 100, MAX_COMPLAINTS = 16, PATH_BYTES = 640 };

/* ---- staff ---- */

static void signal_kill(struct kiosk *k)
{
    if (k->signal_pid <= 0)
        return;
    kill(-k->signal_pid, SIGKILL); /* its own group, so its children too */
    (void)waitpid(k->signal_pid, NULL, 0);
    k->signal_pid = 0;
}

static int signal_spawn(const char *path, const char *word, pid_t *ret)
{
    char *const argv[] = {(char *)(uintptr_t)path, (char *)(uintptr_t)word, NULL};
    char *const env[] = {(char *)(uintptr_t) "PATH=/usr/bin:/bin", NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    for (int fd = 0; fd <= 2; fd++)
        posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    int rc = posix_spawn(ret, path, &files, &attr, argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

void kiosk_staff_call(struct kiosk *k, enum staff_call why)
{
    static const char *const word[STAFF_N_CALLS] = {"no longer called", "called by a visitor",
                                                    "called: a card was left",
                                                    "called: a receipt was left"};
    log_line(LOG_INFO, "main", "staff %s", word[why]);
    if (k->outbox)
        outbox_note_staff(k->outbox, why, clock_wall_ms());
    if (!k->settings->staff_signal)
        return;
    signal_kill(k);
    int rc = signal_spawn(k->settings->staff_signal, why == STAFF_NOT_CALLED ? "off" : "on",
                          &k->signal_pid);
    if (rc != 0) {
        k->signal_pid = 0;
        log_line(LOG_ERROR, "main", "the staff signal could not be run: %s", strerror(rc));
    }
    k->signal_until_ms = kiosk_now_ms(k) + SIGNAL_LIMIT_MS;
}

int64_t kiosk_staff_due_ms(const struct kiosk *k)
{
    return k->signal_pid > 0 ? kiosk_now_ms(k) + SIGNAL_LOOK_MS : INT64_MAX;
}

void kiosk_staff_look(struct kiosk *k)
{
    int status = 0;
    if (k->signal_pid <= 0)
        return;
    if (waitpid(k->signal_pid, &status, WNOHANG) == k->signal_pid) {
        k->signal_pid = 0;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            log_line(LOG_ERROR, "main", "the staff signal failed: status %d", status);
    } else if (kiosk_now_ms(k) >= k->signal_until_ms) {
        signal_kill(k);
        log_line(LOG_ERROR, "main", "the staff signal took longer than %d s",
                 (int)SIGNAL_LIMIT_MS / 1000);
    }
}

void kiosk_staff_free(struct kiosk *k)
{
    signal_kill(k);
}

/* ---- notices ---- */

static struct content *load(const struct kiosk *k)
{
    char dir[PATH_BYTES];
    struct matter_complaint list[MAX_COMPLAINTS];
    struct content *content = NULL;
    struct err err = {0};
    size_t n = 0;
    if (k->settings->content_dir)
        snprintf(dir, sizeof dir, "%s", k->settings->content_dir);
    else
        snprintf(dir, sizeof dir, "%s/content", k->settings->data_dir);
    if (content_load(dir, list, MAX_COMPLAINTS, &n, &content, &err) < 0)
        log_err(LOG_ERROR, "content", &err);
    for (size_t i = 0; i < n && i < MAX_COMPLAINTS; i++)
        log_line(LOG_ERROR, "content", "%s: %s: %s", list[i].file, list[i].pointer, list[i].reason);
    return content;
}

const struct content *kiosk_content_start(struct kiosk *k)
{
    k->content = load(k);
    return k->content;
}

void kiosk_content_look(struct kiosk *k)
{
    struct visit_effects effects = {0};
    if (visit_is_open(k->visit))
        return; /* the next hour will do */
    struct content *fresh = load(k);
    if (visit_set_content(k->visit, fresh, kiosk_now_ms(k), &effects) < 0) {
        content_free(fresh);
        return;
    }
    content_free(k->retired_content); /* the view on the screen may still point into the last */
    k->retired_content = k->content;
    k->content = fresh;
    kiosk_do_effects(k, &effects);
}

void kiosk_content_free(struct kiosk *k)
{
    content_free(k->content);
    content_free(k->retired_content);
}
