// SPDX-License-Identifier: Apache-2.0
// Parses ESC/POS bytes with npos, which knows nothing of us, and writes the picture on the paper as
// PBM; prints how often each command occurs. An unknown command ends it with an error.
//   node npos_decode.mjs NODE_MODULES BYTES PBM
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const [modules, bytes, out] = process.argv.slice(2)
const npos = createRequire(path.resolve(modules) + '/')('npos')
const raster = npos.codecs.raster
const DLE = 0x10

npos.rules[DLE]['\x05'] = 1 // DLE ENQ n: recovery; missing in its rules

const raw = readFileSync(bytes)
const ast = await npos.parser(npos.rules).parse(raw)

let width = 0
const rows = []
const counts = {}
for (const node of ast.tree) {
  const name = `${node.ascii} ${node.fn}`.replace(/[^ -~]/g, c => c.charCodeAt(0).toString(16).padStart(2, '0'))
  counts[name] = (counts[name] ?? 0) + 1
  if (node.ascii === 'GS' && node.fn === 'v0') {
    const image = raster.decode(raw, [{ ...node }])
    width = Math.max(width, image.width)
    for (let y = 0; y < image.height; y++) rows.push(rowOf(image, y))
  } else if (node.ascii === 'ESC' && node.fn === 'J') { // feed: as many blank rows
    for (let n = raw[node.offset + 2]; n > 0; n--) rows.push(null)
  }
}
if (rows.length === 0) throw new Error('npos found no picture')

function rowOf(image, y) {
  const row = Buffer.alloc((image.width + 7) >> 3)
  for (let x = 0; x < image.width; x++)
    if (image.getPixel(x, y) === 0) row[x >> 3] |= 0x80 >> (x & 7)
  return row
}

const blank = Buffer.alloc((width + 7) >> 3)
writeFileSync(out, Buffer.concat([Buffer.from(`P4\n${width} ${rows.length}\n`),
  ...rows.map(row => row ?? blank)]))
console.log(JSON.stringify(counts))
