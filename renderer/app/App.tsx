import {
  type MantineColorScheme,
  type MantineColorSchemeManager,
  MantineProvider,
} from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { createQueryClient, followChanges } from '../client/query.ts';
import { AddressRouter } from '../client/router.tsx';
import { keepScheme, readScheme } from './color-scheme.ts';
import { Shell } from './Shell.tsx';
import { theme } from './theme.ts';

const colorSchemes: MantineColorSchemeManager = {
  get: () => readScheme(),
  set: (scheme: MantineColorScheme) => keepScheme(scheme === 'light' ? 'light' : 'dark'),
  subscribe: () => {},
  unsubscribe: () => {},
  clear: () => keepScheme('dark'),
};

export function App() {
  const [queries] = useState(createQueryClient);
  useEffect(() => followChanges(queries), [queries]);
  return (
    <QueryClientProvider client={queries}>
      <MantineProvider
        theme={theme}
        defaultColorScheme="dark"
        colorSchemeManager={colorSchemes}
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <AddressRouter>
          <Shell />
        </AddressRouter>
      </MantineProvider>
    </QueryClientProvider>
  );
}
