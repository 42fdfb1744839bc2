import { Button, createTheme, Modal, Tooltip } from '@mantine/core';

/** Sizes and defaults of Mantine's parts. Colours are in ui/tokens.css. */
export const theme = createTheme({
  fontFamily: 'var(--nd-font)',
  fontFamilyMonospace: 'var(--nd-mono)',
  primaryColor: 'blue',
  defaultRadius: 'sm',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', variant: 'filled' } }),
    Modal: Modal.extend({
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Close' },
        // Its head is a <header>, which would count as a second banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, withArrow: false, transitionProps: { duration: 0 } },
    }),
  },
});
