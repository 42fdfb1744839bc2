import type Database from 'better-sqlite3';

/** One step of a file's history. Once it has shipped it is never edited: its hash is kept in the file. */
export interface Migration {
  number: number;
  name: string;
  sql: string;
  /**
   * Afterwards, in the same transaction: derives what the new schema holds from what is there. Not part of the hash:
   * it may follow the queries that it uses.
   */
  fill?: (db: Database.Database) => void;
}
