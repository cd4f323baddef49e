/** How SvelteKit builds: static files, one page for every address, no inline script. */
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { staticWithoutInlineScript } from './scripts/adapter.mjs';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: ({ filename }) => (filename.split(/[/\\]/).includes('node_modules') ? undefined : true),
  },
  kit: {
    adapter: staticWithoutInlineScript(),
  },
};
