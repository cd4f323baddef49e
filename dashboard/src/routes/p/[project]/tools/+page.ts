/** Tools, catalogues, queues, and for editors the names of secrets. */
import { asPage } from '$lib/admission';
import { answer, api } from '$lib/api';
import { session } from '$lib/session.svelte';

export async function load({ params, parent }) {
  await parent(); // who is signed in is known then
  const path = { project: params.project };
  try {
    const [tools, catalogues, queues, secrets] = await Promise.all([
      answer(api.GET('/api/v1/projects/{project}/tools', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/catalogues', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/queues', { params: { path } })),
      session.can('editor', params.project)
        ? answer(api.GET('/api/v1/projects/{project}/secrets', { params: { path } }))
        : [],
    ]);
    return { tools, catalogues, queues, secrets };
  } catch (reason) {
    throw asPage(reason);
  }
}
