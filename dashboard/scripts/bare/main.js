/** The canvas that the editor's is measured against: xyflow as it comes, with its plainest nodes. */
import { mount } from 'svelte';
import Bare from './Bare.svelte';

const given = await (await fetch('flow.json')).json();
mount(Bare, {
  target: /** @type {HTMLElement} */ (document.querySelector('#canvas')),
  props: { flow: given },
});
