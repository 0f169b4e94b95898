/* SPDX-License-Identifier: Apache-2.0 */
/* The slip the tests draw: a receipt with every style. Test persons only. */
#ifndef YJ_TESTS_UNIT_UI_SLIP_SAMPLE_H
#define YJ_TESTS_UNIT_UI_SLIP_SAMPLE_H

#include <stdio.h>

#include "types/slip.h"

#define SAMPLE_PAYLOAD                                                                             \
    "YJ1.eyJuIjoiMTEwMTA1MjAyNjExMjMwMDAwMDAwMDE3In0.c2lnbmF0dXJlLW9mLXRoZS10ZXJtaW5hbC1oZXJlLWlu" \
    "LXRoZS10ZXN0LW9ubHk"

static inline void sample_add(struct slip *slip, enum slip_style style, const char *left,
                              const char *right)
{
    struct slip_line *line = &slip->line[slip->n_lines++];
    line->style = style;
    snprintf(line->left, sizeof line->left, "%s", left);
    snprintf(line->right, sizeof line->right, "%s", right);
}

static inline void sample_slip(struct slip *slip)
{
    slip->n_lines = 0;
    sample_add(slip, SLIP_COPY_MARK, "补打", "");
    sample_add(slip, SLIP_TITLE, "高效办成一件事 收件凭证", "");
    sample_add(slip, SLIP_RULE, "", "");
    sample_add(slip, SLIP_NUMBER, "110105202611230000000017", "");
    sample_add(slip, SLIP_PAIR, "事项", "新生儿出生“一件事”");
    sample_add(slip, SLIP_PAIR, "申请人", "张*");
    sample_add(slip, SLIP_PAIR, "证件号码", "1101**********002X");
    sample_add(slip, SLIP_PAIR, "联系电话", "138****0000");
    sample_add(slip, SLIP_PAIR, "收件时间", "2026-11-23 09:41");
    sample_add(slip, SLIP_PAIR, "收件终端", "北京市朝阳区示例路1号政务服务大厅一层自助区 03号");
    sample_add(slip, SLIP_RULE, "", "");
    sample_add(slip, SLIP_HEADING, "同时开始办理（5项）", "");
    sample_add(slip, SLIP_PAIR, "1 出生医学证明", "卫生健康委 · 当场");
    sample_add(slip, SLIP_PAIR, "2 出生登记", "公安局 · 3个工作日");
    sample_add(slip, SLIP_PAIR, "3 预防接种证", "疾控局 · 当场");
    sample_add(slip, SLIP_PAIR, "4 城乡居民参保", "医疗保障局 · 5个工作日");
    sample_add(slip, SLIP_PAIR, "5 社会保障卡", "人力资源和社会保障局 · 10个工作日");
    sample_add(slip, SLIP_SPACE, "", "");
    sample_add(slip, SLIP_HEADING, "材料", "");
    sample_add(slip, SLIP_TEXT, "居民身份证：已读取，不留复印件。", "");
    sample_add(slip, SLIP_TEXT, "结婚证：电子证照核验，免于提交。", "");
    sample_add(slip, SLIP_TEXT, "出生医学证明：由医院在线推送，无需本人跑动。", "");
    sample_add(slip, SLIP_RULE, "", "");
    sample_add(slip, SLIP_QR, SAMPLE_PAYLOAD, "扫码查询进度");
    sample_add(slip, SLIP_SPACE, "", "");
    sample_add(
        slip, SLIP_NOTE,
        "本凭证表示材料已收到，是否受理以各部门通知为准。请妥善保管，热敏纸请避免阳光和高温。", "");
}

#endif
