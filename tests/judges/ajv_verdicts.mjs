// SPDX-License-Identifier: Apache-2.0
// Judges JSON files by a JSON Schema with ajv, which knows nothing of us. Files come on standard
// input, one a line; printed are those that ajv takes.
//   node ajv_verdicts.mjs NODE_MODULES SCHEMA
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const [modules, schema] = process.argv.slice(2)
const Ajv2020 = createRequire(path.resolve(modules) + '/')('ajv/dist/2020')

// strict: an unknown keyword is an error of the schema; that types and keys are said in one place
// and asked for in another is none
const judge = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
  JSON.parse(readFileSync(schema, 'utf8')))

for (const file of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  let data
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)))
  } catch {
    continue // no JSON at all
  }
  if (judge(data)) console.log(file)
}
