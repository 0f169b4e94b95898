/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl: the command line of technicians and vendors. Works on files; needs no running kiosk.
 * Exit status: 0 good, 1 refused (the reason is printed), 2 wrong arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "core/matter.h"
#include "ctl_device.h"
#include "seal/seal.h"

enum { MAX_COMPLAINTS = 256 };

static int usage(void)
{
    fputs("usage: kioskctl matter lint DIR            check the matter files of a folder\n"
          "       kioskctl receipt verify CERT TOKEN  check a receipt's code against the\n"
          "                                           certificate of the terminal\n"
          "       kioskctl device words [--json]      words of telemetry, logs and screens\n"
          "       kioskctl device lint FILE...        check device tables (assets/devices)\n"
          "       kioskctl --version\n",
          stderr);
    return 2;
}

static int matter_lint(const char *dir)
{
    struct matter_complaint *list = calloc(MAX_COMPLAINTS, sizeof *list);
    struct matter_set *set = NULL;
    struct err err = {0};
    size_t n = 0;
    if (!list || matter_set_load(dir, list, MAX_COMPLAINTS, &n, &set, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        free(list);
        return 1;
    }
    for (size_t i = 0; i < n && i < MAX_COMPLAINTS; i++)
        printf("%s: %s: %s\n", list[i].file, list[i].pointer, list[i].reason);
    printf("%zu matters, %zu errors\n", matter_set_count(set), n);
    matter_set_free(set);
    free(list);
    return n ? 1 : 0;
}

static int receipt_verify(const char *cert, const char *token)
{
    struct seal_verifier *verifier = NULL;
    struct seal_token t = {0};
    struct err err = {0};
    char when[24];
    int rc = seal_verifier_open(cert, &verifier, &err);
    if (rc == 0)
        rc = seal_token_verify(verifier, token, &t, &err);
    seal_verifier_close(verifier);
    if (rc < 0) {
        printf("refused: %s\n", err.msg);
        return 1;
    }
    clock_rfc3339(t.sealed_wall_ms, when, sizeof when);
    printf("good\nnumber %s\nuuid %s\nsequence %lld\nsealed %s\ndigest %s\ncopy %s\n", t.number,
           t.uuid, (long long)t.sequence, when, t.digest_start, t.is_copy ? "yes" : "no");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--version"))
        return puts("kioskctl " YIJIAN_VERSION) < 0;
    if (argc == 4 && !strcmp(argv[1], "matter") && !strcmp(argv[2], "lint"))
        return matter_lint(argv[3]);
    if (argc == 5 && !strcmp(argv[1], "receipt") && !strcmp(argv[2], "verify"))
        return receipt_verify(argv[3], argv[4]);
    bool is_device = argc >= 3 && !strcmp(argv[1], "device");
    if (is_device && argc == 3 && !strcmp(argv[2], "words"))
        return ctl_device_words(false);
    if (is_device && argc == 4 && !strcmp(argv[2], "words") && !strcmp(argv[3], "--json"))
        return ctl_device_words(true);
    if (is_device && argc >= 4 && !strcmp(argv[2], "lint"))
        return ctl_device_lint(argc - 3, argv + 3);
    return usage();
}
