import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import ConfirmDialog from './ConfirmDialog.svelte';

const words = { open: true, title: 'Delete the flow?', text: 'Calls stay.', confirm: 'Delete' };

describe('the question before what cannot be undone', () => {
  it('closes when it is done', async () => {
    let done = 0;
    render(ConfirmDialog, { props: { ...words, onconfirm: () => void done++ } });
    expect(screen.getByRole('dialog', { name: 'Delete the flow?' })).toHaveAccessibleDescription(
      'Calls stay.',
    );
    await fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(done).toBe(1);
  });

  it('stays open and says why when it fails', async () => {
    render(ConfirmDialog, {
      props: { ...words, onconfirm: () => Promise.reject(new Error('A call uses it.')) },
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('A call uses it.');
    expect(screen.getByRole('dialog')).toBeVisible();
  });

  it('waits for the word that must be typed', async () => {
    render(ConfirmDialog, { props: { ...words, typed: 'support', onconfirm: () => {} } });
    expect(screen.getByRole('button', { name: 'Delete' })).toBeDisabled();
    await fireEvent.input(screen.getByRole('textbox'), { target: { value: 'support' } });
    expect(screen.getByRole('button', { name: 'Delete' })).toBeEnabled();
  });
});
