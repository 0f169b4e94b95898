/* SPDX-License-Identifier: Apache-2.0 */
/* Documents with invented data, one of each kind. Test code. */
#include "document_samples.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"

#define QR "YJ1:eyJuIjoiS0pOLTExMDEwNS0wMDAxLTIwMjYxMTIzLTAwMDA0MiJ9.c2FtcGxlLXNpZ25hdHVyZS1vbmx5"

static void add(struct document *d, enum document_block_kind kind, const char *left,
                const char *right, const char *third)
{
    bool is_added = document_add(d, kind, left, right, third);
    assert(is_added);
    (void)is_added;
}

struct document *sample_empty(enum document_kind kind, const char *title, const char *subtitle)
{
    struct document *d = mem_zalloc(1, sizeof *d);
    d->kind = kind;
    d->title = document_text(d, title);
    d->subtitle = document_text(d, subtitle);
    d->number = document_text(d, "2026 1123 0001 0042");
    d->footer = document_text(d, "示例区政务服务中心 自助终端 1 号　咨询电话 12345");
    d->qr = document_text(d, QR);
    return d;
}

/* Three waves, as a quick hand writes. */
struct strokes *sample_strokes(void)
{
    struct strokes *s = mem_zalloc(1, sizeof *s);
    s->width = 800;
    s->height = 300;
    for (int stroke = 0; stroke < 3; stroke++) {
        for (int i = 0; i < 60; i++) {
            double t = i / 59.0;
            double x = 120 + stroke * 170 + 150 * t + 12 * sin(9 * t + stroke);
            double y = 150 + 90 * sin(6.3 * t * (1 + 0.5 * stroke)) * (1 - 0.5 * t) - 40 * t;
            s->point[s->n_points++] = (struct stroke_point){
                .x = (int16_t)x,
                .y = (int16_t)y,
                .t_ms = (uint16_t)(stroke * 700 + i * 9),
                .stroke = (uint16_t)stroke,
            };
        }
    }
    return s;
}

static struct document *application_new(void)
{
    struct document *d =
        sample_empty(DOCUMENT_APPLICATION, "新生儿出生一件事申请表", "高效办成一件事 · 新生儿出生");
    add(d, DOCUMENT_HEADING, "一、办理人", NULL, NULL);
    add(d, DOCUMENT_PAIR, "姓名", "张三", NULL);
    add(d, DOCUMENT_PAIR, "公民身份号码", "11010519491231002X", NULL);
    add(d, DOCUMENT_PAIR, "与新生儿关系", "父亲", NULL);
    add(d, DOCUMENT_PAIR, "联系电话", "13800000000", NULL);
    add(d, DOCUMENT_PAIR, "现居住地址", "北京市朝阳区示例路1号院2号楼3单元401室", NULL);
    add(d, DOCUMENT_HEADING, "二、新生儿", NULL, NULL);
    add(d, DOCUMENT_PAIR, "姓名", "张䶮𠮷", NULL);
    add(d, DOCUMENT_PAIR, "性别", "女", NULL);
    add(d, DOCUMENT_PAIR, "出生时间", "2026年11月2日 06时18分", NULL);
    add(d, DOCUMENT_PAIR, "出生医院", "示例市妇幼保健院", NULL);
    add(d, DOCUMENT_PAIR, "出生医学证明编号", "Z110000001", NULL);
    add(d, DOCUMENT_PAIR, "随父或随母落户", "随父亲落户", NULL);
    add(d, DOCUMENT_HEADING, "三、母亲", NULL, NULL);
    add(d, DOCUMENT_PAIR, "姓名", "陳大文", NULL);
    add(d, DOCUMENT_PAIR, "居住证号码", "810000199003070023", NULL);
    add(d, DOCUMENT_HEADING, "四、一并办理的事项", NULL, NULL);
    add(d, DOCUMENT_ROW_HEAD, "事项", "办理部门", "说明");
    add(d, DOCUMENT_ROW, "《出生医学证明》签发", "卫生健康部门", "已签发，本次核验");
    add(d, DOCUMENT_ROW, "预防接种证办理", "卫生健康部门", "凭本表编号到居住地接种单位领取");
    add(d, DOCUMENT_ROW, "本市户口登记（申报出生登记）", "公安机关",
        "自愿选择在母亲或父亲户口所在地登记");
    add(d, DOCUMENT_ROW, "社会保障卡申领", "人力资源和社会保障部门",
        "与银行账户同步开立，需另行签字");
    add(d, DOCUMENT_ROW, "城乡居民基本医疗保险参保登记", "医疗保障部门",
        "出生 90 天内参保，自出生之日起享受待遇");
    add(d, DOCUMENT_ROW, "生育医疗费用报销", "医疗保障部门", "—");
    add(d, DOCUMENT_NOTE,
        "以上内容由办理人在自助终端填写并核对。收件不等于受理，受理结果以部门告知为准。", NULL,
        NULL);
    add(d, DOCUMENT_SIGNATURE, "办理人（签名）：", "2026年11月23日", NULL);
    d->strokes = sample_strokes();
    return d;
}

