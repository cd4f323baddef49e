/** Who has a part in the project: people, keys, and the systems that are told. */
import { asPage } from '$lib/admission';
import { answer, api } from '$lib/api';

export async function load({ params }) {
  const path = { project: params.project };
  try {
    const [members, keys, webhooks] = await Promise.all([
      answer(api.GET('/api/v1/projects/{project}/members', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/keys', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/webhooks', { params: { path } })),
    ]);
    return { members, keys, webhooks };
  } catch (reason) {
    throw asPage(reason);
  }
}
