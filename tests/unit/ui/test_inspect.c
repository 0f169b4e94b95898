/* SPDX-License-Identifier: Apache-2.0 */
/* The inspector over its socket, with screens made of a table: every command, and what broken or
 * rude clients may do. The test's thread plays the main thread. */
#define _DEFAULT_SOURCE /* usleep */
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "ui/inspect/inspect.h"

struct world {
    struct inspect *in;
    char dir[32], path[64];
    const char *screen;
    uint32_t revision;
    char log[4096]; /* what the hooks were asked */
    bool is_hidden, is_disabled;
    int64_t clock_ms;
};

static void note(struct world *w, const char *text)
{
    size_t n = strlen(w->log);
    snprintf(w->log + n, sizeof w->log - n, "%s", text);
}

static void get_scene(void *ui, struct inspect_scene *ret)
{
    struct world *w = ui;
    *ret = (struct inspect_scene){w->screen, w->revision, 1080,  1920,  3.0,
                                  false,     false,       false, false, false};
}

static void each_item(void *ui, inspect_item_fn fn, void *arg)
{
    struct world *w = ui;
    struct inspect_item next = {.id = "action.next",
                                .role = "button",
                                .text = "下一步",
                                .x = 90,
                                .y = 1500,
                                .w = 300,
                                .h = 90,
                                .is_enabled = !w->is_disabled,
                                .is_visible = !w->is_hidden,
                                .contrast = 7.123};
    struct inspect_item option = {.id = "field.sex#1",
                                  .role = "option",
                                  .text = "\xff",
                                  .x = 0,
                                  .y = 30,
                                  .w = 60,
                                  .h = 60,
                                  .is_enabled = true,
                                  .is_visible = true};
    fn(arg, &next);
    fn(arg, &option);
}

static bool reveal(void *ui, const char *id)
{
    struct world *w = ui;
    note(w, "reveal ");
    note(w, id);
    note(w, ";");
    w->is_hidden = strcmp(w->screen, "COVERED") == 0;
    return true;
}

static void touch(void *ui, enum inspect_touch kind, int x, int y, int64_t t_ms)
{
    char text[64];
    snprintf(text, sizeof text, "%d:%d,%d@%d;", (int)kind, x, y, (int)t_ms);
    note(ui, text);
}

static int key(void *ui, const char *name, struct err *err)
{
    note(ui, name);
    return strcmp(name, "Return") == 0 ? 0 : ERR(err, ERR_NOT_FOUND, "no such key");
}

static int set_text(void *ui, const char *id, const char *text, struct err *err)
{
    (void)err;
    note(ui, id);
    note(ui, "=");
    note(ui, text);
    return 0;
}

static int save_png(void *ui, const char *path, struct err *err)
{
    note(ui, path);
    return strcmp(path, "bad") == 0 ? ERR(err, ERR_IO, "cannot write") : 0;
}

static void advance_clock(void *ui, int64_t ms)
{
    ((struct world *)ui)->clock_ms += ms;
}

static void get_stats(void *ui, struct inspect_stats *ret)
{
    (void)ui;
    *ret = (struct inspect_stats){12, 3456, 17};
}

/* Five were said, the first is forgotten. */
static bool get_utterance(void *ui, uint64_t at, uint64_t *ret_n, struct inspect_utterance *ret)
{
    (void)ui;
    *ret_n = 5;
    *ret = (struct inspect_utterance){"page", "zh-Hans", at == 4 ? "\xff" : "材料\n下一步"};
    return at > 0 && at < 5;
}

static const struct inspect_hooks hooks = {get_scene, each_item,    reveal,   touch,
                                           key,       set_text,     save_png, advance_clock,
                                           get_stats, get_utterance};

static void wake(void *arg)
{
    (void)arg; /* the test polls */
}

