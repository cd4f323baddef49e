/** The project's agents. */
import { asPage } from '$lib/admission';
import { answer, api } from '$lib/api';

export async function load({ params }) {
  const path = { project: params.project };
  try {
    const [agents, flows] = await Promise.all([
      answer(api.GET('/api/v1/projects/{project}/agents', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/flows', { params: { path } })),
    ]);
    return { agents, flows };
  } catch (reason) {
    throw asPage(reason);
  }
}
