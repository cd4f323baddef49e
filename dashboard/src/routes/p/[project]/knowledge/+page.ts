/** Where the project's knowledge comes from, and what is being done with it. */
import { asPage } from '$lib/admission';
import { answer, api } from '$lib/api';

export async function load({ params, url, depends }) {
  depends('knowledge:sources');
  const path = { project: params.project };
  const cursor = url.searchParams.get('cursor') ?? '';
  try {
    const [sources, jobs] = await Promise.all([
      answer(
        api.GET('/api/v1/projects/{project}/knowledge/sources', {
          params: { path, query: { cursor, limit: 100 } },
        }),
      ),
      answer(
        api.GET('/api/v1/projects/{project}/knowledge/jobs', { params: { path, query: { limit: 10 } } }),
      ),
    ]);
    return { sources, jobs: jobs.items };
  } catch (reason) {
    throw asPage(reason);
  }
}
