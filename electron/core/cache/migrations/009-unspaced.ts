import { indexUnspaced } from '#core/cache/queries/index-unspaced.ts';
import type { Migration } from './migration.ts';

/** The text of turns in scripts without spaces is indexed letter by letter (see #shared/util/unspaced.ts). */
export const unspaced: Migration = {
  number: 9,
  name: 'unspaced',
  sql: '',
  fill: indexUnspaced,
};
