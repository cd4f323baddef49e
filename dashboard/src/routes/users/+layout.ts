/** For admins of the installation. */
import { error } from '@sveltejs/kit';
import { signedIn } from '$lib/admission';
import { session } from '$lib/session.svelte';

export async function load({ url }) {
  await signedIn(url);
  if (!session.everywhere) {
    error(403, {
      message: 'This page is for admins of the installation.',
      remedy: 'Ask one of them, or sign in as one.',
    });
  }
}
