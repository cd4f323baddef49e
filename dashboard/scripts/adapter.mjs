/**
 * The static adapter, and after it: the start script that SvelteKit writes into the page moves to a file of its own,
 * so that `Content-Security-Policy: script-src 'self'` holds without a hash or a nonce.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import adapterStatic from '@sveltejs/adapter-static';

/** scripts/dashboard builds beside the old one and then takes its place. */
const pages = process.env.DASHBOARD_BUILD || 'build';
const page = join(pages, 'index.html');
const inline = /<script>([\s\S]*?)<\/script>/g;

/** @returns {import('@sveltejs/kit').Adapter} */
export function staticWithoutInlineScript() {
  const files = adapterStatic({ pages, fallback: 'index.html', strict: false });
  return {
    name: 'static-without-inline-script',
    async adapt(builder) {
      await files.adapt(builder);
      writeFileSync(page, movedOut(readFileSync(page, 'utf8')));
    },
  };
}

/**
 * A classic script, not a module: the start script asks for `document.currentScript`.
 * @param {string} html
 */
function movedOut(html) {
  return html.replace(inline, (_, /** @type {string} */ script) => {
    const name = createHash('sha256').update(script).digest('hex').slice(0, 10);
    const address = `_app/immutable/begin.${name}.js`;
    writeFileSync(join(pages, address), script);
    return `<script src="/${address}"></script>`;
  });
}
