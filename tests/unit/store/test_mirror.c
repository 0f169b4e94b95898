/* SPDX-License-Identifier: Apache-2.0 */
/* The second copy of what is sealed: whole, resumed, begun again, cleaned, and never in the way. */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include "slow_disk.h"

static const int64_t day_ms = 24LL * 60 * 60 * 1000;
static struct seal *seal;

static int commit_with_files(struct store *s, struct record_ref *ret)
{
    static const size_t bytes[] = {100 * 1024, 5};
    return fixture_commit_files(s, seal, bytes, 2, ret, NULL);
}

static bool is_there(const char *place, const char *name)
{
    char path[900];
    snprintf(path, sizeof path, "%s/" FIXTURE_TERMINAL "/%s", place, name);
    return access(path, R_OK) == 0;
}

static const char *copy_of(const char *place, int64_t sequence)
{
    static char path[900];
    snprintf(path, sizeof path, "%s/" FIXTURE_TERMINAL "/%012" PRId64 ".record", place, sequence);
    return path;
}

/* One look, when it is due. */
static void look(struct store *s, struct store_mirror *m)
{
    int64_t wait_ms = store_mirror_state(m)->due_ms - clock_mono_ms();
    if (wait_ms > 0)
        nanosleep(&(struct timespec){wait_ms / 1000, wait_ms % 1000 * 1000000}, NULL);
    CU_ASSERT_EQUAL(store_mirror_tend(s, m, clock_mono_ms(), NULL), 0);
}

static bool is_idle(const struct store_mirror *m)
{
    return store_mirror_state(m)->due_ms > clock_mono_ms() + STORE_MIRROR_RETRY_MS / 2;
}

/* Go on until nothing is left to do, or something failed. @return why */
static int settle(struct store *s, struct store_mirror *m)
{
    int64_t until_ms = clock_mono_ms() + 120 * 1000;
    do
        look(s, m);
    while (!is_idle(m) && clock_mono_ms() < until_ms);
    CU_ASSERT_TRUE(is_idle(m));
    return store_mirror_state(m)->why.code;
}

static int mirror(struct store *s, const char *place, int64_t *ret_behind)
{
    struct store_mirror *m = store_mirror_new(s, place);
    int rc = settle(s, m);
    *ret_behind = store_mirror_state(m)->n_behind;
    store_mirror_free(m);
    return rc;
}

