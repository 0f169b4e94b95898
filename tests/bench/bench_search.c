/* SPDX-License-Identifier: Apache-2.0 */
/* How often and how fast the search finds what people mean, beside two baselines over the same
 * matters: SQLite's FTS5 with trigrams (bm25) and a plain count of pairs of characters.
 *     bench_search SOURCE_TREE [misses]   misses: print those of the tuning phrases */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "core/catalogue_priv.h"
#include "search/baseline.h"
#include "search/world.h"

enum { MANY = 1000, ROUNDS = 3, MAX_ENGINES = 5, MAX_COMPLAINTS = 4 };

/* Processor time of this thread: others on the machine do not count. */
static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static struct search *build(const struct matter_set *set, const struct search_world *w,
                            bool has_words, bool has_pinyin)
{
    struct matter_complaint complaint[MAX_COMPLAINTS];
    struct search *s = NULL;
    size_t n = 0;
    if (search_build(set, has_words ? w->words : NULL, has_words ? w->words_len : 0, "words.json",
                     has_pinyin ? w->pinyin : NULL, has_pinyin ? w->pinyin_len : 0, complaint,
                     MAX_COMPLAINTS, &n, &s))
        fprintf(stderr, "words.json %s: %s\n", complaint[0].pointer, complaint[0].reason);
    return s;
}

static double percent(size_t part, size_t all)
{
    return all ? 100.0 * (double)part / (double)all : 0;
}

