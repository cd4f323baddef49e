import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import TextInput from './TextInput.svelte';

describe('a field', () => {
  it('is read with its label, its hint and what is wrong', () => {
    render(TextInput, { props: { label: 'Name', hint: 'Short.', error: 'Too long.', required: true } });
    const input = screen.getByLabelText(/Name/);
    expect(input).toHaveAccessibleDescription('Short. Too long.');
    expect(input).toBeInvalid();
    expect(input).toBeRequired();
  });

  it('keeps its label for screen readers when it shows none', () => {
    render(TextInput, { props: { label: 'Search', bare: true, rows: 3 } });
    expect(screen.getByRole('textbox', { name: 'Search' })).not.toHaveAttribute('aria-invalid');
  });
});
