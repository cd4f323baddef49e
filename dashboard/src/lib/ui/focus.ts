/** Where the focus goes when what had it is gone from the page. */

/** As an attachment of a control: takes the focus that nothing has. */
export function inherit(control: HTMLElement): void {
  const { activeElement, body } = control.ownerDocument;
  if (activeElement === null || activeElement === body) control.focus();
}
