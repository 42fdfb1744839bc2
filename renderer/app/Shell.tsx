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
import { isMac, useFrameKeys } from './keys.ts';
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
  const plansOpened = useWindow((state) => state.plansOpened);
  const palette = usePalette();
  return (
    <>
      <Overlay>
        {palette.wanted ? <Palette open={palette.asked} onReady={palette.ready} /> : null}
      </Overlay>
      <Overlay>{help ? <Help /> : null}</Overlay>
      <Overlay key={plansOpened}>{planning ? <PlanDialog request={planning} /> : null}</Overlay>
    </>
  );
}

/** Its key is heard from the first moment on, also while its code is on its way. */
function usePalette() {
  const [idle, setIdle] = useState(false);
  const [asked, setAsked] = useState(false);
  const [here, setHere] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIdle(true), 600);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (here) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(isMac ? event.metaKey : event.ctrlKey)) return;
      event.preventDefault();
      setAsked(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [here]);
  const ready = useCallback(() => setHere(true), []);
  return { wanted: idle || asked, asked, ready };
}

/** What lies over the screen breaks alone: the frame and the screen stay. */
function Overlay(props: { children: ReactNode }) {
  return (
    <ErrorBoundary over>
      <Suspense fallback={null}>{props.children}</Suspense>
    </ErrorBoundary>
  );
}
