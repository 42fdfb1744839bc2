import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { Link } from 'wouter';
import { addressOf } from '../client/go.ts';
import { useWindow } from '../client/window.ts';

type Anchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'children' | 'className'>;

/** A link to a place in the console that keeps environment and range. */
export function Go(
  props: Anchor & {
    to: string;
    extra?: Readonly<Record<string, string | undefined>>;
    className?: string | undefined;
    children: ReactNode;
  },
) {
  const { to, extra, ...rest } = props;
  const environment = useWindow((state) => state.environment);
  const range = useWindow((state) => state.range);
  return <Link href={addressOf(to, extra, { environment, range })} {...rest} />;
}
