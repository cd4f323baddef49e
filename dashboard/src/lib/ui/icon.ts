/** The type of an icon: a component of @lucide/svelte, imported singly (`@lucide/svelte/icons/plus`). */
import type Plus from '@lucide/svelte/icons/plus';

export type IconComponent = typeof Plus;
