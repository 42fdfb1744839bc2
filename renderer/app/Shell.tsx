import { lazy, type ReactNode, Suspense, useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { addressOf } from '../client/go.ts';
import { useEnvironment, useSession } from '../client/session.ts';
import { useWindow } from '../client/window.ts';
import { AddressContext } from '../ui/Go.tsx';
import { Banner } from './Banner.tsx';
import { ConfigProblems } from './ConfigProblems.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Footer } from './Footer.tsx';
import { useFrameKeys } from './keys.ts';
import { Rail } from './Rail.tsx';
import { fetchAhead, planDialog, Routes } from './routes.tsx';
import styles from './Shell.module.css';
import { TopBar } from './TopBar.tsx';
import { useUrl } from './use-url.ts';

const Palette = lazy(() => import('./Palette.tsx'));
const Help = lazy(() => import('./Help.tsx'));
const PlanDialog = lazy(planDialog);

export function Shell() {
  useUrl();
  useEffect(fetchAhead, []);
  useFrameKeys();
  const session = useSession();
  const environment = useEnvironment();
  const [path] = useLocation();
  const problems = session?.configProblems ?? [];
  const name = useWindow((state) => state.environment);
  const range = useWindow((state) => state.range);
  const address = useCallback(
    (to: string, extra?: Readonly<Record<string, string | undefined>>) =>
      addressOf(to, extra, { environment: name, range }),
    [name, range],
  );
  return (
    <AddressContext value={address}>
      <div className={styles.shell} data-protected={environment?.protected || undefined}>
        <a className={styles.skip} href="#main">
          Skip to the content
        </a>
        <TopBar />
        <Banner />
        <Rail />
        <main id="main" className={styles.main} tabIndex={-1}>
          <ErrorBoundary key={path}>
            {problems.length > 0 && path !== '/journal' ? (
              <ConfigProblems problems={problems} path={session?.configPath ?? null} />
            ) : (
              <Routes />
            )}
          </ErrorBoundary>
        </main>
        <Footer />
        <Overlays />
      </div>
    </AddressContext>
  );
}

/** Loaded once the first screen has had its turn, or at once when asked for. */
function Overlays() {
  const help = useWindow((state) => state.help);
  const planning = useWindow((state) => state.planning);
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIdle(true), 600);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <Overlay>{idle ? <Palette /> : null}</Overlay>
      <Overlay>{help ? <Help /> : null}</Overlay>
      <Overlay key={JSON.stringify(planning)}>
        {planning ? <PlanDialog request={planning} /> : null}
      </Overlay>
    </>
  );
}

/** What lies over the screen breaks alone: the frame and the screen stay. */
function Overlay(props: { children: ReactNode }) {
  return (
    <ErrorBoundary over>
      <Suspense fallback={null}>{props.children}</Suspense>
    </ErrorBoundary>
  );
}
