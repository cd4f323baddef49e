/** What was done in the project, newest first, by the filters of the address. */
import { asPage } from '$lib/admission';
import { answer, api } from '$lib/api';

export async function load({ params, url }) {
  const by = url.searchParams.get('by') ?? '';
  const action = url.searchParams.get('action') ?? '';
  const path = { project: params.project };
  try {
    const [page, members, keys] = await Promise.all([
      answer(
        api.GET('/api/v1/projects/{project}/audit', { params: { path, query: { by, action, limit: 50 } } }),
      ),
      answer(api.GET('/api/v1/projects/{project}/members', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/keys', { params: { path } })),
    ]);
    return { page, by, action, members, keys };
  } catch (reason) {
    throw asPage(reason);
  }
}
