/** What the pages behind the sign-in ask before they load. */
import { error, redirect } from '@sveltejs/kit';
import { Problem } from '$lib/api';
import { session } from './session.svelte';

/** Goes to the sign-in, and back here afterwards, when nobody is signed in. */
export async function signedIn(url: URL): Promise<void> {
  let known: boolean;
  try {
    known = await session.known();
  } catch (reason) {
    throw asPage(reason);
  }
  if (!known) redirect(307, signInAddress(url));
}

/** The sign-in that leads back to a page. */
export function signInAddress(url: URL): string {
  const here = url.pathname + url.search;
  return here === '/' ? '/signin' : `/signin?next=${encodeURIComponent(here)}`;
}

/** Where the sign-in leads: never to another site, whatever the address says. */
export function onward(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) && !/[\n\r\t]/.test(next) ? next : '/';
}

/** What was caught in a `load`, as the page that tells of it. */
export function asPage(reason: unknown): unknown {
  if (!(reason instanceof Problem)) return reason;
  try {
    error(reason.status || 503, { message: reason.message, remedy: reason.remedy });
  } catch (page) {
    return page;
  }
}