static void setup(struct world *w)
{
    *w = (struct world){.screen = "HOME", .revision = 7};
    snprintf(w->dir, sizeof w->dir, "/tmp/yj-inspect-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(w->dir));
    snprintf(w->path, sizeof w->path, "%s/socket", w->dir);
    struct inspect_cfg cfg = {w->path, &hooks, w, wake, NULL};
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(inspect_start(&cfg, &w->in, &err), 0);
}

static void teardown(struct world *w)
{
    inspect_stop(w->in);
    CU_ASSERT_EQUAL(access(w->path, F_OK), -1);
    CU_ASSERT_EQUAL(rmdir(w->dir), 0);
}

static int dial(struct world *w)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    snprintf(addr.sun_path, sizeof addr.sun_path, "%s", w->path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    return fd;
}

static void send_all(struct world *w, int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            text += sent;
            n -= (size_t)sent;
        } else if (errno != EAGAIN) {
            CU_FAIL_FATAL("send");
        }
        (void)inspect_serve(w->in, clock_mono_ms());
    }
}

/* Play the main thread until a line has come. @return NULL when none came in time */
static json_t *receive(struct world *w, int fd)
{
    static char line[1 << 20];
    size_t n = 0;
    int64_t end = clock_mono_ms() + 10000;
    while (clock_mono_ms() < end) {
        (void)inspect_serve(w->in, clock_mono_ms());
        ssize_t got = recv(fd, line + n, 1, MSG_DONTWAIT); /* one byte: later lines stay */
        if (got == 1 && line[n] == '\n')
            return json_loadb(line, n, 0, NULL);
        if (got == 0)
            return NULL;
        n += got == 1 ? 1 : 0;
        if (got < 0)
            usleep(200);
    }
    return NULL;
}

static json_t *ask(struct world *w, int fd, const char *request)
{
    send_all(w, fd, request, strlen(request));
    send_all(w, fd, "\n", 1);
    json_t *answer = receive(w, fd);
    CU_ASSERT_PTR_NOT_NULL_FATAL(answer);
    return answer;
}

static void expect_ok(struct world *w, int fd, const char *request)
{
    json_t *answer = ask(w, fd, request);
    if (!json_is_true(json_object_get(answer, "ok")))
        fprintf(stderr, "%s: refused\n", request);
    CU_ASSERT(json_is_true(json_object_get(answer, "ok")));
    json_decref(answer);
}

static void expect_refused(struct world *w, int fd, const char *request)
{
    json_t *answer = ask(w, fd, request);
    CU_ASSERT(json_is_false(json_object_get(answer, "ok")));
    CU_ASSERT(json_string_length(json_object_get(answer, "error")) > 0);
    json_decref(answer);
}

static void expect_log(struct world *w, const char *text)
{
    CU_ASSERT_STRING_EQUAL(w->log, text);
    w->log[0] = '\0';
}

static void socket_is_private(void)
{
    struct world w;
    struct stat st;
    setup(&w);
    CU_ASSERT_EQUAL(stat(w.path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
    teardown(&w);
}

static void path_is_checked(void)
{
    struct inspect *in = NULL;
    char longer[200];
    memset(longer, 'x', sizeof longer);
    longer[199] = '\0';
    struct inspect_cfg cfg = {longer, &hooks, NULL, wake, NULL};
    CU_ASSERT_EQUAL(inspect_start(&cfg, &in, NULL), ERR_INVALID);
    cfg.socket_path = "/nonexistent/socket";
    CU_ASSERT_EQUAL(inspect_start(&cfg, &in, NULL), ERR_SYSTEM);
    cfg.socket_path = "/etc/passwd"; /* a file is never removed */
    CU_ASSERT_EQUAL(inspect_start(&cfg, &in, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL(access("/etc/passwd", F_OK), 0);
    CU_ASSERT_PTR_NULL(in);
}

static void dump_tells_the_items(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    json_t *js = ask(&w, fd, "{\"cmd\":\"dump\"}");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(js, "screen")), "HOME");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(js, "revision")), 7);
    json_t *items = json_object_get(js, "items"), *it = json_array_get(items, 0);
    CU_ASSERT_EQUAL(json_array_size(items), 2);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(it, "id")), "action.next");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(it, "text")), "下一步");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(it, "w")), 300);
    CU_ASSERT_DOUBLE_EQUAL(json_number_value(json_object_get(it, "w_mm")), 100.0, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(json_number_value(json_object_get(it, "contrast")), 7.12, 0.001);
    CU_ASSERT(json_is_true(json_object_get(it, "enabled")));
    /* text of the screen that is no UTF-8 must not break the answer */
    CU_ASSERT(json_is_string(json_object_get(json_array_get(items, 1), "text")));
    json_decref(js);
    close(fd);
    teardown(&w);
}

