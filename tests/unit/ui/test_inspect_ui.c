/* SPDX-License-Identifier: Apache-2.0 */
/* The inspector with the real screens and keyboard on the memory display: a client on a thread of
 * its own does what a visitor does, the test's thread runs the loop and collects the intents. */
#define _DEFAULT_SOURCE /* usleep */
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "access.h"
#include "cunit_main.h"
#include "ui/ui.h"
#include "views.h"

enum { N_STROKE_POINTS = 400 };

struct world {
    struct ui *ui;
    char dir[32], path[64], shot[64];
    int fd;
    atomic_bool is_done;
    void (*script)(struct world *);
    struct view view;
    int n_set_text, n_sign;
    char text[512];
    size_t n_points;
    int last_t_ms;
};

/* ---- the client's thread ---------------------------------------------------------------- */

/* One request, one answer; no CUnit here: its registry belongs to the other thread. */
static json_t *ask(struct world *w, const char *request)
{
    static char line[1 << 20];
    size_t n = 0;
    if (send(w->fd, request, strlen(request), MSG_NOSIGNAL) < 0 ||
        send(w->fd, "\n", 1, MSG_NOSIGNAL) < 0)
        return NULL;
    while (n + 1 < sizeof line && recv(w->fd, line + n, 1, 0) == 1 && line[n] != '\n')
        n++;
    json_t *js = json_loadb(line, n, 0, NULL);
    if (!json_is_true(json_object_get(js, "ok")))
        fprintf(stderr, "%s\n  -> %.*s\n", request, (int)n, line);
    return js;
}

static void ask_for(struct world *w, const char *request)
{
    json_decref(ask(w, request));
}

static void tap(struct world *w, const char *id)
{
    char request[128];
    snprintf(request, sizeof request, "{\"cmd\":\"tap\",\"id\":\"%s\"}", id);
    ask_for(w, request);
}

static void tap_candidate(struct world *w, const char *text)
{
    json_t *js = ask(w, "{\"cmd\":\"dump\"}"), *items = json_object_get(js, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *it = json_array_get(items, i);
        const char *id = json_string_value(json_object_get(it, "id"));
        const char *shown = json_string_value(json_object_get(it, "text"));
        if (strncmp(id, "candidate#", 10) == 0 && strcmp(shown, text) == 0) {
            tap(w, id);
            break;
        }
    }
    json_decref(js);
}

static void type_a_name(struct world *w)
{
    ask_for(w, "{\"cmd\":\"wait\",\"screen\":\"FORM\",\"timeout_ms\":5000}");
    tap(w, "field.baby.name");
    ask_for(w, "{\"cmd\":\"wait\",\"item\":\"key.ok\",\"timeout_ms\":2000}");
    tap(w, "key.clear");
    for (const char *p = "zhangxiaobao"; *p; p++) {
        char id[8] = {'k', 'e', 'y', '.', *p};
        tap(w, id);
    }
    tap_candidate(w, "张");
    tap_candidate(w, "小");
    tap_candidate(w, "宝");
    char request[128];
    snprintf(request, sizeof request, "{\"cmd\":\"shot\",\"path\":\"%s\"}", w->shot);
    ask_for(w, request);
    tap(w, "key.ok");
    ask_for(w, "{\"cmd\":\"wait\",\"item\":\"key.ok\",\"gone\":true,\"timeout_ms\":2000}");
}

static void set_the_text(struct world *w)
{
    ask_for(w, "{\"cmd\":\"wait\",\"screen\":\"FORM\",\"timeout_ms\":5000}");
    ask_for(w, "{\"cmd\":\"text\",\"id\":\"field.baby.name\",\"text\":\"张小宝\"}");
}

static void sign(struct world *w)
{
    ask_for(w, "{\"cmd\":\"wait\",\"item\":\"sign.pad\",\"timeout_ms\":5000}");
    json_t *points = json_array();
    for (int i = 0; i < N_STROKE_POINTS; i++)
        json_array_append_new(points, json_pack("[f,f,i]", 0.1 + 0.8 * i / N_STROKE_POINTS,
                                                0.2 + 0.6 * (i % 40) / 40.0, i * 5));
    json_t *js = json_pack("{s:s,s:s,s:o}", "cmd", "drag", "id", "sign.pad", "points", points);
    char *request = json_dumps(js, JSON_COMPACT);
    ask_for(w, request);
    free(request);
    json_decref(js);
    usleep(400000); /* a second tap at once is taken for a trembling hand */
    tap(w, "next");
}

static void *client_main(void *arg)
{
    struct world *w = arg;
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    snprintf(addr.sun_path, sizeof addr.sun_path, "%s", w->path);
    w->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(w->fd, (struct sockaddr *)&addr, sizeof addr) == 0)
        w->script(w);
    close(w->fd);
    atomic_store(&w->is_done, true);
    ui_wake(w->ui);
    return NULL;
}

