import type { ReactNode } from 'react';
import { type BaseLocationHook, Router, useParams } from 'wouter';
import { useBrowserLocation, useSearch } from 'wouter/use-browser-location';
import { idOfPart } from '#shared/util/place.ts';

/**
 * wouter opens the escapes of a whole address before it takes it apart, so that the IDs `a%2Fb` and `a/b` would
 * share one. Here it gets the address as it stands; each ID is opened once, by `useIds`, each search parameter
 * once, by `URLSearchParams`.
 */
export function AddressRouter(props: { children: ReactNode }) {
  return (
    <Router hook={usePath} searchHook={useSearchText}>
      {props.children}
    </Router>
  );
}

const usePath: BaseLocationHook = () => {
  const [path, navigate] = useBrowserLocation();
  return [closed(path), navigate];
};

const useSearchText = () => closed(useSearch());

/** What wouter's opening turns back into `text`. */
function closed(text: string): string {
  return text.replaceAll('%', '%25');
}

/** The parameters of the screen's route by name; `*` holds what may have slashes of its own. */
export function useIds(): Readonly<Record<string, string | undefined>> {
  const params: Readonly<Record<string, string | undefined>> = useParams();
  return Object.fromEntries(
    Object.entries(params).map(([name, text]) => [name, text?.split('/').map(open).join('/')]),
  );
}

/** What somebody typed, `100%`, is taken as it was meant. */
function open(part: string): string {
  return idOfPart(part) ?? part;
}
