import { useLocation } from 'wouter';
import { Go } from '../ui/Go.tsx';
import { PLACES } from './places.ts';
import styles from './Rail.module.css';

export function Rail() {
  const [path] = useLocation();
  return (
    <nav className={styles.rail} aria-label="Screens">
      {PLACES.map((one) => {
        const { path: place, label, Icon, also } = one;
        const here = path === place || also.some((start) => path.startsWith(start));
        return (
          <Go
            key={place}
            to={place}
            className={styles.item}
            {...(here ? { 'aria-current': 'page' as const } : {})}
          >
            <Icon size={19} stroke={1.6} aria-hidden="true" />
            <span>{'short' in one ? one.short : label}</span>
          </Go>
        );
      })}
    </nav>
  );
}
