/* SPDX-License-Identifier: Apache-2.0 */
/* How long a whole catalogue takes to load, and how much memory it holds: made-up matters of the
 * national ones' average size (matter_maker.h), a third of them with overlays of province, city and
 * county. Two baselines over the same files in the same run: reading them only, and reading them
 * and parsing the JSON, kept in memory, with nothing understood. Each measurement has a process of
 * its own, so that none finds another's memory. Usage: bench_catalogue SOURCE_DIR [MATTERS
 * [ROUNDS]] */
#define _GNU_SOURCE /* mkdtemp, nftw */
#include <ftw.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "core/catalogue.h"
#include "matter_maker.h"

enum { PATH = 4096, MAX_ROUNDS = 99, CAP = 8 };

static const char *const regions[] = {"43", "4301", "430102"};

struct bench {
    const char *source;
    char dir[32];
    unsigned n_matters, n_overlays;
    unsigned open_percent; /* the others are only listed */
    size_t bytes;          /* of all matters and overlays */
    struct code_tables *codes;
    char *pinyin;
    size_t pinyin_len;
};

/* What one measurement gave. */
struct figures {
    double wall_ms, cpu_ms, search_ms;
    long kib;      /* resident memory that it added, what was freed meanwhile included */
    long held_kib; /* memory that it holds */
    size_t n;
};

static double clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static long resident_kib(void)
{
    long pages = 0, skipped = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%ld %ld", &skipped, &pages) != 2)
        pages = 0;
    if (f)
        (void)fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static long held_kib(void)
{
    struct mallinfo2 info = mallinfo2();
    return (long)((info.uordblks + info.hblkhd) / 1024);
}

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(2);
}

/* ---- the set ---- */

static void put_text(struct bench *b, const char *name, const char *text)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/%s", b->dir, name);
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        give_up(path, "cannot be written");
}

static void put_json(struct bench *b, const char *name, json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(1));
    b->bytes += strlen(text);
    put_text(b, name, text);
    free(text);
    json_decref(json);
}

static void put_overlay(struct bench *b, unsigned matter, size_t level)
{
    static const char *const changes[] = {
        "{s:s,s:s,s:s,s:s,s:{s:s},s:{s:{s:s}}}",
        "{s:s,s:s,s:s,s:s,s:{s:s},s:{s:{s:s}}}",
        "{s:s,s:s,s:s,s:s,s:{s:s},s:{s:[{s:s,s:s,s:s,s:i,s:s}]}}",
    };
    char code[16], name[64];
    snprintf(code, sizeof code, "M%u", matter);
    snprintf(name, sizeof name, "regions/%s/%05u.json", regions[level], matter);
    json_t *json = NULL;
    if (level < 2)
        json = json_pack(changes[level], "schema", "overlay/1", "matter", code, "region",
                         regions[level], "version", "7", "set", "lead_dept", "政务服务和数据局",
                         level ? "materials" : "tasks", level ? "m0" : "t0",
                         level ? "hint" : "note", "到大厅综合窗口问一问。");
    else
        json =
            json_pack(changes[level], "schema", "overlay/1", "matter", code, "region",
                      regions[level], "version", "7", "set", "fee", "不收费", "add", "tasks", "id",
                      "local", "name", "区里再办一项", "dept", "民政", "days", 1, "need", "base");
    if (!json)
        give_up(name, "no overlay");
    put_json(b, name, json);
    b->n_overlays++;
}

/* Spread evenly over the set. */
static bool is_open(const struct bench *b, unsigned matter)
{
    return matter * 37 % 100 < b->open_percent;
}

static bool has_overlays(const struct bench *b, unsigned matter)
{
    return matter % 3 == 0 && is_open(b, matter);
}

static void make_listed(json_t *json)
{
    static const char *const keys[] = {"questions",   "groups",    "fields", "tasks", "materials",
                                       "task_groups", "applicant", "gates",  "places"};
    json_object_set_new(json, "status", json_string("listed"));
    for (size_t i = 0; i < YJ_COUNT(keys); i++)
        (void)json_object_del(json, keys[i]); /* some have none */
}

