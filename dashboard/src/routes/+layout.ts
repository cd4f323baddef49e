/** Every page is made in the browser: the build is static files. */
export const ssr = false;
export const prerender = false;
export const trailingSlash = 'never';
