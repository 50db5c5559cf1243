// Prints the compressed size of the page. Fails above 2 MB.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const MOST = 2_000_000;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

const sums = { raw: 0, gzip: 0, brotli: 0 };
for (const file of files) {
  const content = readFileSync(join(file.parentPath, file.name));
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const sizes = { raw: content.length, gzip: gzipSync(content, { level: 9 }).length, brotli: brotliCompressSync(content, { params }).length };
  for (const form of Object.keys(sums)) sums[form] += sizes[form];
}

const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
console.log(`the page: ${kilobytes(sums.brotli)} with brotli, ${kilobytes(sums.gzip)} with gzip, ${kilobytes(sums.raw)} as it is`);
if (sums.brotli > MOST) {
  console.error(`more than ${kilobytes(MOST)} with brotli`);
  process.exit(1);
}
