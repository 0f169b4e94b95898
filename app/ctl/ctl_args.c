/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl: words in from the command line, words out to the terminal. Thread: main. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ctl_catalogue.h"

/* One of the words of a list. */
static bool is_allowed(const char *allowed, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = allowed; (at = strstr(at, word)) != NULL; at += n)
        if ((at == allowed || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

static int complain(const char *word, const char *what)
{
    fprintf(stderr, "%s: %s\n", word, what);
    return -1;
}

int ctl_catalogue_parse(int argc, char **argv, const char *allowed, struct ctl_catalogue_args *ret)
{
    *ret = (struct ctl_catalogue_args){0};
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--key", &ret->key},           {"--cert", &ret->cert},
                   {"--settings", &ret->settings}, {"--data", &ret->data},
                   {"--assets", &ret->assets},     {"--region", &ret->region}};
    for (int i = 0; i < argc; i++) {
        size_t o = 0;
        bool is_option = argv[i][0] == '-';
        while (o < YJ_COUNT(options) && strcmp(options[o].name, argv[i]) != 0)
            o++;
        if (is_option && !is_allowed(allowed, argv[i]))
            return complain(argv[i], "no option of this command");
        if (!is_option && ret->folder)
            return complain(argv[i], "one folder too many");
        if (!is_option)
            ret->folder = argv[i];
        else if (!strcmp(argv[i], "--json"))
            ret->is_json = true;
        else if (!strcmp(argv[i], "--force"))
            ret->is_forced = true;
        else if (o == YJ_COUNT(options) || i + 1 == argc)
            return complain(argv[i], "needs a value");
        else
            *options[o].value = argv[++i];
    }
    return 0;
}

const char *ctl_clean(const char *text, char *ret, size_t cap)
{
    bool is_utf8 = bytes_utf8_valid(text, strlen(text));
    size_t n = 0;
    for (; text[n] && n < cap - 1; n++) {
        unsigned char c = (unsigned char)text[n];
        ret[n] = c < 0x20 || c == 0x7f || (c >= 0x80 && !is_utf8) ? '?' : text[n];
    }
    ret[n] = '\0';
    return ret;
}