static void make_set(struct bench *b)
{
    static const char *const folders[] = {"national", "regions", "regions/43", "regions/4301",
                                          "regions/430102"};
    if (!mkdtemp(b->dir))
        give_up(b->dir, "cannot be made");
    for (size_t i = 0; i < YJ_COUNT(folders); i++) {
        char path[PATH];
        snprintf(path, sizeof path, "%s/%s", b->dir, folders[i]);
        if (mkdir(path, 0700))
            give_up(path, "cannot be made");
    }
    put_text(b, "catalogue.json", "{\"schema\":\"catalogue/1\",\"version\":\"1\",\"title\":\"x\"}");
    put_text(b, "fields.json", maker_dictionary);
    for (unsigned i = 0; i < b->n_matters; i++) {
        char name[64], code[16];
        json_t *json = matter_make(i, MAKER_USUAL);
        snprintf(code, sizeof code, "M%u", i);
        snprintf(name, sizeof name, "national/%05u.json", i);
        json_object_set_new(json, "code", json_string(code));
        json_object_set_new(json, "version", json_string("2026.1"));
        if (!is_open(b, i))
            make_listed(json);
        put_json(b, name, json);
        for (size_t level = 0; has_overlays(b, i) && level < YJ_COUNT(regions); level++)
            put_overlay(b, i, level);
    }
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

/* ---- what is measured ---- */

/* fn for the bytes of every matter and overlay. @return how many */
static size_t read_files(const struct bench *b, void (*fn)(void *arg, const char *text, size_t n),
                         void *arg)
{
    size_t n_files = 0;
    for (unsigned i = 0; i < b->n_matters; i++)
        for (size_t level = 0; level <= (has_overlays(b, i) ? YJ_COUNT(regions) : 0); level++) {
            char path[PATH], *text = NULL;
            size_t n = 0;
            snprintf(path, sizeof path, "%s/%s%s/%05u.json", b->dir,
                     level ? "regions/" : "national", level ? regions[level - 1] : "", i);
            if (mem_read_file(path, 1u << 20, &text, &n, NULL))
                give_up(path, "cannot be read");
            fn(arg, text, n);
            free(text);
            n_files++;
        }
    return n_files;
}

static void touch(void *arg, const char *text, size_t n)
{
    *(size_t *)arg += n ? (size_t)text[n - 1] : 0;
}

static void only_read(const struct bench *b, struct figures *ret)
{
    size_t sum = 0;
    ret->n = read_files(b, touch, &sum);
}

static void parse(void *arg, const char *text, size_t n)
{
    json_array_append_new(arg, json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL));
}

static void only_json(const struct bench *b, struct figures *ret)
{
    json_t *all = json_array(); /* stays until the process ends, as the catalogue does */
    (void)read_files(b, parse, all);
    ret->n = json_array_size(all);
}

static void load(const struct bench *b, struct figures *ret)
{
    struct matter_complaint complaint[CAP];
    struct catalogue *c = NULL;
    struct catalogue_cfg cfg = {.dir = b->dir,
                                .region = "430102",
                                .codes = b->codes,
                                .pinyin = b->pinyin,
                                .pinyin_len = b->pinyin_len};
    size_t n = 0;
    if (catalogue_load(&cfg, complaint, CAP, &n, &c, NULL) || n) {
        fprintf(stderr, "%zu complaints: %s %s %s\n", n, complaint[0].file, complaint[0].pointer,
                complaint[0].reason);
        exit(2);
    }
    ret->n = matter_set_count(c->matters);
}

/* The search of it alone: it is a part of every load. */
static void load_and_search(const struct bench *b, struct figures *ret)
{
    struct catalogue *c = NULL;
    struct search *search = NULL;
    struct catalogue_cfg cfg = {.dir = b->dir, .region = "430102", .codes = b->codes};
    size_t n = 0;
    if (catalogue_load(&cfg, NULL, 0, &n, &c, NULL))
        give_up(b->dir, "cannot be loaded");
    double begin = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    (void)!search_build(c->matters, NULL, 0, "words.json", b->pinyin, b->pinyin_len, NULL, 0, &n,
                        &search);
    ret->search_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - begin;
}

