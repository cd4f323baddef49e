/** The pages of a project: for its members. */
import { error } from '@sveltejs/kit';
import { signedIn } from '$lib/admission';
import { session } from '$lib/session.svelte';

export async function load({ params, url }) {
  await signedIn(url);
  if (!session.knows(params.project)) {
    error(404, {
      message: `There is no project “${params.project}”, or you are not in it.`,
      remedy: 'Check the address, or ask the project’s admin to add you.',
    });
  }
  session.prefer(params.project);
}
