/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox and its disk: visits are refused before a commit can fail, records are of form 2 with
 * their files, and the second place gets its copies. There is no centre here. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include "sync/outbox.h"

static struct {
    pthread_mutex_t lock;
    int n_stored, n_failed, n_states;
    int failed_code, state;
    struct record_ref record;
    int64_t free_mib; /* 0: the truth */
} told = {.lock = PTHREAD_MUTEX_INITIALIZER};

int __real_statvfs64(const char *path, struct statvfs *ret);
int __wrap_statvfs64(const char *path, struct statvfs *ret);
int __wrap_statvfs64(const char *path, struct statvfs *ret)
{
    int rc = __real_statvfs64(path, ret);
    pthread_mutex_lock(&told.lock);
    if (rc == 0 && told.free_mib)
        ret->f_bavail = (fsblkcnt_t)((uint64_t)(told.free_mib << 20) / ret->f_frsize);
    pthread_mutex_unlock(&told.lock);
    return rc;
}

static void on_event(void *arg, const struct outbox_event *e)
{
    (void)arg;
    pthread_mutex_lock(&told.lock);
    if (e->kind == OUTBOX_EVENT_STORED) {
        told.n_stored++;
        told.record = e->record;
    } else if (e->kind == OUTBOX_EVENT_STORE_FAILED) {
        told.n_failed++;
        told.failed_code = e->code;
    } else if (e->kind == OUTBOX_EVENT_STORE_STATE) {
        told.n_states++;
        told.state = e->code;
    }
    pthread_mutex_unlock(&told.lock);
}

