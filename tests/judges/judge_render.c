/* SPDX-License-Identifier: Apache-2.0 */
/* Renders the sample slip with the product's own renderer and leaves in the folder argv[1]:
 * slip.pbm (what is meant) and slip.txt (number, matter and payload that a judge must find).
 * Main thread. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/draw/slip.h"
#include "unit/ui/slip_sample.h"

enum { WIDTH_DOTS = 576, DOTS_PER_MM = 8 };

static struct bitmap *slip_make(void)
{
    struct font_set *fonts = NULL;
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    struct bitmap *picture = NULL;
    struct err err = {0};

    sample_slip(slip);
    if (font_set_new(YJ_SOURCE_DIR "/assets", &fonts, &err) != 0 ||
        slip_render(fonts, slip, WIDTH_DOTS, DOTS_PER_MM, &picture, &err) != 0) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
    free(slip);
    font_set_free(fonts);
    return picture;
}

/* @return the file, opened for writing; ends the program when it cannot be */
static FILE *file_make(const char *folder, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void slip_write(const char *folder, const struct bitmap *b)
{
    FILE *f = file_make(folder, "slip.pbm");

    fprintf(f, "P4\n%u %u\n", b->width_dots, b->rows);
    fwrite(b->bits, b->stride, b->rows, f);
    fclose(f);
    f = file_make(folder, "slip.txt");
    fprintf(f, "110105202611230000000017\n新生儿出生\n%s\n", SAMPLE_PAYLOAD);
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    struct bitmap *picture = slip_make();
    slip_write(argv[1], picture);
    free(picture);
    return 0;
}
