/* SPDX-License-Identifier: Apache-2.0 */
/* Orders for the camera. Thread: any. */
#define _GNU_SOURCE
#include "camera_face.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PICTURE_SIDE_MAX = 4096 };

static const struct {
    const char *name;
    enum camera_fault fault;
} faults[] = {
    {"off", CAMERA_FAULT_NONE},      {"error", CAMERA_FAULT_ERROR},
    {"short", CAMERA_FAULT_SHORT},   {"empty", CAMERA_FAULT_EMPTY},
    {"stall", CAMERA_FAULT_STALL},   {"unplug", CAMERA_FAULT_UNPLUG},
    {"format", CAMERA_FAULT_FORMAT}, {"garbage", CAMERA_FAULT_GARBAGE},
    {"busy", CAMERA_FAULT_BUSY},     {"ioerror", CAMERA_FAULT_IO},
    {"index", CAMERA_FAULT_INDEX},   {"long", CAMERA_FAULT_LONG},
    {"stride", CAMERA_FAULT_STRIDE}, {"tiny", CAMERA_FAULT_TINY},
};

static int show_file(struct camera_model *m, const char *path, char ret_error[160])
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&image, path)) {
        snprintf(ret_error, 160, "%.80s: %.60s", path, image.message);
        return -1;
    }
    if (image.width > PICTURE_SIDE_MAX || image.height > PICTURE_SIDE_MAX) {
        png_image_free(&image);
        snprintf(ret_error, 160, "%.80s: too large", path);
        return -1;
    }
    image.format = PNG_FORMAT_GRAY;
    png_color white = {255, 255, 255};
    uint8_t *px = mem_zalloc((size_t)image.width * image.height, 1);
    int ok = png_image_finish_read(&image, &white, px, (int)image.width, NULL);
    if (ok)
        camera_model_show_grey(m, px, (int)image.width, (int)image.height);
    else
        snprintf(ret_error, 160, "%.80s: %.60s", path, image.message);
    free(px);
    return ok ? 0 : -1;
}

static int show_scene(struct camera_model *m, int n_words, char **words, char ret_error[160])
{
    struct camera_scene scene;
    camera_scene_init(&scene, NULL, 0);
    for (int i = 0; i < n_words; i++)
        if (camera_scene_set(&scene, words[i], ret_error) < 0)
            return -1;
    if (camera_model_show(m, &scene) < 0) {
        snprintf(ret_error, 160, "the text fits in no code");
        return -1;
    }
    return 0;
}

static int order_show(struct camera_model *m, int n_words, char **words, char ret_error[160])
{
    if (n_words < 1) {
        snprintf(ret_error, 160, "show none | FILE.png | text=T KEY=VALUE ...");
        return -1;
    }
    if (strcmp(words[0], "none") == 0) {
        camera_model_show_nothing(m);
        return 0;
    }
    if (!strchr(words[0], '='))
        return show_file(m, words[0], ret_error);
    return show_scene(m, n_words, words, ret_error);
}

static int order_fault(struct camera_model *m, int n_words, char **words, char ret_error[160])
{
    int n = 1, kind = -1;
    double probability = 1;
    uint64_t seed = 1;
    for (size_t i = 0; n_words > 0 && i < sizeof faults / sizeof faults[0]; i++)
        if (strcmp(faults[i].name, words[0]) == 0)
            kind = (int)faults[i].fault;
    if (kind < 0) {
        snprintf(ret_error, 160, "no such camera fault: %.60s", n_words > 0 ? words[0] : "");
        return -1;
    }
    for (int i = 1; i < n_words; i++) {
        if (strcmp(words[i], "always") == 0)
            n = CAMERA_ALWAYS;
        else if (strcmp(words[i], "off") == 0)
            n = 0;
        else if (strncmp(words[i], "p=", 2) == 0)
            probability = strtod(words[i] + 2, NULL);
        else if (strncmp(words[i], "seed=", 5) == 0)
            seed = strtoull(words[i] + 5, NULL, 10);
        else
            n = (int)strtol(words[i], NULL, 10);
    }
    camera_model_fault(m, (enum camera_fault)kind, n, probability, seed);
    return 0;
}

int camera_order(struct camera_model *m, int n_words, char **words, char ret_error[160])
{
    if (n_words >= 1 && strcmp(words[0], "show") == 0)
        return order_show(m, n_words - 1, words + 1, ret_error);
    if (n_words >= 1 && strcmp(words[0], "fault") == 0)
        return order_fault(m, n_words - 1, words + 1, ret_error);
    if (n_words == 1 && strcmp(words[0], "plug") == 0)
        camera_model_plug(m);
    else if (n_words == 1 && strcmp(words[0], "unplug") == 0)
        camera_model_unplug(m);
    else {
        snprintf(ret_error, 160, "camera show | fault | plug | unplug");
        return -1;
    }
    return 0;
}

json_t *camera_report(struct camera_model *m)
{
    struct camera_counters c = camera_model_counters(m);
    return json_pack("{s:b, s:b, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "plugged", c.is_plugged,
                     "streaming", c.is_streaming, "format", c.format, "width", (int)c.width,
                     "height", (int)c.height, "opens", (int)c.n_opens, "starts", (int)c.n_starts,
                     "pictures", (int)c.n_pictures, "faults", (int)c.n_faults, "refused",
                     (int)c.n_refused);
}
