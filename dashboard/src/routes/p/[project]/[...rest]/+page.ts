/** An address of the project that no page has: told of inside the shell. Without a rest, the overview. */
import { error, redirect } from '@sveltejs/kit';

export function load({ params }) {
  if (params.rest === '') redirect(307, `/p/${encodeURIComponent(params.project)}/overview`);
  error(404, {
    message: 'There is no such page.',
    remedy: 'Check the address, or choose a page in the navigation.',
  });
}
