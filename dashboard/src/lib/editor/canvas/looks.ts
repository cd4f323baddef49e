/** How each kind of node looks: its icon and its colour. */
import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import BookOpenText from '@lucide/svelte/icons/book-open-text';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import CircleStop from '@lucide/svelte/icons/circle-stop';
import GitFork from '@lucide/svelte/icons/split';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import MessagesSquare from '@lucide/svelte/icons/messages-square';
import PhoneForwarded from '@lucide/svelte/icons/phone-forwarded';
import Search from '@lucide/svelte/icons/search';
import ShoppingBasket from '@lucide/svelte/icons/shopping-basket';
import TextCursorInput from '@lucide/svelte/icons/text-cursor-input';
import Workflow from '@lucide/svelte/icons/workflow';
import type { IconComponent } from '$lib/ui/icon';

export interface Look {
  icon: IconComponent;
  /** A CSS colour of the theme. */
  colour: string;
}

const looks: Readonly<Record<string, Look>> = {
  say: { icon: MessageCircle, colour: 'var(--series-1)' },
  ask: { icon: TextCursorInput, colour: 'var(--series-3)' },
  intent: { icon: GitFork, colour: 'var(--series-4)' },
  answer: { icon: BookOpenText, colour: 'var(--series-1)' },
  talk: { icon: MessagesSquare, colour: 'var(--series-4)' },
  lookup: { icon: Search, colour: 'var(--series-2)' },
  order: { icon: ShoppingBasket, colour: 'var(--series-2)' },
  transfer: { icon: PhoneForwarded, colour: 'var(--series-5)' },
  branch: { icon: ArrowRightLeft, colour: 'var(--series-6)' },
  run: { icon: Workflow, colour: 'var(--series-3)' },
  end: { icon: CircleStop, colour: 'var(--series-6)' },
};

const unknown: Look = { icon: CircleHelp, colour: 'var(--bad)' };

export function lookOf(kind: string): Look {
  return looks[kind] ?? unknown;
}