static void the_mirror_holds_what_is_sealed(void)
{
    const char *place = fixture_path("stick"), *other = fixture_path("stick2");
    struct record_ref r = {0};
    int64_t behind = -1;
    struct store *s = fixture_open(fixture_path("mirrored"));
    CU_ASSERT_EQUAL(mirror(s, place, &behind), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    CU_ASSERT_EQUAL(commit_with_files(s, &r), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT_EQUAL(behind, 0);
    CU_ASSERT(is_there(place, "000000000001.record") && is_there(place, "000000000002.record"));
    CU_ASSERT_FALSE(is_there(place, "000000000003.record"));
    CU_ASSERT_EQUAL(
        fixture_run("test $(ls '%s'/" FIXTURE_TERMINAL "/*.attachment | wc -l) = 2", place), 0);
    /* It goes on where it stopped. */
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(unlink(copy_of(place, 1)), 0); /* not written again */
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT(behind == 0 && is_there(place, "000000000005.record"));
    CU_ASSERT_FALSE(is_there(place, "000000000001.record"));
    /* Another stick: everything from the start. */
    CU_ASSERT_EQUAL(mkdir(other, 0700), 0);
    CU_ASSERT_EQUAL(mirror(s, other, &behind), 0);
    CU_ASSERT(is_there(other, "000000000001.record") && is_there(other, "000000000005.record"));
    store_free(s);
}

static void a_mirror_that_fails_holds_up_nothing(void)
{
    const char *place = fixture_path("bad_stick");
    struct record_ref r = {0};
    int64_t behind = 0;
    struct store *s = fixture_open(fixture_path("unmirrored"));
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    CU_ASSERT_EQUAL(fixture_run("echo x >'%s/" FIXTURE_TERMINAL "'", place), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), ERR_IO);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(unlink(fixture_path("bad_stick/" FIXTURE_TERMINAL)), 0);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT(behind == 0 && is_there(place, "000000000002.record"));
    store_free(s);
}

/* Whoever prepares a stick must not stop the terminal: opening a pipe waits for its other end. */
static void a_pipe_on_the_stick_holds_up_nothing(void)
{
    const char *place = fixture_path("piped_stick");
    struct record_ref r = {0};
    int64_t behind = 0;
    struct store *s = fixture_open(fixture_path("piped"));
    CU_ASSERT_EQUAL_FATAL(fixture_run("mkdir -p '%s/" FIXTURE_TERMINAL
                                      "' && mkfifo '%s/" FIXTURE_TERMINAL "/place'",
                                      place, place),
                          0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT(behind == 0 && is_there(place, "000000000001.record"));
    store_free(s);
}

static void the_mirror_forgets_what_is_purged(void)
{
    const char *place = fixture_path("purged_stick");
    struct record_ref r = {0};
    int64_t behind = 0;
    int n = 0;
    struct store *s = fixture_open(fixture_path("purged"));
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 1, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + 31 * day_ms, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT_FALSE(is_there(place, "000000000001.record"));
    CU_ASSERT_TRUE(is_there(place, "000000000002.record")); /* not confirmed: never removed */
    store_free(s);
}

static void text_same(const json_t *o, const char *key, const char *want)
{
    const char *got = json_string_value(json_object_get(o, key));
    CU_ASSERT_STRING_EQUAL(got ? got : "(none)", want);
}

/* A copy can be handed to the centre as it is: the envelope of the contract. */
static void a_copy_is_the_envelope(void)
{
    const char *place = fixture_path("content_stick");
    struct record_ref r = {0};
    struct store_record w = {0};
    int64_t behind = 0;
    bool is_found = false;
    char path[700];
    struct store *s = fixture_open(fixture_path("content"));
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    CU_ASSERT_EQUAL(commit_with_files(s, &r), 0);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT_EQUAL_FATAL(store_next_waiting(s, &w, &is_found, NULL), 0);
    snprintf(path, sizeof path, "%s/" FIXTURE_TERMINAL "/000000000001.record", place);
    json_t *o = json_load_file(path, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(o);
    YJ_CLEANUP(cleanup_free) char *base64 = seal_base64(w.sealed, w.sealed_bytes);
    text_same(o, "uuid", r.uuid);
    text_same(o, "number", r.number);
    text_same(o, "digest", w.env.digest);
    text_same(o, "signature", w.env.signature);
    text_same(o, "boot_id", "0f2a-boot");
    text_same(o, "sealed", base64);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(o, "sequence")), 1);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(o, "attachments")), 2);
    for (size_t i = 0; i < 2; i++) {
        YJ_CLEANUP(cleanup_free) char *bytes = NULL;
        char digest[SEAL_DIGEST_BYTES];
        size_t n = 0;
        snprintf(path, sizeof path, "%s/" FIXTURE_TERMINAL "/%s.attachment", place,
                 w.env.attachment[i].digest);
        CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1 << 20, &bytes, &n, NULL), 0);
        seal_digest(bytes, n, digest);
        CU_ASSERT_STRING_EQUAL(digest, w.env.attachment[i].digest);
    }
    json_decref(o);
    store_record_clear(&w);
    store_free(s);
}

