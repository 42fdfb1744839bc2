/** One step of a file's history. Once it has shipped it is never edited: its hash is kept in the file. */
export interface Migration {
  number: number;
  name: string;
  sql: string;
}
