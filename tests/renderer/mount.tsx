/** Puts a part of the window on a page, over a transport that answers from a table. */
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { CoreEvent, OperationName } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { connect } from '../../renderer/client/client.ts';
import { createQueryClient, followChanges } from '../../renderer/client/query.ts';
import type { Transport } from '../../renderer/client/transports/index.ts';

export type Answers = Partial<
  Record<OperationName, (input: unknown, signal?: AbortSignal) => unknown>
>;

/** A core of a few lines: what it was asked, and how to make it speak. */
export function fakeCore(answers: Answers) {
  const calls: { operation: string; input: unknown }[] = [];
  let emit: (event: CoreEvent) => void = () => {};
  let line: (up: boolean) => void = () => {};
  const transport: Transport = {
    call: async (operation, input, signal) => {
      calls.push({ operation, input });
      const answer = answers[operation as OperationName];
      if (!answer) throw new NightdeskError('unsupported', `No answer for ${operation}.`);
      return answer(input, signal);
    },
    onEvent: (onEvent, onConnection) => {
      emit = onEvent;
      line = onConnection;
      onConnection(true);
      return () => {};
    },
  };
  const disconnect = connect(transport);
  return {
    calls,
    answers,
    count: (operation: OperationName) => calls.filter((one) => one.operation === operation).length,
    emit: (event: CoreEvent) => emit(event),
    line: (up: boolean) => line(up),
    disconnect,
  };
}

export async function mount(ui: ReactNode) {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  document.documentElement.setAttribute('data-mantine-color-scheme', 'dark');
  const queries = createQueryClient();
  const stop = followChanges(queries);
  const element = document.createElement('div');
  document.body.append(element);
  const root = createRoot(element);
  await act(async () => {
    root.render(
      <QueryClientProvider client={queries}>
        <MantineProvider withCssVariables={false} withGlobalClasses={false} env="test">
          {ui}
        </MantineProvider>
      </QueryClientProvider>,
    );
  });
  await settle();
  return {
    text: () => document.body.textContent ?? '',
    button: (name: RegExp) =>
      [...document.querySelectorAll('button')].find((one) => name.test(one.textContent ?? '')),
    click: async (name: RegExp) => {
      const button = [...document.querySelectorAll('button')].find((one) =>
        name.test(one.textContent ?? ''),
      );
      if (!button) throw new Error(`There is no button ${name}`);
      await act(async () => button.click());
      await settle(30);
    },
    /** Puts a text into the box with this label, as typing does. */
    type: async (label: string, value: string) => {
      const name = [...document.querySelectorAll('label')].find((one) =>
        one.textContent?.startsWith(label),
      );
      await typeInto(document.getElementById(name?.htmlFor ?? ''), value);
    },
    typeInto,
    unmount: async () => {
      await act(async () => root.unmount());
      stop();
      queries.clear();
      element.remove();
    },
  };
}

async function typeInto(box: Element | null, value: string): Promise<void> {
  if (!(box instanceof HTMLInputElement)) throw new Error('There is no such box');
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(box, value);
    box.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await settle();
}

/** Lets promises and the effects after them run. */
export async function settle(ms = 0): Promise<void> {
  await act(async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
  });
}