/* ---- the main thread -------------------------------------------------------------------- */

static void show_sample(struct world *w, const char *name)
{
    const struct sample *s = sample_of(name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    sample_make(s, false, &w->view);
    ui_show(w->ui, &w->view);
}

static void take_intents(struct world *w)
{
    struct intent in;
    while (ui_next_intent(w->ui, &in)) {
        if (in.kind == INTENT_SET_TEXT) {
            w->n_set_text++;
            memcpy(w->text, in.text, sizeof w->text);
            if (strcmp(w->view.item[in.item].id, "field.baby.name") != 0)
                CU_FAIL("another field");
        } else if (in.kind == INTENT_SIGN) {
            w->n_sign++;
            w->n_points = in.strokes->n_points;
            w->last_t_ms = in.strokes->point[in.strokes->n_points - 1].t_ms;
        }
    }
}

static void play(struct world *w, const char *sample, void (*script)(struct world *))
{
    struct err err = {0};
    pthread_t client;
    memset(w, 0, sizeof *w);
    w->script = script;
    snprintf(w->dir, sizeof w->dir, "/tmp/yj-inspect-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(w->dir));
    snprintf(w->path, sizeof w->path, "%s/socket", w->dir);
    snprintf(w->shot, sizeof w->shot, "%s/shot.png", w->dir);
    struct ui_cfg cfg = {.assets_dir = YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .theme = "default",
                         .languages = {"zh-Hans", "en"},
                         .n_languages = 2,
                         .width_px = 1080,
                         .height_px = 1920,
                         .width_mm = 344,
                         .inspect_socket = w->path};
    int rc = ui_new(&cfg, &w->ui, &err);
    if (rc)
        fprintf(stderr, "%s: %s\n", err.where, err.msg);
    CU_ASSERT_EQUAL_FATAL(rc, 0);
    show_sample(w, sample);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&client, NULL, client_main, w), 0);
    for (int turn = 0; turn < 2000 && !atomic_load(&w->is_done); turn++) {
        CU_ASSERT(ui_wait(w->ui, 1000));
        take_intents(w);
    }
    CU_ASSERT(atomic_load(&w->is_done));
    pthread_join(client, NULL);
    take_intents(w);
    ui_free(w->ui);
}

static void cleanup(struct world *w)
{
    unlink(w->shot);
    CU_ASSERT_EQUAL(rmdir(w->dir), 0); /* the socket is gone already */
}

static struct world world; /* too large for the stack */

static void a_name_is_typed_by_taps(void)
{
    struct stat st = {0};
    play(&world, "form", type_a_name);
    CU_ASSERT_EQUAL(world.n_set_text, 1);
    CU_ASSERT_STRING_EQUAL(world.text, "张小宝");
    CU_ASSERT_EQUAL(stat(world.shot, &st), 0);
    CU_ASSERT(st.st_size > 10000);
    cleanup(&world);
}

static void text_goes_into_the_field(void)
{
    play(&world, "form", set_the_text);
    CU_ASSERT_EQUAL(world.n_set_text, 1);
    CU_ASSERT_STRING_EQUAL(world.text, "张小宝");
    cleanup(&world);
}

/* All points arrive, with the times of the finger. */
static void a_long_stroke_is_signed(void)
{
    play(&world, "sign", sign);
    CU_ASSERT_EQUAL(world.n_sign, 1);
    CU_ASSERT(world.n_points > N_STROKE_POINTS / 2);
    CU_ASSERT(world.last_t_ms > 1900 && world.last_t_ms < 2100);
    cleanup(&world);
}

static struct access_report measured;
static int measure_result;

static void measure_dump(struct world *w)
{
    ask_for(w, "{\"cmd\":\"wait\",\"screen\":\"REVIEW\",\"timeout_ms\":5000}");
    json_t *js = ask(w, "{\"cmd\":\"dump\"}");
    char *text = json_dumps(js, JSON_COMPACT);
    measure_result = access_check_dump(text, &measured);
    free(text);
    json_decref(js);
}

/* A running terminal is measured by what it tells about itself. */
static void a_dump_keeps_the_access_rules(void)
{
    measure_result = -1;
    play(&world, "review", measure_dump);
    CU_ASSERT_EQUAL(measure_result, 0);
    CU_ASSERT_EQUAL(access_total(&measured), 0);
    if (access_total(&measured))
        fprintf(stderr, "%s\n", measured.first);
    cleanup(&world);
}

static CU_TestInfo cases[] = {
    {"a dump keeps the access rules", a_dump_keeps_the_access_rules},
    {"a name is typed by taps", a_name_is_typed_by_taps},
    {"text goes into the field", text_goes_into_the_field},
    {"a long stroke is signed", a_long_stroke_is_signed},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.inspect.ui", cases)
