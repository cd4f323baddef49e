/** What forms share: editing something that others may save too, faults at their fields, the guard before leaving. */
export { default as ConflictDialog } from './ConflictDialog.svelte';
export { default as Fields } from './Fields.svelte';
export { default as LeaveGuard } from './LeaveGuard.svelte';
export { default as ListInput } from './ListInput.svelte';
export { default as SaveBar } from './SaveBar.svelte';
export { default as UnsavedGuard } from './UnsavedGuard.svelte';
export { Edited, type Keeping, type Tagged } from './edited.svelte';
export { FieldFaults } from './faults';
export { measured, words } from './words';
