/** What the project is, and how long its calls' data is kept. */
import { asPage } from '$lib/admission';
import { api, tagged } from '$lib/api';

export async function load({ params }) {
  try {
    const path = { project: params.project };
    return { found: await tagged(api.GET('/api/v1/projects/{project}/settings', { params: { path } })) };
  } catch (reason) {
    throw asPage(reason);
  }
}
