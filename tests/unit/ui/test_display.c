/* SPDX-License-Identifier: Apache-2.0 */
/* Both display backends: the window on SDL's dummy driver, and plain memory. */
#include <png.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "ui/sdl/display.h"

static const char *const backends[] = {"memory", "window"};

static struct display *open_display(const char *backend)
{
    struct display *d = NULL;
    struct err err = {0};
    struct display_cfg cfg = {
        .backend = backend, .width_px = 540, .height_px = 960, .window_scale = 0.5};
    int r = display_new(&cfg, &d, &err);
    if (r < 0)
        fprintf(stderr, "%s: %s\n", backend, err.msg);
    CU_ASSERT_FATAL(r == 0);
    return d;
}

/* Backends may report their own start (expose); those are passed over. */
static enum display_event_kind next_kind(struct display *d, int timeout_ms)
{
    struct display_event e;
    int64_t end = clock_mono_ms() + timeout_ms;
    do {
        if (display_wait(d, timeout_ms, &e) && e.kind != DISPLAY_EXPOSE)
            return e.kind;
    } while (clock_mono_ms() < end);
    return DISPLAY_NONE;
}

static void injected_events_come_in_order(void)
{
    for (size_t i = 0; i < YJ_COUNT(backends); i++) {
        struct display *d = open_display(backends[i]);
        struct display_event e = {.kind = DISPLAY_DOWN, .x = 7, .y = 9};
        display_inject(d, &e);
        display_inject(d, &(struct display_event){.kind = DISPLAY_UP});
        CU_ASSERT_FATAL(display_wait(d, 0, &e));
        CU_ASSERT_EQUAL(e.kind, DISPLAY_DOWN);
        CU_ASSERT_EQUAL(e.x, 7);
        CU_ASSERT_FATAL(display_wait(d, 0, &e));
        CU_ASSERT_EQUAL(e.kind, DISPLAY_UP);
        CU_ASSERT_EQUAL(next_kind(d, 20), DISPLAY_NONE);
        display_free(d);
    }
}

static void *wake_later(void *arg)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    display_wake(arg);
    display_wake(arg);
    return NULL;
}

static void wake_from_another_thread(void)
{
    for (size_t i = 0; i < YJ_COUNT(backends); i++) {
        struct display *d = open_display(backends[i]);
        pthread_t t;
        CU_ASSERT_FATAL(pthread_create(&t, NULL, wake_later, d) == 0);
        int64_t start = clock_mono_ms();
        CU_ASSERT_EQUAL(next_kind(d, 3000), DISPLAY_WAKE);
        CU_ASSERT(clock_mono_ms() - start < 1500);
        pthread_join(t, NULL);
        display_free(d);
    }
}

static void present_counts_pixels(void)
{
    for (size_t i = 0; i < YJ_COUNT(backends); i++) {
        struct display *d = open_display(backends[i]);
        struct rect r[] = {{10, 10, 20, 5}, {500, 900, 40, 60}};
        surface_fill(display_surface(d), r[0], 0xFF102030U);
        display_present(d, r, 2);
        CU_ASSERT_EQUAL(display_presented(d), 20 * 5 + 40 * 60);
        display_free(d);
    }
}

static void picture_holds_the_pixels(void)
{
    struct display *d = open_display("memory");
    char path[] = "/tmp/yj-display-XXXXXX";
    int fd = mkstemp(path);
    png_image image = {.version = PNG_IMAGE_VERSION};
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    surface_fill(display_surface(d), rect_of(3, 4, 1, 1), 0xFF112233U);
    CU_ASSERT_FATAL(display_save_png(d, path, NULL) == 0);
    CU_ASSERT_FATAL(png_image_begin_read_from_file(&image, path));
    CU_ASSERT_EQUAL(image.width, 540);
    image.format = PNG_FORMAT_RGB;
    unsigned char *rgb = malloc(PNG_IMAGE_SIZE(image));
    CU_ASSERT_FATAL(png_image_finish_read(&image, NULL, rgb, 0, NULL));
    const unsigned char *p = rgb + (4 * 540 + 3) * 3;
    CU_ASSERT(p[0] == 0x11 && p[1] == 0x22 && p[2] == 0x33);
    free(rgb);
    unlink(path);
    CU_ASSERT_EQUAL(display_save_png(d, "/no/such/folder/a.png", NULL), ERR_IO);
    display_free(d);
}

static CU_TestInfo cases[] = {
    {"injected events come in order", injected_events_come_in_order},
    {"wake from another thread", wake_from_another_thread},
    {"present counts pixels", present_counts_pixels},
    {"picture holds the pixels", picture_holds_the_pixels},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.display", cases)