static struct figures measure_once(const struct bench *b,
                                   void (*fn)(const struct bench *, struct figures *))
{
    int pipe_fd[2];
    struct figures f = {0};
    if (pipe(pipe_fd))
        give_up("pipe", "cannot be made");
    (void)fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        long before = resident_kib(), held = held_kib();
        double wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        fn(b, &f);
        f.wall_ms = clock_ms(CLOCK_MONOTONIC) - wall;
        f.cpu_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        f.kib = resident_kib() - before;
        f.held_kib = held_kib() - held;
        _exit(write(pipe_fd[1], &f, sizeof f) == (ssize_t)sizeof f ? 0 : 2);
    }
    close(pipe_fd[1]);
    ssize_t n = read(pipe_fd[0], &f, sizeof f);
    close(pipe_fd[0]);
    if (pid < 0 || waitpid(pid, NULL, 0) < 0 || n != (ssize_t)sizeof f)
        give_up("a measurement", "ended early");
    return f;
}

static int compare_double(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *value, unsigned n)
{
    qsort(value, n, sizeof *value, compare_double);
    return value[n / 2];
}

static struct figures measure(const struct bench *b, unsigned rounds,
                              void (*fn)(const struct bench *, struct figures *))
{
    double wall[MAX_ROUNDS], cpu[MAX_ROUNDS], search[MAX_ROUNDS];
    struct figures f = {0};
    for (unsigned i = 0; i < rounds; i++) {
        f = measure_once(b, fn);
        wall[i] = f.wall_ms;
        cpu[i] = f.cpu_ms;
        search[i] = f.search_ms;
    }
    f.wall_ms = median(wall, rounds);
    f.cpu_ms = median(cpu, rounds);
    f.search_ms = median(search, rounds);
    return f;
}

static void print_row(const char *name, const struct figures *f)
{
    printf("%-34s %8.1f %8.1f %8.1f %8.1f\n", name, f->wall_ms, f->cpu_ms, (double)f->kib / 1024,
           (double)f->held_kib / 1024);
}

static void print_all(const struct bench *b, unsigned rounds)
{
    struct figures read = measure(b, rounds, only_read), json = measure(b, rounds, only_json);
    struct figures all = measure(b, rounds, load), with = measure(b, 3, load_and_search);
    printf("%u matters, %u overlays, %.1f MiB of JSON; median of %u\n", b->n_matters, b->n_overlays,
           (double)b->bytes / 1048576, rounds);
    printf("%-34s %8s %8s %8s %8s\n", "", "wall ms", "CPU ms", "RSS MiB", "held MiB");
    print_row("files only read (baseline)", &read);
    print_row("JSON only parsed (baseline)", &json);
    print_row("catalogue_load", &all);
    printf("of it search_build %.1f ms CPU; a matter %.1f KiB RSS, %.1f KiB held\n", with.search_ms,
           (double)all.kib / b->n_matters, (double)all.held_kib / b->n_matters);
    printf(
        "ratios: CPU to JSON %.2f, wall to JSON %.2f, wall to reading %.1f, held to JSON %.2f\n\n",
        all.cpu_ms / json.cpu_ms, all.wall_ms / json.wall_ms, all.wall_ms / read.wall_ms,
        (double)all.held_kib / (double)json.held_kib);
}

static unsigned number(const char *text, unsigned most)
{
    unsigned long n = strtoul(text, NULL, 10);
    return n < 1 ? 1 : n > most ? most : (unsigned)n;
}

static void bench_set(struct bench *b, unsigned open_percent, unsigned rounds)
{
    snprintf(b->dir, sizeof b->dir, "/tmp/yijian-bench-XXXXXX");
    b->open_percent = open_percent;
    b->n_overlays = 0;
    b->bytes = 0;
    make_set(b);
    printf("%u %% can be handed in, the others are listed\n", open_percent);
    print_all(b, rounds);
    (void)nftw(b->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(int argc, char **argv)
{
    struct bench b = {.source = argc > 1 ? argv[1] : "."};
    unsigned rounds = argc > 3 ? number(argv[3], MAX_ROUNDS) : 7;
    char path[PATH];
    struct err err = {0};
    b.n_matters = argc > 2 ? number(argv[2], 4000) : 1000;
    snprintf(path, sizeof path, "%s/assets/codes", b.source);
    if (code_tables_load(path, &b.codes, &err))
        give_up(path, err.msg);
    snprintf(path, sizeof path, "%s/assets/search/pinyin.tsv", b.source);
    if (mem_read_file(path, 4u << 20, &b.pinyin, &b.pinyin_len, &err))
        give_up(path, err.msg);
    bench_set(&b, 100, rounds);
    bench_set(&b, 27, rounds); /* as many as of the national list */
    free(b.pinyin);
    code_tables_free(b.codes);
    return 0;
}
