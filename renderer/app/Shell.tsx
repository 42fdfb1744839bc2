import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Footer } from './Footer.tsx';
import { Rail } from './Rail.tsx';
import { Routes } from './routes.tsx';
import styles from './Shell.module.css';
import { TopBar } from './TopBar.tsx';
import { useUrl } from './use-url.ts';

export function Shell() {
  useUrl();
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <TopBar />
      <Rail />
      <main id="main" className={styles.main} tabIndex={-1}>
        <ErrorBoundary>
          <Routes />
        </ErrorBoundary>
      </main>
      <Footer />
    </div>
  );
}