static void taps_and_drags(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    expect_ok(&w, fd, "{\"cmd\":\"tap\",\"id\":\"action.next\"}");
    expect_log(&w, "0:240,1545@0;2:240,1545@60;");
    expect_ok(&w, fd, "{\"cmd\":\"tap\",\"id\":\"field.sex\",\"option\":1}");
    expect_log(&w, "0:30,60@0;2:30,60@60;");
    expect_ok(&w, fd, "{\"cmd\":\"tap\",\"x\":1,\"y\":2}");
    expect_log(&w, "0:1,2@0;2:1,2@60;");
    expect_ok(&w, fd, "{\"cmd\":\"drag\",\"points\":[[1,2,0],[3,4,16]]}");
    expect_log(&w, "0:1,2@0;1:3,4@16;2:3,4@24;");
    expect_ok(&w, fd, "{\"cmd\":\"drag\",\"id\":\"action.next\",\"points\":[[0,0],[1,1]]}");
    expect_log(&w, "0:90,1500@0;1:389,1589@8;2:389,1589@16;");
    w.is_hidden = true;
    expect_ok(&w, fd, "{\"cmd\":\"tap\",\"id\":\"action.next\"}");
    expect_log(&w, "reveal action.next;0:240,1545@0;2:240,1545@60;");
    close(fd);
    teardown(&w);
}

/* What a person could not touch is not touched. */
static void refuses_what_cannot_be_touched(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    expect_refused(&w, fd, "{\"cmd\":\"tap\",\"id\":\"nothing\"}");
    expect_refused(&w, fd, "{\"cmd\":\"tap\",\"x\":1080,\"y\":2}");
    expect_refused(&w, fd, "{\"cmd\":\"tap\",\"x\":-1,\"y\":2}");
    expect_refused(&w, fd, "{\"cmd\":\"tap\",\"x\":1e300,\"y\":2}");
    expect_refused(&w, fd, "{\"cmd\":\"tap\"}");
    expect_refused(&w, fd, "{\"cmd\":\"drag\",\"points\":[]}");
    expect_refused(&w, fd, "{\"cmd\":\"drag\",\"points\":[[1]]}");
    expect_refused(&w, fd, "{\"cmd\":\"drag\",\"points\":[[1,2,-5]]}");
    expect_refused(&w, fd, "{\"cmd\":\"drag\",\"points\":[[1,2],[5000,2]]}");
    w.is_disabled = true;
    expect_refused(&w, fd, "{\"cmd\":\"tap\",\"id\":\"action.next\"}");
    expect_log(&w, "");
    w.is_disabled = false;
    w.is_hidden = true;
    w.screen = "COVERED";
    expect_refused(&w, fd, "{\"cmd\":\"tap\",\"id\":\"action.next\"}");
    expect_log(&w, "reveal action.next;");
    close(fd);
    teardown(&w);
}

static void other_commands(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    expect_ok(&w, fd, "{\"cmd\":\"key\",\"key\":\"Return\"}");
    expect_refused(&w, fd, "{\"cmd\":\"key\",\"key\":\"Nope\"}");
    expect_log(&w, "ReturnNope");
    expect_ok(&w, fd, "{\"cmd\":\"text\",\"id\":\"field.baby.name\",\"text\":\"张小宝\"}");
    expect_log(&w, "field.baby.name=张小宝");
    expect_ok(&w, fd, "{\"cmd\":\"shot\",\"path\":\"x.png\"}");
    expect_refused(&w, fd, "{\"cmd\":\"shot\",\"path\":\"bad\"}");
    expect_ok(&w, fd, "{\"cmd\":\"clock\",\"advance_ms\":90000}");
    CU_ASSERT_EQUAL(w.clock_ms, 90000);
    expect_refused(&w, fd, "{\"cmd\":\"clock\",\"advance_ms\":-1}");
    expect_refused(&w, fd, "{\"cmd\":\"clock\",\"advance_ms\":9223372036854775807}");
    json_t *js = ask(&w, fd, "{\"cmd\":\"stats\"}");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(js, "frames")), 12);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(js, "last_tap_to_frame_ms")), 17);
    json_decref(js);
    js = ask(&w, fd, "{\"cmd\":\"speech\"}");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(js, "n")), 5);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(js, "said")), 4);
    json_decref(js);
    expect_ok(&w, fd, "{\"cmd\":\"speech\",\"from\":3}");
    expect_refused(&w, fd, "{\"cmd\":\"speech\",\"from\":-1}");
    expect_refused(&w, fd, "{\"cmd\":\"speech\",\"from\":\"all\"}");
    close(fd);
    teardown(&w);
}

