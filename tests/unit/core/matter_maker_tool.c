/* SPDX-License-Identifier: Apache-2.0 */
/* Writes made matters into a folder, for judges that are not ours: matter_maker_tool FOLDER N. The
 * folder gets fields.json and N matters, each followed by mistakes of its own; a list on standard
 * output says of each file "NAME\tVERDICT\tWHAT": good, bad (a schema can know) or blind (it
 * cannot). One thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matter_maker.h"

static bool put(const char *folder, const char *name, const json_t *json)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return json_dump_file(json, path, JSON_INDENT(1)) == 0;
}

/* Every matter and one mistake of each kind in turn, as far as it has room for it. */
static bool write_all(const char *folder, unsigned n)
{
    bool is_fine = true;
    size_t n_kinds = matter_mistake_count();
    for (unsigned i = 0; i < n && is_fine; i++) {
        char name[48];
        json_t *whole = matter_make(i, MAKER_ANY);
        snprintf(name, sizeof name, "%05u.json", i);
        is_fine = put(folder, name, whole);
        printf("%s\tgood\t-\n", name);
        for (size_t k = i % 3; k < n_kinds && is_fine; k += 3) {
            struct maker_mistake mistake;
            json_t *broken = json_deep_copy(whole);
            if (matter_break(k, i + k, broken, &mistake)) {
                snprintf(name, sizeof name, "%05u-%03zu.json", i, k);
                is_fine = put(folder, name, broken);
                printf("%s\t%s\t%s\n", name, mistake.is_blind ? "blind" : "bad", mistake.name);
            }
            json_decref(broken);
        }
        json_decref(whole);
    }
    return is_fine;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s FOLDER N\n", argv[0]);
        return 2;
    }
    json_t *fields = json_loads(maker_dictionary, 0, NULL);
    bool is_fine = put(argv[1], "fields.json", fields) &&
                   write_all(argv[1], (unsigned)strtoul(argv[2], NULL, 10));
    json_decref(fields);
    return is_fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
