/* SPDX-License-Identifier: Apache-2.0 */
/* How long a thousand matters of one file's size take to load, beside the JSON library alone: that
 * is the baseline. Processor time, one thread. Usage: bench_matter SOURCE_DIR [FILE [ROUNDS]] */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "core/code_table.h"
#include "core/matter.h"

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double time_json(const char *text, size_t bytes, int rounds)
{
    double start = now_ms();
    for (int i = 0; i < rounds; i++) {
        json_error_t error;
        json_decref(json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error));
    }
    return now_ms() - start;
}

/* All of them stay in memory, as in a catalogue. */
static double time_matters(const struct matter_context *context, const char *text, size_t bytes,
                           int rounds)
{
    struct matter **m = mem_zalloc((size_t)rounds, sizeof(struct matter *));
    size_t n = 0;
    double start = now_ms();
    for (int i = 0; i < rounds; i++)
        if (matter_parse(context, text, bytes, "bench.json", NULL, 0, &n, &m[i])) {
            fprintf(stderr, "the file has %zu mistakes\n", n);
            exit(1);
        }
    double took = now_ms() - start;
    for (int i = 0; i < rounds; i++)
        matter_free(m[i]);
    free(m);
    return took;
}

static char *read_all(const char *root, const char *name, size_t *ret_bytes)
{
    char path[4096], *text = NULL;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/%s", root, name);
    if (mem_read_file(path, 1u << 20, &text, ret_bytes, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        exit(2);
    }
    return text;
}

int main(int argc, char **argv)
{
    const char *root = argc > 1 ? argv[1] : ".";
    const char *file = argc > 2 ? argv[2] : "assets/matters/national/newborn.json";
    int rounds = argc > 3 ? atoi(argv[3]) : 1000;
    char codes_dir[4096];
    size_t bytes = 0, n = 0;
    struct code_tables *codes = NULL;
    struct matter_dictionary *dictionary = NULL;
    snprintf(codes_dir, sizeof codes_dir, "%s/assets/codes", root);
    YJ_CLEANUP(cleanup_free) char *fields = read_all(root, "assets/matters/fields.json", &bytes);
    if (code_tables_load(codes_dir, &codes, NULL))
        return 2;
    struct matter_context context = {.codes = codes};
    if (matter_dictionary_parse(&context, fields, bytes, "fields.json", NULL, 0, &n, &dictionary))
        return 2;
    context.dictionary = dictionary;
    YJ_CLEANUP(cleanup_free) char *text = read_all(root, file, &bytes);
    if (rounds < 1)
        rounds = 1;
    double matters = time_matters(&context, text, bytes, rounds);
    double json = time_json(text, bytes, rounds);
    printf("%d files of %zu bytes: %.1f ms, JSON alone %.1f ms, ratio %.2f\n", rounds, bytes,
           matters, json, matters / json);
    matter_dictionary_free(dictionary);
    code_tables_free(codes);
    return 0;
}
