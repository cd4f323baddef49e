/** How the project's calls went, in the time that the address names. */
import { answer, api } from '$lib/api';
import { asPage } from '$lib/admission';
import { rangeOf } from '$lib/calls/overview';

export async function load({ params, url }) {
  const range = rangeOf(url.searchParams.get('days'));
  const from = new Date(Date.now() - range.days * 86_400_000).toISOString();
  try {
    const overview = await answer(
      api.GET('/api/v1/projects/{project}/overview', {
        params: { path: { project: params.project }, query: { from } },
      }),
    );
    return { range, overview };
  } catch (reason) {
    throw asPage(reason);
  }
}
