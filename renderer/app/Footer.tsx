import { useOperation } from '../client/query.ts';
import { useWindow } from '../client/window.ts';
import { FreshnessLine } from '../ui/FreshnessLine.tsx';
import { formatBytes } from '../ui/format.ts';
import styles from './Footer.module.css';

export function Footer() {
  const environment = useWindow((state) => state.environment);
  const overview = useOperation('overview.read', { environment }, { enabled: environment !== '' });
  return (
    <footer className={styles.foot}>
      <FreshnessLine freshness={overview.data?.freshness ?? []} />
      <span className={styles.right}>
        {overview.data ? `cache ${formatBytes(overview.data.cacheBytes)}` : null}
      </span>
    </footer>
  );
}
