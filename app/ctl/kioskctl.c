/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl: the command line of technicians and vendors. Works on files; needs no running kiosk.
 * Exit status: 0 good, 1 refused (the reason is printed), 2 wrong arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "ctl_catalogue.h"
#include "ctl_content.h"
#include "ctl_device.h"
#include "ctl_enrol.h"
#include "ctl_theme.h"
#include "seal/seal.h"

static int usage(FILE *to)
{
    fputs(
        "usage: kioskctl matter lint FOLDER [--json] [--region CODE] [--assets DIR]\n"
        "                                           check a catalogue set, or a folder of matter\n"
        "                                           files: every mistake with file and place\n"
        "       kioskctl catalogue sign FOLDER --key KEY\n"
        "                                           write manifest.json and manifest.sig\n"
        "       kioskctl catalogue verify FOLDER --cert CERT\n"
        "                                           check signature and files of a set\n"
        "       kioskctl catalogue stage FOLDER --settings FILE | --data DIR --cert CERT\n"
        "                         [--assets DIR] [--force]\n"
        "                                           check a set and give it to the terminal,\n"
        "                                           which takes it between two visits; --force\n"
        "                                           for one that is not newer than that in use\n"
        "       kioskctl catalogue status --settings FILE | --data DIR [--cert CERT]\n"
        "                                           sets in use, before it and waiting\n"
        "       kioskctl enrol --settings FILE --ticket TICKET [--renew] [--ca-fingerprint HEX]\n"
        "                                           make the key, get the certificate from the\n"
        "                                           centre; may be repeated after any "
        "interruption;\n"
        "                                           HEX: the centre's CA must have it (SHA-256)\n"
        "       kioskctl enrol request --settings FILE --ticket TICKET --out FOLDER [--renew]\n"
        "                         [--ca-fingerprint HEX]\n"
        "       kioskctl enrol accept --settings FILE --in FOLDER [--ca-fingerprint HEX]\n"
        "                                           the same by USB stick (docs/centre.md)\n"
        "       kioskctl receipt verify CERT TOKEN  check a receipt's code against the\n"
        "                                           certificate of the terminal\n"
        "       kioskctl device words [--json]      words of telemetry, logs and screens\n"
        "       kioskctl device lint FILE...        check device tables (assets/devices)\n"
        "       kioskctl theme lint [--assets DIR] FILE...\n"
        "                                           check theme files (docs/brand.md)\n"
        "       kioskctl content lint FILE...       check notices of the hall (docs/content.md)\n"
        "       kioskctl --version | --help\n"
        "exit status: 0 good, 1 refused (the reason is printed), 2 wrong arguments\n",
        to);
    return to == stderr ? 2 : 0;
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

static const struct {
    const char *noun, *verb, *options;
    int (*run)(const struct ctl_catalogue_args *args);
} catalogue_commands[] = {
    {"matter", "lint", "--json --region --assets", ctl_matter_lint},
    {"catalogue", "sign", "--key", ctl_catalogue_sign},
    {"catalogue", "verify", "--cert", ctl_catalogue_verify},
    {"catalogue", "stage", "--settings --data --cert --assets --force", ctl_catalogue_stage},
    {"catalogue", "status", "--settings --data --cert", ctl_catalogue_status},
};

/* @return exit status, -1: another command */
static int run_catalogue(int argc, char **argv)
{
    struct ctl_catalogue_args args;
    for (size_t i = 0; argc >= 3 && i < YJ_COUNT(catalogue_commands); i++) {
        if (strcmp(argv[1], catalogue_commands[i].noun) != 0 ||
            strcmp(argv[2], catalogue_commands[i].verb) != 0)
            continue;
        int rc = ctl_catalogue_parse(argc - 3, argv + 3, catalogue_commands[i].options, &args) < 0
                     ? 2
                     : catalogue_commands[i].run(&args);
        return rc == 2 ? usage(stderr) : rc;
    }
    return -1;
}

/* [--assets DIR] FILE... */
static int theme_lint_run(int argc, char **argv)
{
    const char *assets_dir = YIJIAN_ASSETS_DIR;
    if (argc >= 2 && !strcmp(argv[0], "--assets")) {
        assets_dir = argv[1];
        argc -= 2;
        argv += 2;
    }
    return argc < 1 || argv[0][0] == '-' ? usage(stderr) : ctl_theme_lint(assets_dir, argc, argv);
}

int main(int argc, char **argv)
{
    int catalogue_status = run_catalogue(argc, argv);
    if (catalogue_status >= 0)
        return catalogue_status;
    if (argc == 2 && !strcmp(argv[1], "--help"))
        return usage(stdout);
    if (argc == 2 && !strcmp(argv[1], "--version"))
        return puts("kioskctl " YIJIAN_VERSION) < 0;
    if (argc == 5 && !strcmp(argv[1], "receipt") && !strcmp(argv[2], "verify"))
        return receipt_verify(argv[3], argv[4]);
    if (argc >= 3 && !strcmp(argv[1], "enrol")) {
        int status = ctl_enrol(argc - 2, argv + 2);
        return status == 2 ? usage(stderr) : status;
    }
    bool is_device = argc >= 3 && !strcmp(argv[1], "device");
    if (is_device && argc == 3 && !strcmp(argv[2], "words"))
        return ctl_device_words(false);
    if (is_device && argc == 4 && !strcmp(argv[2], "words") && !strcmp(argv[3], "--json"))
        return ctl_device_words(true);
    if (is_device && argc >= 4 && !strcmp(argv[2], "lint"))
        return ctl_device_lint(argc - 3, argv + 3);
    if (argc >= 4 && !strcmp(argv[1], "theme") && !strcmp(argv[2], "lint"))
        return theme_lint_run(argc - 3, argv + 3);
    if (argc >= 4 && !strcmp(argv[1], "content") && !strcmp(argv[2], "lint"))
        return argv[3][0] == '-' ? usage(stderr) : ctl_content_lint(argc - 3, argv + 3);
    return usage(stderr);
}
