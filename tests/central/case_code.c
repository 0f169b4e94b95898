/* SPDX-License-Identifier: Apache-2.0 */
/* The eighteen codes and their words. Pure, any thread. */
#include "case_code.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

static const struct {
    int code;
    const char *word;
} codes[] = {
    {8, "submitted"},  {10, "fix"},       {12, "submitted"}, {14, "fix"},      {16, "submitted"},
    {20, "submitted"}, {22, "submitted"}, {24, "submitted"}, {26, "received"}, {28, "fix"},
    {30, "accepted"},  {37, "fix"},       {40, "refused"},   {50, "approved"}, {90, "done"},
    {97, "refused"},   {98, "withdrawn"}, {99, "withdrawn"},
};

const char *case_code_word(int code)
{
    for (size_t i = 0; i < YJ_COUNT(codes); i++)
        if (codes[i].code == code)
            return codes[i].word;
    return NULL;
}

static bool is_word(int code, const char *word)
{
    const char *is = case_code_word(code);
    return is && strcmp(is, word) == 0;
}

bool case_code_is_fix(int code)
{
    return is_word(code, "fix");
}

bool case_code_is_running(int code)
{
    return is_word(code, "submitted") || is_word(code, "received") || is_word(code, "accepted") ||
           is_word(code, "approved");
}