static void wait_answers_when_it_comes_true(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    expect_ok(&w, fd, "{\"cmd\":\"wait\",\"screen\":\"HOME\"}");
    const char *request = "{\"cmd\":\"wait\",\"screen\":\"FORM\",\"timeout_ms\":5000}\n";
    send_all(&w, fd, request, strlen(request));
    char none;
    int next_ms = -1;
    for (int i = 0; i < 100 && next_ms < 0; i++) {
        next_ms = inspect_serve(w.in, clock_mono_ms());
        usleep(1000);
    }
    CU_ASSERT(next_ms > 0 && next_ms <= 5000);
    CU_ASSERT_EQUAL(recv(fd, &none, 1, MSG_DONTWAIT), -1);
    w.screen = "FORM";
    w.revision = 8;
    json_t *js = receive(&w, fd);
    CU_ASSERT(json_is_true(json_object_get(js, "ok")));
    json_decref(js);
    CU_ASSERT_EQUAL(inspect_serve(w.in, clock_mono_ms()), -1);
    expect_ok(&w, fd, "{\"cmd\":\"wait\",\"after\":7}");
    expect_ok(&w, fd, "{\"cmd\":\"wait\",\"item\":\"action.next\"}");
    expect_ok(&w, fd, "{\"cmd\":\"wait\",\"item\":\"other\",\"gone\":true}");
    expect_refused(&w, fd, "{\"cmd\":\"wait\",\"after\":8,\"timeout_ms\":20}");
    expect_refused(&w, fd, "{\"cmd\":\"wait\",\"screen\":\"HOME\",\"timeout_ms\":20}");
    expect_refused(&w, fd, "{\"cmd\":\"wait\",\"screen\":\"HOME\",\"timeout_ms\":-1}");
    expect_refused(&w, fd, "{\"cmd\":\"wait\"}");
    close(fd);
    teardown(&w);
}

static void broken_lines_do_no_harm(void)
{
    static const char *const lines[] = {"nonsense",
                                        "{",
                                        "[]",
                                        "42",
                                        "null",
                                        "{}",
                                        "{\"cmd\":5}",
                                        "{\"cmd\":\"format disk\"}",
                                        "{\"cmd\":\"tap\",\"id\":7}",
                                        "{\"cmd\":\"tap\",\"cmd\":\"dump\"}",
                                        "\"\\u0000\"",
                                        "{\"cmd\":\"dump\"} trailing",
                                        "\xff\xfe\xfd",
                                        "{\"cmd\":\"text\",\"id\":\"a\"}",
                                        "{\"cmd\":\"drag\",\"points\":{\"a\":1}}",
                                        "{\"cmd\":\"drag\",\"points\":[[[],[]]]}"};
    struct world w;
    setup(&w);
    int fd = dial(&w);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_refused(&w, fd, lines[i]);
    expect_log(&w, "");
    send_all(&w, fd, "\n\r\n\n", 4); /* empty lines are no requests */
    expect_ok(&w, fd, "{\"cmd\":\"stats\"}");
    close(fd);
    teardown(&w);
}

/* Deep nesting is refused by the parser, not by the stack. */
static void deep_nesting(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    char *deep = mem_zalloc(1, 60001);
    memset(deep, '[', 60000);
    expect_refused(&w, fd, deep);
    free(deep);
    close(fd);
    teardown(&w);
}

static void oversize_lines_are_skipped(void)
{
    enum { BIG = 300000 };
    struct world w;
    setup(&w);
    int fd = dial(&w);
    char *big = mem_zalloc(1, BIG + 1);
    memset(big, 'a', BIG);
    expect_refused(&w, fd, big); /* one refusal for the whole line */
    expect_ok(&w, fd, "{\"cmd\":\"stats\"}");
    free(big);
    close(fd);
    teardown(&w);
}

