/** A tool with its ETag; `-new`, which no tool can be called, stands for one that is not stored yet. */
import { asPage } from '$lib/admission';
import { api, tagged } from '$lib/api';

export async function load({ params }) {
  if (params.tool === '-new') return { found: null };
  try {
    const found = await tagged(
      api.GET('/api/v1/projects/{project}/tools/{tool}', {
        params: { path: { project: params.project, tool: params.tool } },
      }),
    );
    return { found };
  } catch (reason) {
    throw asPage(reason);
  }
}
