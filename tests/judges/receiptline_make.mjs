// SPDX-License-Identifier: Apache-2.0
// Turns a receiptline document into ESC/POS bytes: node receiptline_make.mjs NODE_MODULES DOCUMENT OUT
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const [modules, document, out] = process.argv.slice(2)
const receiptline = createRequire(path.resolve(modules) + '/')('receiptline')
const bytes = receiptline.transform(readFileSync(document, 'utf8'),
  { cpl: 48, encoding: 'gb18030', command: 'escpos', cutting: true })
writeFileSync(out, bytes, 'binary')