static void print_quality(const char *title, const struct phrases *p, const struct matter_set *set,
                          const struct engine *engine, size_t n, bool shows_misses)
{
    printf("\n%s: %zu phrases; right matter first / among the first three, %%\n", title, p->n);
    struct phrases_result result[MAX_ENGINES];
    for (size_t e = 0; e < n; e++)
        result[e] = phrases_judge(p, set, &engine[e], shows_misses && e == 0);
    printf("%-10s%5s", "", "");
    for (size_t e = 0; e < n; e++)
        printf("  %-16s", engine[e].name);
    printf("\n");
    for (size_t i = 0; i <= result[0].n_rows; i++) {
        const struct tally_row *row = i < result[0].n_rows ? &result[0].row[i] : &result[0].all;
        printf("%-10s%5zu", row->kind, row->n);
        for (size_t e = 0; e < n; e++) {
            row = i < result[0].n_rows ? &result[e].row[i] : &result[e].all;
            printf("  %6.1f / %-7.1f", percent(row->first, row->n), percent(row->third, row->n));
        }
        printf("\n");
    }
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* @return the middle time */
static double print_times(const struct search_world *w, const struct engine *engine, double against)
{
    const struct phrases *lists[] = {&w->tune, &w->heldout};
    static double took[ROUNDS * 2 * PHRASES_MAX];
    size_t n = 0;
    for (int round = 0; round < ROUNDS; round++)
        for (size_t l = 0; l < YJ_COUNT(lists); l++)
            for (size_t i = 0; i < lists[l]->n; i++) {
                int hit[PHRASES_MAX_HITS];
                double start = now_us();
                (void)engine->find(engine->ctx, lists[l]->phrase[i].words, hit);
                took[n++] = now_us() - start;
            }
    qsort(took, n, sizeof *took, compare_doubles);
    double middle = took[n / 2];
    printf("  %-16s p50 %8.0f us   p99 %8.0f us   most %8.0f us   %.1f times the first\n",
           engine->name, middle, took[n * 99 / 100], took[n - 1],
           against > 0 ? middle / against : 1.0);
    return middle;
}

/* The longest queries that are looked at, of the kinds that take longest. */
static void print_worst(const struct search *s)
{
    static const char *const pieces[] = {"公司退休养老金补贴", "yi1", "tuixiu ", "企业shenqing",
                                         "yiyi"};
    for (size_t i = 0; i < YJ_COUNT(pieces); i++) {
        char query[SEARCH_MAX_QUERY_BYTES + 1] = "";
        struct search_hit hit[SEARCH_MAX_HITS];
        size_t n = strlen(pieces[i]);
        for (size_t at = 0; at + n < sizeof query; at += n)
            memcpy(query + at, pieces[i], n);
        double start = now_us();
        (void)search_find(s, query, 0, hit);
        printf("  %-3zu bytes of %-28s %8.0f us\n", strlen(query), pieces[i], now_us() - start);
    }
}

/* The file of a matter; number 0 as it is, the others with another code and a place before the
 * name. */
static struct matter *vary(const struct search_world *w, const struct matter_dictionary *d,
                           const json_t *source, size_t number)
{
    static const char *const places[] = {"东城", "西湖", "南山", "北辰", "高新",
                                         "滨江", "新华", "长安", "和平", "鼓楼"};
    json_t *json = json_deep_copy(source);
    char text[160];
    snprintf(text, sizeof text, "%s.%zu", json_string_value(json_object_get(json, "code")), number);
    if (number > 0)
        json_object_set_new(json, "code", json_string(text));
    snprintf(text, sizeof text, "%s%s", places[number % YJ_COUNT(places)],
             json_string_value(json_object_get(json, "name")));
    if (number > 0)
        json_object_set_new(json, "name", json_string(text));
    struct matter_complaint c[MAX_COMPLAINTS];
    const struct matter_context context = {.codes = w->codes, .dictionary = d};
    struct matter *m = NULL;
    size_t n = 0;
    char *dump = json_dumps(json, JSON_COMPACT);
    if (matter_parse(&context, dump, strlen(dump), text, c, MAX_COMPLAINTS, &n, &m))
        m = NULL; /* left out; the count that is printed tells */
    free(dump);
    json_decref(json);
    return m;
}

/* A province's worth of matters. */
static struct matter_set *make_many(const struct search_world *w, const char *root)
{
    struct matter_set *set = matter_set_new(MANY);
    struct matter_complaint c[MAX_COMPLAINTS];
    struct matter_dictionary *d = NULL;
    const struct matter_context context = {.codes = w->codes};
    char path[512], *text = NULL;
    size_t bytes = 0, n = 0;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/assets/matters/fields.json", root);
    if (mem_read_file(path, 1 << 20, &text, &bytes, &err) == 0)
        (void)!matter_dictionary_parse(&context, text, bytes, path, c, MAX_COMPLAINTS, &n, &d);
    free(text);
    char list[sizeof path + 32];
    snprintf(list, sizeof list, "%s/assets/matters/national", root);
    size_t n_files = 0;
    json_t **file = baseline_read_folder(list, &n_files);
    for (size_t i = 0; n_files && i < 2 * MANY && matter_set_count(set) < MANY; i++) {
        struct matter *m = vary(w, d, file[i % n_files], i / n_files);
        if (m)
            matter_set_add(set, m, "", NULL);
    }
    for (size_t i = 0; i < n_files; i++)
        json_decref(file[i]);
    free(file);
    matter_dictionary_free(d);
    return set;
}

static void measure_quality(const struct search_world *w, bool shows_misses)
{
    const struct matter_set *set = w->catalogue->matters;
    struct search *no_words = build(set, w, false, true), *no_pinyin = build(set, w, true, false);
    struct baseline *baseline = baseline_new(set);
    const struct engine engine[] = {search_world_engine("search", w->catalogue->search),
                                    search_world_engine("without words", no_words),
                                    search_world_engine("without pinyin", no_pinyin),
                                    baseline_trigrams(baseline), baseline_pairs(baseline)};
    printf("%zu matters\n", matter_set_count(set));
    print_quality("Tuning phrases", &w->tune, set, engine, YJ_COUNT(engine), shows_misses);
    print_quality("Held-out phrases", &w->heldout, set, engine, YJ_COUNT(engine), false);
    print_quality("A stranger's phrases", &w->stranger, set, engine, YJ_COUNT(engine), false);
    baseline_free(baseline);
    search_free(no_words);
    search_free(no_pinyin);
}

static void measure_times(const struct search_world *w, const char *root)
{
    struct matter_set *many = make_many(w, root);
    size_t before = heap_bytes();
    double start = now_us();
    struct search *s = build(many, w, true, true);
    double took = now_us() - start;
    size_t used = heap_bytes() - before;
    printf("\n%zu matters: index built in %.0f ms, %.1f MB\n", matter_set_count(many), took / 1e3,
           (double)used / 1e6);
    struct baseline *baseline = baseline_new(many);
    struct engine own = search_world_engine("search", s), trigrams = baseline_trigrams(baseline),
                  pairs = baseline_pairs(baseline);
    double first = print_times(w, &own, 0);
    (void)print_times(w, &trigrams, first);
    (void)print_times(w, &pairs, first);
    print_worst(s);
    baseline_free(baseline);
    search_free(s);
    matter_set_free(many);
}

int main(int argc, char **argv)
{
    struct search_world world;
    if (argc < 2 || !search_world_open(argv[1], &world)) {
        fprintf(stderr, "use: bench_search SOURCE_TREE [misses]\n");
        return EXIT_FAILURE;
    }
    measure_quality(&world, argc > 2);
    measure_times(&world, argv[1]);
    search_world_close(&world);
    return EXIT_SUCCESS;
}
