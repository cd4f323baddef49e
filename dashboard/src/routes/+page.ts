/** The first page: the project that was looked at last. */
import { redirect } from '@sveltejs/kit';
import { signedIn } from '$lib/admission';
import { session } from '$lib/session.svelte';

export async function load({ url }) {
  await signedIn(url);
  if (session.preferred !== undefined) redirect(307, `/p/${encodeURIComponent(session.preferred)}/overview`);
  if (session.everywhere) redirect(307, '/setup');
}