static struct document *promise_new(void)
{
    struct document *d =
        sample_empty(DOCUMENT_PROMISE, "告知承诺书", "新生儿出生一件事 · 户口登记");
    add(d, DOCUMENT_HEADING, "一、告知内容", NULL, NULL);
    add(d, DOCUMENT_PARAGRAPH,
        "根据有关规定，申请人办理本事项时，可以采用告知承诺方式替代下列证明材料。申请人有权选择提交"
        "证明材料，也"
        "可以选择书面承诺已经符合告知的条件和要求，并愿意承担不实承诺的法律责任。",
        NULL, NULL);
    add(d, DOCUMENT_ITEM, "证明事项名称：父母婚姻状况证明。", NULL, NULL);
    add(d, DOCUMENT_ITEM, "证明内容：新生儿父母的婚姻登记情况，由行政机关通过部门间信息共享核验。",
        NULL, NULL);
    add(d, DOCUMENT_ITEM,
        "不实承诺的责任：承诺不实的，行政机关将依法终止办理、责令限期整改或者撤销行政决定，并将失信"
        "信息"
        "记入信用记录；构成违法的，依法追究责任。",
        NULL, NULL);
    add(d, DOCUMENT_HEADING, "二、承诺内容", NULL, NULL);
    add(d, DOCUMENT_PARAGRAPH, "本人现就申请办理的事项，郑重承诺如下：", NULL, NULL);
    add(d, DOCUMENT_ITEM, "已经知晓行政机关告知的全部内容；", NULL, NULL);
    add(d, DOCUMENT_ITEM, "自身符合告知的条件和要求，所填写的信息真实、准确；", NULL, NULL);
    add(d, DOCUMENT_ITEM, "愿意承担不实承诺的法律责任，以及由此产生的一切后果；", NULL, NULL);
    add(d, DOCUMENT_ITEM, "上述陈述是本人真实意思的表示。", NULL, NULL);
    add(d, DOCUMENT_HEADING, "三、承诺人", NULL, NULL);
    add(d, DOCUMENT_PAIR, "姓名", "杜约翰 DOE JOHN", NULL);
    add(d, DOCUMENT_PAIR, "证件号码", "911398199012310021", NULL);
    add(d, DOCUMENT_SIGNATURE, "承诺人（签名）：", "2026年11月23日", NULL);
    d->strokes = sample_strokes();
    return d;
}

static struct document *materials_new(void)
{
    struct document *d = sample_empty(DOCUMENT_MATERIALS, "材料清单", "新生儿出生一件事");
    add(d, DOCUMENT_COPY_MARK, "补打", NULL, NULL);
    add(d, DOCUMENT_PARAGRAPH,
        "请带上“需要提交”的材料到综合窗口。写明“免于提交”的，由部门自行核验，不必再跑。", NULL,
        NULL);
    add(d, DOCUMENT_HEADING, "需要提交", NULL, NULL);
    add(d, DOCUMENT_ROW_HEAD, "材料", "份数", "要求");
    add(d, DOCUMENT_ROW, "居民户口簿", "原件 1 份", "落户一方的首页和本人页，当场核验后退还");
    add(d, DOCUMENT_ROW, "新生儿姓名用字说明", "原件 1 份",
        "姓名含 𬎆、𬬻 等字的，由父母签字");
    add(d, DOCUMENT_HEADING, "免于提交", NULL, NULL);
    add(d, DOCUMENT_ROW_HEAD, "材料", "份数", "免于提交的依据");
    add(d, DOCUMENT_ROW, "居民身份证", "—", "已在终端读取，电子证照共享");
    add(d, DOCUMENT_ROW, "结婚证", "—", "民政部门数据共享核验");
    add(d, DOCUMENT_ROW, "出生医学证明", "—", "卫生健康部门电子证照");
    add(d, DOCUMENT_NOTE, "本清单只对本次办理有效。", NULL, NULL);
    return d;
}

struct document *sample_new(enum document_kind kind)
{
    return kind == DOCUMENT_APPLICATION ? application_new()
           : kind == DOCUMENT_PROMISE   ? promise_new()
                                        : materials_new();
}
