/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a query, and, behind a first byte, as words.json or as the pinyin table: the search
 * stays in its limits, says the same twice, and best first. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_priv.h"
#include "core/search.h"

enum { MAX_TABLE_BYTES = 1 << 20, MAX_QUERY = 1024, CAP = 4 };

#define LISTED(code, name, alias)                                                                  \
    "{\"schema\": \"matter/1\", \"code\": \"" code "\", \"name\": \"" name                         \
    "\", \"version\": \"1\", \"status\": \"listed\", \"stage\": \"person.life\", "                 \
    "\"icon\": \"matter\", \"lead_dept\": \"政务\", \"co_depts\": [], "                          \
    "\"aliases\": [\"" alias "\"]}"

static const char *const MATTERS[] = {
    LISTED("NB.BIRTH", "新生儿出生", "宝宝上户口"),
    LISTED("PEN.RETIRE", "退休", "领养老金"),
    LISTED("BIZ.IPO", "企业上市合法合规信息核查", "IPO 银行开户"),
};

static const char WORDS[] = "{\"schema\": \"words/1\", \"same\": [[\"退休\", \"退下来\"]],"
                            " \"lead\": [{\"say\": [\"添丁\"], \"matters\": [\"NB.BIRTH\"]}],"
                            " \"noise\": [\"我\", \"怎么办\"]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lives as long as the program. */
static const struct matter_set *the_set(void)
{
    static struct matter_set *set;
    for (size_t i = 0; !set || i < YJ_COUNT(MATTERS); i++) {
        struct matter_complaint c[CAP];
        struct matter *m = NULL;
        size_t n = 0;
        if (!set)
            set = matter_set_new(YJ_COUNT(MATTERS));
        else if (matter_set_count(set) == YJ_COUNT(MATTERS))
            break;
        if (matter_parse(NULL, MATTERS[i], strlen(MATTERS[i]), "m", c, CAP, &n, &m))
            abort();
        matter_set_add(set, m, "", NULL);
    }
    return set;
}

static struct search *build(const char *words, size_t n_words, const char *pinyin, size_t n_pinyin)
{
    struct matter_complaint c[CAP];
    struct search *s = NULL;
    size_t n = 0;
    int rc = search_build(the_set(), words, n_words, "w", pinyin, n_pinyin, c, CAP, &n, &s);
    if ((rc == 0) != (n == 0) || !s)
        abort();
    return s;
}

static void ask(const struct search *s, const char *query)
{
    struct search_hit a[SEARCH_MAX_HITS], b[SEARCH_MAX_HITS];
    size_t n = search_find(s, query, 20261123, a);
    if (n > SEARCH_MAX_HITS || search_find(s, query, 20261123, b) != n)
        abort();
    for (size_t i = 0; i < n; i++)
        if (a[i].matter != b[i].matter || a[i].score != b[i].score ||
            (i > 0 && a[i].score > a[i - 1].score))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct search *search;
    static char *pinyin;
    static size_t n_pinyin;
    struct err err = {0};
    if (!search) {
        if (mem_read_file(YJ_SOURCE_DIR "/assets/search/pinyin.tsv", MAX_TABLE_BYTES, &pinyin,
                          &n_pinyin, &err))
            abort();
        search = build(WORDS, strlen(WORDS), pinyin, n_pinyin);
    }
    if (size > 0 && (data[0] == 1 || data[0] == 2)) { /* no control character begins a query */
        const char *text = (const char *)data + 1;
        struct search *s = data[0] == 1 ? build(text, size - 1, pinyin, n_pinyin)
                                        : build(WORDS, strlen(WORDS), text, size - 1);
        ask(s, "我要退下来 tuixiu");
        search_free(s);
        return 0;
    }
    char query[MAX_QUERY];
    size_t n = size < sizeof query - 1 ? size : sizeof query - 1;
    if (n > 0)
        memcpy(query, data, n);
    query[n] = '\0';
    ask(search, query);
    return 0;
}
