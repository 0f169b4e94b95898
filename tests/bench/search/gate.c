/* SPDX-License-Identifier: Apache-2.0 */
/* A change of matters or words must not ruin the search: the held-out phrases against a bar that
 * lies somewhat below what was measured (docs/search.md). */
#include "search/world.h"

#include <stdio.h>
#include <stdlib.h>

/* Per cent of all phrases. */
enum { FIRST_MIN = 92, THIRD_MIN = 95 };

int main(int argc, char **argv)
{
    struct search_world world;
    if (argc != 2 || !search_world_open(argv[1], &world)) {
        fprintf(stderr, "use: gate SOURCE_TREE\n");
        return EXIT_FAILURE;
    }
    struct engine engine = search_world_engine("search", world.catalogue->search);
    struct phrases_result r =
        phrases_judge(&world.heldout, world.catalogue->matters, &engine, false);
    for (size_t i = 0; i < r.n_rows; i++)
        printf("%-10s %3zu phrases, first %3zu, first three %3zu\n", r.row[i].kind, r.row[i].n,
               r.row[i].first, r.row[i].third);
    printf("%-10s %3zu phrases, first %3zu, first three %3zu\n", "all", r.all.n, r.all.first,
           r.all.third);
    bool is_good = r.all.n > 0 && r.all.first * 100 >= r.all.n * FIRST_MIN &&
                   r.all.third * 100 >= r.all.n * THIRD_MIN;
    if (!is_good)
        printf("below the bar: %d %% first, %d %% among the first three\n", FIRST_MIN, THIRD_MIN);
    search_world_close(&world);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
