// SPDX-License-Identifier: Apache-2.0
// Makes pinyin.tsv anew from two npm packages, unpacked into FOLDER:
//     npm pack pinyin-pro@3.29.4 opencc-js@1.4.2   (and tar xzf each into FOLDER/NAME)
//     node make_pinyin.mjs FOLDER > pinyin.tsv
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const folder = resolve(process.argv[2]);
const { pinyin } = createRequire(import.meta.url)(`${folder}/pinyin-pro/package/dist/index.js`);
const FIRST = 0x3400, LAST = 0x9fff; // what app/core/search_sound.c keeps a table for
const MAX_READINGS = 6;

const rows = new Map(); // syllable → [characters read so first, characters read so too]
const row = (syllable) => rows.get(syllable) ?? rows.set(syllable, ["", ""]).get(syllable);
for (let c = FIRST; c <= LAST; c++) {
    const char = String.fromCodePoint(c);
    const found = pinyin(char, { toneType: "none", multiple: true, type: "array", nonZh: "removed" });
    const readings = [...new Set(found.map((r) => r.replaceAll("ü", "v").replaceAll("ê", "e")))]
        .filter((r) => /^[a-z]{1,6}$/.test(r));
    readings.slice(0, MAX_READINGS).forEach((r, i) => (row(r)[i ? 1 : 0] += char));
}

const source = readFileSync(`${folder}/opencc-js/package/dist/esm-lib/dict/TSCharacters.js`, "utf8");
let pairs = "";
for (const entry of source.match(/"(.*)"/)[1].split("|")) {
    const [from, to] = entry.split(" ");
    const a = from.codePointAt(0), b = to.codePointAt(0);
    if (a >= FIRST && a <= LAST && b >= FIRST && b <= LAST && a !== b)
        pairs += from + to;
}

console.log(`# SPDX-License-Identifier: MIT AND Apache-2.0
# How characters sound, without tones, and the simplified form of traditional ones. Made by
# make_pinyin.mjs, not by hand. Readings: pinyin-pro 3.29.4, MIT, (c) 2022-present zh-lx. Pairs:
# OpenCC's TSCharacters as packed in opencc-js 1.4.2, Apache-2.0, (c) Carbo Kuo and contributors.
# A row: syllable, characters of which it is the first reading, characters that it is another of.
# Rows "=": traditional character and its simplified form, one after the other.`);
for (const [syllable, [first, other]] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${syllable}\t${first}\t${other}`);
console.log(`=\t${pairs}`);