static void copies_go_in_any_order_of_purging(void)
{
    const char *place = fixture_path("order_stick");
    struct record_ref r = {0};
    int64_t behind = 0, later = FIXTURE_WALL_MS;
    int n = 0;
    struct store *s = fixture_open(fixture_path("order"));
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    /* The third leaves first; the first, which was held up, a week after it. */
    CU_ASSERT_EQUAL(store_confirm(s, 3, "{}", "c2ln", later, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 1, "{}", "c2ln", later + 7 * day_ms, NULL), 0);
    for (int day = 1; day <= 38; day++) {
        CU_ASSERT_EQUAL(store_purge(s, later + day * day_ms + 1, &n, NULL), 0);
        CU_ASSERT_EQUAL(n, day == 30 || day == 37);
        CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
        CU_ASSERT_EQUAL(is_there(place, "000000000003.record"), day < 30);
        CU_ASSERT_EQUAL(is_there(place, "000000000001.record"), day < 37);
    }
    CU_ASSERT(is_there(place, "000000000002.record") && is_there(place, "000000000004.record"));
    store_free(s);
}

/* A stick that was away: what has been purged meanwhile goes from it, too. */
static void an_old_place_is_cleaned(void)
{
    const char *one = fixture_path("stick_one"), *two = fixture_path("stick_two");
    struct record_ref r = {0};
    int64_t behind = 0;
    int n = 0;
    struct store *s = fixture_open(fixture_path("away"));
    CU_ASSERT(mkdir(one, 0700) == 0 && mkdir(two, 0700) == 0);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(commit_with_files(s, &r), 0);
    CU_ASSERT_EQUAL(mirror(s, one, &behind), 0);
    CU_ASSERT_EQUAL(mirror(s, two, &behind), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 1, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    struct store_attachment_ref file = {0};
    bool is_found = false;
    CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
    CU_ASSERT_EQUAL(store_attachment_confirm(s, &file, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
    CU_ASSERT_EQUAL(store_attachment_refuse(s, &file, "415 no", NULL), 0);
    CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + 31 * day_ms, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(mirror(s, two, &behind), 0);
    CU_ASSERT_EQUAL(mirror(s, one, &behind), 0);
    for (int i = 0; i < 2; i++) {
        const char *place = i ? two : one;
        CU_ASSERT_FALSE(is_there(place, "000000000001.record"));
        CU_ASSERT_TRUE(is_there(place, "000000000002.record"));
        /* Three of four files: the refused one reached nobody. */
        CU_ASSERT_EQUAL(
            fixture_run("test $(ls '%s'/" FIXTURE_TERMINAL "/*.attachment | wc -l) = 3", place), 0);
    }
    store_free(s);
}

static void a_link_is_not_followed(void)
{
    const char *place = fixture_path("link_stick"), *target = fixture_path("elsewhere");
    struct record_ref r = {0};
    int64_t behind = 0;
    struct store *s = fixture_open(fixture_path("linked"));
    CU_ASSERT(mkdir(place, 0700) == 0 && mkdir(target, 0700) == 0);
    CU_ASSERT_EQUAL(symlink(target, fixture_path("link_stick/" FIXTURE_TERMINAL)), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), ERR_IO);
    CU_ASSERT_EQUAL(fixture_run("test -z \"$(ls '%s')\"", target), 0);
    store_free(s);
}

static void a_lot_is_copied_in_pieces(void)
{
    const char *place = fixture_path("lot_stick");
    struct record_ref r = {0};
    struct store *s = fixture_open(fixture_path("lot"));
    int64_t before = 70;
    int n_pieces = 0;
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    for (int i = 0; i < before; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    struct store_mirror *m = store_mirror_new(s, place);
    int64_t until_ms = clock_mono_ms() + 120 * 1000;
    do {
        look(s, m);
        n_pieces += store_mirror_state(m)->n_behind < before;
        before = store_mirror_state(m)->n_behind;
    } while (before > 0 && clock_mono_ms() < until_ms);
    CU_ASSERT(n_pieces >= 3 && before == 0 && is_there(place, "000000000070.record"));
    store_mirror_free(m);
    store_free(s);
}

/* Mirror with no room for large files. In a child, because a limit cannot be taken back. */
static void mirror_without_room(const char *dir, const char *place)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {300 * 1024, 300 * 1024};
        int64_t behind = 0;
        signal(SIGXFSZ, SIG_IGN);
        struct store *s = fixture_open(dir);
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(2);
        _exit(mirror(s, place, &behind) == ERR_STORE_FULL && behind == 1 ? 0 : 1);
    }
    int status = -1;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_EQUAL(status, 0);
}

/* No room: told as such, what came before counts, nothing half-written under a name that counts;
 * what is purged makes room first, and it goes on later. */
static void a_full_place_is_told(void)
{
    const char *dir = fixture_path("to_full"), *place = fixture_path("full_stick");
    static const size_t bytes[] = {400 * 1024};
    struct record_ref r = {0};
    int64_t behind = 0;
    int n = 0;
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(fixture_commit_files(s, seal, bytes, 1, &r, NULL), 0);
    store_free(s);
    mirror_without_room(dir, place);
    CU_ASSERT_TRUE(is_there(place, "000000000001.record"));
    CU_ASSERT_FALSE(is_there(place, "000000000002.record"));
    CU_ASSERT_EQUAL(
        fixture_run("test -z \"$(ls '%s'/" FIXTURE_TERMINAL " | grep attachment)\"", place), 0);
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_confirm(s, 1, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + 31 * day_ms, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 1);
    store_free(s);
    mirror_without_room(dir, place);
    CU_ASSERT_FALSE(is_there(place, "000000000001.record"));
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT(behind == 0 && is_there(place, "000000000002.record"));
    CU_ASSERT_EQUAL(fixture_run("! ls '%s'/" FIXTURE_TERMINAL " | grep '[.]new$'", place), 0);
    store_free(s);
}

/* Seen where it lies, whatever the settings could see when they were read. */
static void the_data_folder_is_no_place(void)
{
    const char *dir = fixture_path("own"), *link = fixture_path("to_own");
    const char *above = fixture_path("above"), *data = fixture_path("above/" FIXTURE_TERMINAL);
    struct record_ref r = {0};
    int64_t behind = 0;
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    CU_ASSERT(symlink(dir, link) == 0 && mkdir(fixture_path("own/below"), 0700) == 0);
    static const char *const places[] = {
        "own", "own/", "to_own", "own/below", "to_own/below/..", "own/../own"};
    for (size_t i = 0; i < YJ_COUNT(places); i++)
        CU_ASSERT_EQUAL(mirror(s, fixture_path(places[i]), &behind), ERR_INVALID);
    CU_ASSERT_EQUAL(behind, 1);
    CU_ASSERT_EQUAL(fixture_run("test -z \"$(find '%s' -name " FIXTURE_TERMINAL ")\"", dir), 0);
    store_free(s);
    /* Nor a place whose folder for this terminal it is. */
    CU_ASSERT_EQUAL(mkdir(above, 0700), 0);
    s = fixture_open(data);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(mirror(s, above, &behind), ERR_INVALID);
    CU_ASSERT_FALSE(is_there(above, "place"));
    store_free(s);
}

/* A stick that never comes back from a flush: commits go on, what is missing is counted, and
 * whoever ends the program does not wait for it. */
static void a_stick_that_hangs_holds_up_nothing(void)
{
    const char *place = fixture_path("hung_stick");
    struct record_ref r = {0};
    int64_t behind = 0;
    struct store *s = fixture_open(fixture_path("hung"));
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    struct store_mirror *m = store_mirror_new(s, place);
    slow_disk_hold(place);
    while (slow_disk_n_held() == 0)
        look(s, m); /* the place is begun, and that hangs */
    for (int i = 2; i <= 4; i++) {
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
        store_mirror_kick(m);
        look(s, m);
        CU_ASSERT_EQUAL(store_mirror_state(m)->n_behind, i);
    }
    CU_ASSERT_EQUAL(store_mirror_state(m)->why.code, 0); /* a slow stick is no dead one yet */
    int64_t later_ms = clock_mono_ms() + STORE_MIRROR_PATIENCE_MS + 1000;
    CU_ASSERT_EQUAL(store_mirror_tend(s, m, later_ms, NULL), 0);
    CU_ASSERT_EQUAL(store_mirror_state(m)->why.code, ERR_TIMEOUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(store_mirror_state(m)->why.msg, place));
    CU_ASSERT(slow_disk_n_held() == 1 && !is_there(place, "000000000001.record"));
    int64_t began_ms = clock_mono_ms();
    store_mirror_free(m);
    CU_ASSERT(slow_disk_n_held() == 1 && clock_mono_ms() - began_ms < 30 * 1000);
    slow_disk_release(); /* the thread that was left behind ends by itself */
    CU_ASSERT_TRUE(slow_disk_wait(0));
    CU_ASSERT_EQUAL(mirror(s, place, &behind), 0);
    CU_ASSERT(behind == 0 && is_there(place, "000000000004.record"));
    store_free(s);
}

/* What is purged while its copy is being written is removed afterwards. */
static void what_is_purged_meanwhile_goes_later(void)
{
    const char *place = fixture_path("meanwhile_stick");
    struct record_ref r = {0};
    int n = 0;
    struct store *s = fixture_open(fixture_path("meanwhile"));
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    struct store_mirror *m = store_mirror_new(s, place);
    CU_ASSERT_EQUAL(settle(s, m), 0);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    slow_disk_hold(place);
    store_mirror_kick(m);
    while (slow_disk_n_held() == 0)
        look(s, m);
    CU_ASSERT_EQUAL(store_confirm(s, 2, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + 31 * day_ms, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 1);
    slow_disk_release();
    CU_ASSERT_EQUAL(settle(s, m), 0);
    CU_ASSERT_FALSE(is_there(place, "000000000002.record"));
    CU_ASSERT(is_there(place, "000000000001.record") && is_there(place, "000000000003.record"));
    store_mirror_free(m);
    store_free(s);
}

/* The stick is exchanged while the mirror runs. */
static void another_stick_is_noticed(void)
{
    const char *place = fixture_path("mount"), *first = fixture_path("first_stick");
    struct record_ref r = {0};
    struct store *s = fixture_open(fixture_path("exchanged"));
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    struct store_mirror *m = store_mirror_new(s, place);
    CU_ASSERT_EQUAL(settle(s, m), 0);
    CU_ASSERT_EQUAL(rename(place, first), 0);
    store_mirror_kick(m);
    CU_ASSERT_EQUAL(settle(s, m), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(mkdir(place, 0700), 0);
    store_mirror_kick(m);
    CU_ASSERT_EQUAL(settle(s, m), 0);
    CU_ASSERT(is_there(place, "000000000001.record") && is_there(first, "000000000001.record"));
    store_mirror_free(m);
    store_free(s);
}

static CU_TestInfo cases[] = {
    {"the mirror holds what is sealed", the_mirror_holds_what_is_sealed},
    {"a copy is the envelope", a_copy_is_the_envelope},
    {"a mirror that fails holds up nothing", a_mirror_that_fails_holds_up_nothing},
    {"a pipe on the stick holds up nothing", a_pipe_on_the_stick_holds_up_nothing},
    {"the mirror forgets what is purged", the_mirror_forgets_what_is_purged},
    {"copies go in any order of purging", copies_go_in_any_order_of_purging},
    {"an old place is cleaned", an_old_place_is_cleaned},
    {"a link is not followed", a_link_is_not_followed},
    {"a lot is copied in pieces", a_lot_is_copied_in_pieces},
    {"a full place is told", a_full_place_is_told},
    {"the data folder is no place", the_data_folder_is_no_place},
    {"a stick that hangs holds up nothing", a_stick_that_hangs_holds_up_nothing},
    {"what is purged meanwhile goes later", what_is_purged_meanwhile_goes_later},
    {"another stick is noticed", another_stick_is_noticed},
    CU_TEST_INFO_NULL};

int main(void)
{
    seal = fixture_seal();
    int rc = cunit_run("store.mirror", cases);
    seal_close(seal);
    return rc;
}
