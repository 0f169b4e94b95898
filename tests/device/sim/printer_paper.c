/* SPDX-License-Identifier: Apache-2.0 */
/* The paper of the printer model: rows on a strip, pieces as PNG files. Runs under the bus lock. */
#include "printer_priv.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { STRIP_ROWS_MAX = 40000 }; /* 5 m of paper nobody cuts: taken away */

void paper_init(struct paper *p, const char *out_dir)
{
    char path[512];

    *p = (struct paper){.out_dir = out_dir};
    while (out_dir != NULL) { /* go on behind what an earlier run left there */
        snprintf(path, sizeof path, "%s/ticket-%04u.png", out_dir, p->first_index + 1);
        if (access(path, F_OK) != 0)
            break;
        p->first_index++;
    }
    for (int i = 0; i < PRINTER_BLADE_ROWS; i++)
        paper_row(p, NULL);
}

bool paper_has_ink(const struct paper *p)
{
    for (size_t i = 0; i < p->n_rows * ROW_BYTES; i++)
        if (p->rows[i] != 0)
            return true;
    return false;
}

void paper_row(struct paper *p, const uint8_t *dots)
{
    if (p->n_rows == p->cap_rows) {
        size_t cap = p->cap_rows ? 2 * p->cap_rows : 1024;
        uint8_t *rows = mem_zalloc(cap, ROW_BYTES);
        if (p->n_rows > 0)
            memcpy(rows, p->rows, p->n_rows * ROW_BYTES);
        free(p->rows);
        p->rows = rows;
        p->cap_rows = cap;
    }
    if (dots != NULL)
        memcpy(p->rows + p->n_rows * ROW_BYTES, dots, ROW_BYTES);
    else
        memset(p->rows + p->n_rows * ROW_BYTES, 0, ROW_BYTES);
    p->n_rows++;
    if (p->n_rows >= STRIP_ROWS_MAX)
        paper_cut(p, false, false);
}

/* @return 0, or -1 when the file could not be written */
static int png_write(const char *path, const uint8_t *rows, size_t n_rows)
{
    FILE *f = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    volatile int r = -1;

    if (f != NULL && info != NULL && setjmp(png_jmpbuf(png)) == 0) {
        png_init_io(png, f);
        png_set_compression_level(png, 3);
        png_set_IHDR(png, info, PRINTER_DOTS, (png_uint_32)n_rows, 1, PNG_COLOR_TYPE_GRAY,
                     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        png_set_pHYs(png, info, PRINTER_DOTS_PER_MM * 1000, PRINTER_DOTS_PER_MM * 1000,
                     PNG_RESOLUTION_METER);
        png_write_info(png, info);
        png_set_invert_mono(png); /* our 1 is ink, PNG's 1 is white */
        for (size_t i = 0; i < n_rows; i++)
            png_write_row(png, (png_const_bytep)(rows + i * ROW_BYTES));
        png_write_end(png, NULL);
        r = 0;
    }
    png_destroy_write_struct(&png, &info);
    if (f != NULL && fclose(f) != 0)
        r = -1;
    return r;
}

/* Picture first, under its own name only when whole; then the line that tells of it. */
static void piece_write(const struct paper *p, const struct printer_ticket *t)
{
    char path[512], tmp[520];

    snprintf(path, sizeof path, "%s/%s", p->out_dir, t->file);
    snprintf(tmp, sizeof tmp, "%s.part", path);
    if (png_write(tmp, p->rows, t->rows) < 0 || rename(tmp, path) < 0)
        fprintf(stderr, "printer: %s: %s\n", path, strerror(errno));
    snprintf(path, sizeof path, "%s/tickets.jsonl", p->out_dir);
    FILE *f = fopen(path, "a");
    if (f == NULL) {
        fprintf(stderr, "printer: %s: %s\n", path, strerror(errno));
        return;
    }
    fprintf(f,
            "{\"index\": %u, \"file\": \"%s\", \"rows\": %zu, \"mm\": %.1f, \"cut\": %s, "
            "\"partial\": %s, \"bytes\": %zu}\n",
            t->index, t->file, t->rows, (double)t->rows / PRINTER_DOTS_PER_MM,
            t->is_cut ? "true" : "false", t->is_partial ? "true" : "false", t->bytes);
    fclose(f);
}

static void piece_take(struct paper *p, size_t n_rows, bool is_cut, bool is_partial)
{
    struct printer_ticket *all = mem_zalloc(p->n_tickets + 1, sizeof *all), *t;

    if (p->n_tickets > 0)
        memcpy(all, p->tickets, p->n_tickets * sizeof *all);
    free(p->tickets);
    p->tickets = all;
    t = &all[p->n_tickets++];
    t->index = p->first_index + (unsigned)p->n_tickets;
    snprintf(t->file, sizeof t->file, "ticket-%04u.png", t->index);
    t->rows = n_rows;
    t->bytes = p->bytes;
    t->is_cut = is_cut;
    t->is_partial = is_partial;
    if (p->out_dir != NULL)
        piece_write(p, t);
    memmove(p->rows, p->rows + n_rows * ROW_BYTES, (p->n_rows - n_rows) * ROW_BYTES);
    p->n_rows -= n_rows;
    p->bytes = 0;
}

void paper_cut(struct paper *p, bool is_cut, bool is_partial)
{
    if (p->n_rows > PRINTER_BLADE_ROWS)
        piece_take(p, p->n_rows - PRINTER_BLADE_ROWS, is_cut, is_partial);
}

void paper_fini(struct paper *p)
{
    if (paper_has_ink(p))
        piece_take(p, p->n_rows, false, false);
    free(p->rows);
    free(p->tickets);
}
