import { type AnchorHTMLAttributes, createContext, type ReactNode, useContext } from 'react';
import { Link } from 'wouter';
import { plainString } from '#shared/util/visible-text.ts';
import { plainNode } from './plain-node.ts';

type Extra = Readonly<Record<string, string | undefined>>;

/** How a place becomes an address; the app gives the one that carries environment and range. */
export const AddressContext = createContext<(to: string, extra?: Extra) => string>((to) => to);

type Anchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'children' | 'className'>;

/** A link to a place in the console that keeps environment and range. */
export function Go(
  props: Anchor & {
    to: string;
    /** Search parameters beside those that every address carries. */
    extra?: Extra;
    className?: string | undefined;
    children: ReactNode;
  },
) {
  const { children, extra, title, to, ...rest } = props;
  const addressOf = useContext(AddressContext);
  return (
    <Link
      href={addressOf(to, extra)}
      {...rest}
      {...(title === undefined ? {} : { title: plainString(title) })}
    >
      {plainNode(children)}
    </Link>
  );
}