static bool wait_for(const int *what, int want)
{
    int64_t until_ms = clock_mono_ms() + 60 * 1000;
    for (;;) {
        pthread_mutex_lock(&told.lock);
        bool is_there = *what == want;
        pthread_mutex_unlock(&told.lock);
        if (is_there || clock_mono_ms() > until_ms)
            return is_there;
        nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
}

static void free_set(int64_t mib)
{
    pthread_mutex_lock(&told.lock);
    told.free_mib = mib;
    pthread_mutex_unlock(&told.lock);
}

static struct outbox *start(const char *dir, const char *mirror_dir)
{
    struct err err = {0};
    struct outbox *o = NULL;
    struct outbox_cfg cfg = {.data_dir = dir,
                             .terminal_id = FIXTURE_TERMINAL,
                             .keys = fixture_seal_paths(),
                             .centre_ca = fixture_key("ca.pem"),
                             .centre_url = "https://localhost:1",
                             .version = "0.1.0",
                             .mirror_dir = mirror_dir};
    told.n_stored = told.n_failed = told.n_states = 0;
    told.state = -1;
    if (outbox_start(&cfg, on_event, NULL, &o, &err) != 0) {
        fprintf(stderr, "outbox_start: %s\n", err.msg);
        abort();
    }
    return o;
}

/* n files of so many bytes go with it. */
static void put(struct outbox *o, size_t n, size_t bytes)
{
    struct outbox_attachment files[SEAL_MAX_ATTACHMENTS + 1];
    struct outbox_item item = {.kind = RECORD_APPLICATION,
                               .json = mem_strdup("{\"schema\":\"test\"}"),
                               .matter_code = "NB.BIRTH",
                               .matter_name = "新生儿出生",
                               .about = "",
                               .attachment = files,
                               .n_attachments = n};
    for (size_t i = 0; i < n; i++)
        files[i] = (struct outbox_attachment){.name = "form.pdf",
                                              .type = "application/pdf",
                                              .bytes = mem_zalloc(bytes, 1),
                                              .n_bytes = bytes};
    CU_ASSERT_EQUAL_FATAL(outbox_put(o, 1, &item), 0);
}

static void visits_are_refused_at_the_floor(void)
{
    free_set(STORE_FREE_FLOOR_MIB + 10);
    struct outbox *o = start(fixture_path("floor"), NULL);
    CU_ASSERT_TRUE(wait_for(&told.state, 0));
    /* The visit that uses up the room is still stored; the next one hears of it at once. */
    free_set(STORE_FREE_FLOOR_MIB - 1);
    put(o, 1, 1000);
    CU_ASSERT_TRUE(wait_for(&told.n_stored, 1));
    CU_ASSERT_TRUE(wait_for(&told.state, ERR_STORE_FULL));
    put(o, 0, 0); /* what was begun before is not lost */
    CU_ASSERT_TRUE(wait_for(&told.n_stored, 2));
    free_set(STORE_FREE_FLOOR_MIB);
    CU_ASSERT_TRUE(wait_for(&told.state, 0));
    CU_ASSERT(told.n_failed == 0 && told.n_states == 3);
    outbox_stop(o);
    free_set(0);
}

static void files_that_are_too_big_are_refused(void)
{
    struct outbox *o = start(fixture_path("big"), NULL);
    put(o, 3, 11 * 1024 * 1024); /* each allowed, together not */
    CU_ASSERT_TRUE(wait_for(&told.n_failed, 1));
    CU_ASSERT_EQUAL(told.failed_code, ERR_TOO_BIG);
    put(o, 1, SEAL_MAX_ATTACHMENT_BYTES);
    CU_ASSERT_TRUE(wait_for(&told.n_failed, 2));
    CU_ASSERT_EQUAL(told.failed_code, ERR_TOO_BIG);
    put(o, SEAL_MAX_ATTACHMENTS + 1, 10);
    CU_ASSERT_TRUE(wait_for(&told.n_failed, 3));
    CU_ASSERT_EQUAL(told.failed_code, ERR_INVALID);
    put(o, SEAL_MAX_ATTACHMENTS, 10);
    CU_ASSERT_TRUE(wait_for(&told.n_stored, 1));
    CU_ASSERT_EQUAL(told.record.sequence, 1); /* no number was used up */
    outbox_stop(o);
}

static void records_say_when_they_were_sealed(void)
{
    const char *dir = fixture_path("form");
    struct store_record w = {0};
    bool is_found = false;
    int64_t began_ms = clock_mono_ms();
    struct outbox *o = start(dir, NULL);
    put(o, 2, 70000);
    CU_ASSERT_TRUE(wait_for(&told.n_stored, 1));
    outbox_stop(o);
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL_FATAL(store_next_waiting(s, &w, &is_found, NULL), 0);
    CU_ASSERT_TRUE_FATAL(is_found);
    CU_ASSERT(w.env.form == SEAL_FORM_2 && w.env.n_attachments == 2);
    CU_ASSERT(w.env.uptime_ms >= began_ms && w.env.uptime_ms <= clock_mono_ms());
    YJ_CLEANUP(cleanup_free) char *boot_id = NULL; /* of this very boot, where the kernel tells */
    size_t n = 0;
    if (mem_read_file("/proc/sys/kernel/random/boot_id", 64, &boot_id, &n, NULL) == 0) {
        CU_ASSERT(n == 37 && strncmp(w.env.boot_id, boot_id, 36) == 0 && !w.env.boot_id[36]);
    } else {
        CU_ASSERT_STRING_EQUAL(w.env.boot_id, "unknown");
    }
    CU_ASSERT_STRING_EQUAL(w.env.centre_time, ""); /* nothing was heard yet */
    CU_ASSERT(w.env.attachment[0].bytes > 70000);
    store_record_clear(&w);
    store_free(s);
}

/* The copies come by themselves, and a place that is not there holds up no visit. */
static void the_second_place_gets_its_copies(void)
{
    const char *place = fixture_path("place");
    char path[700];
    int64_t until_ms = clock_mono_ms() + 60 * 1000;
    struct outbox *o = start(fixture_path("copied"), place);
    put(o, 1, 1000);
    CU_ASSERT_TRUE(wait_for(&told.n_stored, 1));
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    put(o, 0, 0); /* after a commit it is tried again */
    CU_ASSERT_TRUE(wait_for(&told.n_stored, 2));
    snprintf(path, sizeof path, "%s/" FIXTURE_TERMINAL "/000000000002.record", place);
    while (access(path, R_OK) != 0 && clock_mono_ms() < until_ms)
        nanosleep(&(struct timespec){0, 2000000}, NULL);
    CU_ASSERT_EQUAL(access(path, R_OK), 0);
    CU_ASSERT_EQUAL(
        fixture_run("test $(ls '%s'/" FIXTURE_TERMINAL "/*.attachment | wc -l) = 1", place), 0);
    CU_ASSERT_EQUAL(told.n_failed, 0);
    outbox_stop(o);
}

static CU_TestInfo cases[] = {
    {"visits are refused at the floor", visits_are_refused_at_the_floor},
    {"files that are too big are refused", files_that_are_too_big_are_refused},
    {"records say when they were sealed", records_say_when_they_were_sealed},
    {"the second place gets its copies", the_second_place_gets_its_copies},
    CU_TEST_INFO_NULL};

int main(void)
{
    return cunit_run("store.outbox_room", cases);
}
