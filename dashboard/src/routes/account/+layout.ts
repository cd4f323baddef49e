/** For whoever is signed in. */
import { signedIn } from '$lib/admission';

export async function load({ url }) {
  await signedIn(url);
}
