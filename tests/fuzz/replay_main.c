/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the fuzz target of this program over every file of a folder, once each. Also tries every
 * beginning of each file: where input ends is where codecs go wrong. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_BYTES = 1 << 20, MAX_CUTS = 4096 };

static int replay_file(const char *path)
{
    char *data = NULL;
    size_t n = 0;
    struct err err = {0};
    if (mem_read_file(path, MAX_BYTES, &data, &n, &err) != 0) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        return -1;
    }
    (void)LLVMFuzzerTestOneInput((const uint8_t *)data, n); /* it aborts when it finds something */
    for (size_t cut = 0; cut < n && cut < MAX_CUTS; cut++) {
        /* a copy of the exact size lets a sanitizer see one byte too far */
        uint8_t *part = malloc(cut ? cut : 1);
        if (!part)
            abort();
        memcpy(part, data, cut);
        (void)LLVMFuzzerTestOneInput(part, cut);
        free(part);
    }
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int n_files = 0, n_failed = 0;
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return EXIT_FAILURE;
    }
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        char path[4096];
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
        n_failed += replay_file(path) != 0;
        n_files++;
    }
    closedir(dir);
    printf("%d files\n", n_files);
    return n_files > 0 && n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
