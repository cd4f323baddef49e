/** The calls that match the address's filters, newest first: the first page of them. */
import { answer, api } from '$lib/api';
import { asPage } from '$lib/admission';
import { filtersOf, queryOf } from '$lib/calls/filters';

export async function load({ params, url }) {
  const filters = filtersOf(url.searchParams);
  try {
    const page = await answer(
      api.GET('/api/v1/projects/{project}/calls', {
        params: { path: { project: params.project }, query: { ...queryOf(filters), limit: 50 } },
      }),
    );
    return { filters, page };
  } catch (reason) {
    throw asPage(reason);
  }
}
