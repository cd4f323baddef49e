/** Builds button.js, a classic script, and beside it button/livekit-HASH.js, which a call loads: into the folder that
 * WEBBUTTON_BUILD names, else dist. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const MOST = 60 * 1024;
const root = fileURLToPath(new URL('.', import.meta.url));
const shared = { root, configFile: false, logLevel: 'warn', publicDir: false };
const target = 'es2022';
const out = resolve(root, process.env.WEBBUTTON_BUILD ?? 'dist');

await build({
  ...shared,
  build: {
    target,
    outDir: `${out}/button`,
    emptyOutDir: true,
    lib: { entry: 'src/livekit.ts', formats: ['es'] },
    rollupOptions: { output: { entryFileNames: 'livekit-[hash].js', codeSplitting: false } },
    minify: true,
  },
});
const [livekit] = readdirSync(`${out}/button`);
await build({
  ...shared,
  define: { __LIVEKIT__: JSON.stringify(`./button/${livekit}`) },
  build: {
    target,
    outDir: out,
    emptyOutDir: false,
    lib: { entry: 'src/main.ts', formats: ['iife'], name: 'tollfree', fileName: () => 'button.js' },
    minify: true,
  },
});

for (const file of ['button.js', `button/${livekit}`]) {
  const size = gzipSync(readFileSync(`${out}/${file}`)).length;
  console.log(`${file.padEnd(28)} ${(size / 1024).toFixed(1)} KiB gzipped`);
  if (file === 'button.js' && size > MOST) {
    console.error(`button.js is larger than ${MOST / 1024} KiB.`);
    process.exit(1);
  }
}
