/* SPDX-License-Identifier: Apache-2.0 */
/* Options and report line of the proof programs. */
#include "fault_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

bool fault_options_read(int argc, char **argv, struct fault_options *ret)
{
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            break;
        if (strcmp(argv[i], "--seed") == 0)
            ret->seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--size") == 0)
            ret->size = strtoll(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--report") == 0)
            ret->report = argv[i + 1];
        else
            break;
        if (i + 2 == argc)
            return true;
    }
    if (argc > 1)
        fprintf(stderr, "usage: %s [--seed N] [--size N] [--report FILE]\n", argv[0]);
    return argc <= 1;
}

#ifdef __SANITIZE_ADDRESS__
static const char build[] = ",\"build\":\"address and undefined sanitizers\"";
#else
static const char build[] = "";
#endif

static void line_put(FILE *f, const struct fault_line *l)
{
    fprintf(f,
            "{\"fault\":\"%s\",\"layer\":\"%s\",\"injections\":%" PRId64 ",\"outcome\":{%s},"
            "\"seed\":\"%s\",\"seconds\":%.1f,\"command\":\"%s\"%s}\n",
            l->fault, l->layer, l->injections, l->outcome, l->seed,
            (double)(clock_mono_ms() - l->began_ms) / 1000.0, l->command, build);
}

void fault_line_write(const struct fault_options *o, const struct fault_line *line)
{
    line_put(stdout, line);
    fflush(stdout);
    if (!o->report)
        return;
    FILE *f = fopen(o->report, "a");
    if (!f) {
        perror(o->report);
        abort();
    }
    line_put(f, line);
    fclose(f);
}