static void lines_in_one_piece_are_answered_in_order(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    const char *three = "{\"cmd\":\"stats\"}\nbroken\n{\"cmd\":\"dump\"}\n";
    send_all(&w, fd, three, strlen(three));
    json_t *a = receive(&w, fd), *b = receive(&w, fd), *c = receive(&w, fd);
    CU_ASSERT(json_is_integer(json_object_get(a, "frames")));
    CU_ASSERT(json_is_false(json_object_get(b, "ok")));
    CU_ASSERT(json_is_array(json_object_get(c, "items")));
    json_decref(a);
    json_decref(b);
    json_decref(c);
    close(fd);
    teardown(&w);
}

/* Clients that leave in the middle of a line, of a request, of a wait: the next is served. */
static void clients_may_leave_at_any_time(void)
{
    static const char *const last_words[] = {
        "", "{\"cmd\":\"du", "{\"cmd\":\"dump\"}\n",
        "{\"cmd\":\"wait\",\"screen\":\"NEVER\",\"timeout_ms\":600000}\n"};
    struct world w;
    setup(&w);
    for (int i = 0; i < 40; i++) {
        const char *words = last_words[i % 4];
        int fd = dial(&w);
        if (send(fd, words, strlen(words), MSG_NOSIGNAL) < 0)
            CU_FAIL("send");
        if (i % 3 == 0)
            (void)inspect_serve(w.in, clock_mono_ms());
        close(fd);
        usleep(2000); /* the slot is free again when the thread has seen it */
    }
    int fd = dial(&w);
    expect_ok(&w, fd, "{\"cmd\":\"stats\"}");
    close(fd);
    teardown(&w);
}

/* printf | nc: the client ends its side at once and still gets the answer. */
static void half_closed_clients_are_answered(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    const char *request = "{\"cmd\":\"stats\"}\n{\"cmd\":\"stats\"}\n";
    send_all(&w, fd, request, strlen(request));
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < 2; i++) {
        json_t *js = receive(&w, fd);
        CU_ASSERT(json_is_true(json_object_get(js, "ok")));
        json_decref(js);
    }
    CU_ASSERT_PTR_NULL(receive(&w, fd)); /* and then the end */
    close(fd);
    teardown(&w);
}

static void a_fifth_client_is_turned_away(void)
{
    struct world w;
    setup(&w);
    int fd[5];
    for (int i = 0; i < 4; i++) {
        fd[i] = dial(&w);
        expect_ok(&w, fd[i], "{\"cmd\":\"stats\"}");
    }
    fd[4] = dial(&w);
    char none;
    CU_ASSERT_EQUAL(recv(fd[4], &none, 1, 0), 0);
    for (int i = 0; i < 5; i++)
        close(fd[i]);
    teardown(&w);
}

static void stop_with_requests_under_way(void)
{
    struct world w;
    setup(&w);
    int fd = dial(&w);
    const char *request = "{\"cmd\":\"wait\",\"screen\":\"NEVER\",\"timeout_ms\":600000}\n";
    send_all(&w, fd, request, strlen(request));
    int other = dial(&w);
    if (send(other, "{\"cmd\":\"dump\"}\n", 15, MSG_NOSIGNAL) < 0)
        CU_FAIL("send");
    usleep(20000);
    teardown(&w);
    close(fd);
    close(other);
}

static CU_TestInfo cases[] = {
    {"the socket is private", socket_is_private},
    {"the path is checked", path_is_checked},
    {"dump tells the items", dump_tells_the_items},
    {"taps and drags", taps_and_drags},
    {"refuses what cannot be touched", refuses_what_cannot_be_touched},
    {"other commands", other_commands},
    {"wait answers when it comes true", wait_answers_when_it_comes_true},
    {"broken lines do no harm", broken_lines_do_no_harm},
    {"deep nesting", deep_nesting},
    {"oversize lines are skipped", oversize_lines_are_skipped},
    {"lines in one piece are answered in order", lines_in_one_piece_are_answered_in_order},
    {"clients may leave at any time", clients_may_leave_at_any_time},
    {"half closed clients are answered", half_closed_clients_are_answered},
    {"a fifth client is turned away", a_fifth_client_is_turned_away},
    {"stop with requests under way", stop_with_requests_under_way},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.inspect", cases)
