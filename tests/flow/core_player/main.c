/* SPDX-License-Identifier: Apache-2.0 */
/* core_player [--out DIR] [--region CODE] [--matters DIR] [--today YYYYMMDD] [--language ID]
 * [--pages]
 * [--quiet] FILE…
 *
 * Plays visit files against the core. DIR gets NAME.json for each: what was tried, and the
 * application handed in. --pages prints every page as it comes; FILE "-" takes the steps from the
 * standard input. --language en plays visitors who read English: `expect` asks then only whether
 * the item is there, and words that are still Chinese are a failure. Exit status: 0 all visits went
 * as written, 1 one did not, 2 something is missing.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "player.h"

enum { TODAY = 20261123 };

struct options {
    const char *out, *region, *matters, *language;
    int today;
    bool shows_pages, is_quiet;
};

/* After every event: moments that the coverage counts. */
static void watch(void *context, enum visit_state before)
{
    struct player *p = context;
    const struct visit *v = p->terminal.v;
    bool is_refused = false;
    if (p->leftovers)
        leftovers_look(p->leftovers, v, terminal_view(&p->terminal));
    for (size_t i = 0; v->s.matter && i < v->s.matter->n_vars; i++)
        is_refused |= v->s.error_text[i] != NULL;
    if (is_refused && !p->was_refused)
        trace_moment(&p->trace, v, "refused");
    p->was_refused = is_refused;
    if (v->state == before)
        return;
    if (v->state == STATE_SUBMITTING) {
        trace_moment(&p->trace, v, "submitted");
        FILE *to = fmemopen(p->plan, sizeof p->plan, "w");
        if (to) {
            trace_print_plan(v, to);
            fclose(to);
        }
    } else if (v->state == STATE_STOPPED) {
        trace_moment(&p->trace, v, "stopped");
    }
}

static const char *name_of(const char *path, char *ret, size_t cap)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    snprintf(ret, cap, "%.*s", (int)strcspn(base, "."), base);
    return ret;
}

static void complain(struct player *p, const char *path, int line, const struct step *step)
{
    fprintf(stderr, "%s:%d:", path, line);
    for (int i = 0; step && i < step->n; i++)
        fprintf(stderr, " %s", step->word[i]);
    fprintf(stderr, ": %s\n", p->why);
    trace_print_page(p->terminal.assets, p->terminal.v, terminal_view(&p->terminal), stderr);
}

/* @return 0, -1: a step failed, and has been complained about */
static int play_lines(struct player *p, const char *path, FILE *file)
{
    char line[LINE_BYTES], store[LINE_BYTES * 2];
    struct step step;
    int number = 0;
    while (fgets(line, sizeof line, file)) {
        number++;
        const char *bad = script_split(line, p->terminal.v->today, store, &step);
        if (bad)
            snprintf(p->why, sizeof p->why, "%s", bad);
        if (bad || (step.n && steps_play(p, &step) < 0)) {
            complain(p, path, number, bad ? NULL : &step);
            return -1;
        }
        if (step.n && p->shows_pages) {
            trace_print_page(p->terminal.assets, p->terminal.v, terminal_view(&p->terminal),
                             stdout);
            fflush(stdout);
        }
    }
    if (steps_prove(p) < 0) {
        complain(p, path, number, NULL);
        return -1;
    }
    return 0;
}

static int play(const struct assets *assets, const struct options *options,
                struct leftovers *leftovers, const char *path)
{
    char name[128];
    bool is_stdin = !strcmp(path, "-");
    FILE *file = is_stdin ? stdin : fopen(path, "r");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    struct player *p = mem_zalloc(1, sizeof *p);
    p->shows_pages = options->shows_pages;
    p->leftovers = options->language ? leftovers : NULL;
    p->terminal.watch = watch;
    p->terminal.watcher = p;
    trace_begin(&p->trace, name_of(path, name, sizeof name));
    terminal_init(&p->terminal, assets, options->today);
    int r = play_lines(p, path, file);
    if (trace_end(&p->trace, options->out, p->terminal.application) < 0) {
        fprintf(stderr, "%s: what came of it could not be written\n", path);
        r = -1;
    }
    if (!options->is_quiet)
        printf("%s: %s\n%s", name,
               r < 0                ? "failed"
               : p->expects_nothing ? "nothing handed in"
                                    : "ok",
               p->plan);
    terminal_fini(&p->terminal);
    free(p);
    if (!is_stdin)
        fclose(file);
    return r;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"out", required_argument, NULL, 'o'},      {"region", required_argument, NULL, 'r'},
        {"today", required_argument, NULL, 't'},    {"matters", required_argument, NULL, 'm'},
        {"language", required_argument, NULL, 'l'}, {"pages", no_argument, NULL, 'p'},
        {"quiet", no_argument, NULL, 'q'},          {NULL, 0, NULL, 0}};
    struct options options = {.out = "", .region = "430102", .today = TODAY};
    struct assets assets;
    struct leftovers leftovers = {0};
    int c, n_failed = 0;
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 'o')
            options.out = optarg;
        else if (c == 'r')
            options.region = optarg;
        else if (c == 'm')
            options.matters = optarg;
        else if (c == 'l')
            options.language = optarg;
        else if (c == 't')
            options.today = atoi(optarg);
        else if (c == 'p')
            options.shows_pages = true;
        else if (c == 'q')
            options.is_quiet = true;
        else
            return 2;
    }
    if (optind == argc)
        return 2;
    assets_load(&assets, YJ_SOURCE_DIR, options.matters, options.region, options.language);
    for (int i = optind; i < argc; i++)
        n_failed += play(&assets, &options, &leftovers, argv[i]) < 0;
    assets_free(&assets);
    leftovers_end(&leftovers);
    if (leftovers.n)
        fprintf(stderr, "%zu texts are still in Chinese\n", leftovers.n);
    if (n_failed)
        fprintf(stderr, "%d of %d visits failed\n", n_failed, argc - optind);
    return n_failed || leftovers.n ? 1 : 0;
}
