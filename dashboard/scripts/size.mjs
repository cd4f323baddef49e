/**
 * What each page's first load weighs in script, gzipped, and a failure when one is over the limit. Counts what is
 * imported statically; what is imported later (the canvas, the calls' WebRTC, the charts) loads when it is needed.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const limit = 300_000;
const output = new URL('../.svelte-kit/output/', import.meta.url);

/** @type {Record<string, { file: string, imports?: string[] }>} */
let chunks;
/** @type {{ _: { routes: { id: string, page: { layouts: (number | undefined)[], leaf: number } | null }[] } }} */
let manifest;
try {
  chunks = JSON.parse(readFileSync(new URL('client/.vite/manifest.json', output), 'utf8'));
  ({ manifest } = await import(new URL('server/manifest-full.js', output).href));
} catch {
  console.error('There is no build to weigh. Run: npm run build');
  process.exit(2);
}

/** @type {Map<string, number>} */
const weights = new Map();

/** @param {string} file */
function weight(file) {
  const known = weights.get(file);
  if (known !== undefined) return known;
  const bytes = file.endsWith('.js') ? gzipSync(readFileSync(new URL(`client/${file}`, output))).length : 0;
  weights.set(file, bytes);
  return bytes;
}

/**
 * Adds a chunk and all that it imports.
 * @param {string} name
 * @param {Set<string>} files
 */
function gather(name, files) {
  const chunk = chunks[name];
  if (chunk === undefined) throw new Error(`The build's manifest has no ${name}.`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const imported of chunk.imports ?? []) gather(imported, files);
}

const generated = '.svelte-kit/generated/client-optimized/';
const entries = [
  `${generated}app.js`,
  ...Object.keys(chunks).filter((name) => name.endsWith('/client/entry.js')),
];
let over = false;
for (const { id, page } of manifest._.routes) {
  if (page === null) continue;
  const files = new Set();
  const nodes = [...page.layouts, page.leaf].filter((node) => node !== undefined);
  for (const name of [...entries, ...nodes.map((node) => `${generated}nodes/${node}.js`)])
    gather(name, files);
  const bytes = [...files].reduce((sum, file) => sum + weight(file), 0);
  over ||= bytes > limit;
  console.log(`${String(Math.ceil(bytes / 1000)).padStart(5)} kB${bytes > limit ? ' TOO HEAVY' : ''}  ${id}`);
}
if (over) {
  console.error(
    `A page's first load is over ${limit / 1000} kB: import what is heavy with import() where it is used.`,
  );
  process.exit(1);
}
