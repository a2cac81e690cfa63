#ifndef ABLATE_CSQLITE_SHIM_H
#define ABLATE_CSQLITE_SHIM_H

#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast of -1 to a function pointer, which Swift cannot write down: SQLite
   copies what is bound before the call returns. */
static inline int ablate_bind_text(sqlite3_stmt *statement, int place, const char *text, int bytes) {
  return sqlite3_bind_text(statement, place, text, bytes, SQLITE_TRANSIENT);
}

/* sqlite3_db_config is variadic, and Swift does not import variadic functions: refuse statements
   that could corrupt the file on purpose. */
static inline int ablate_be_defensive(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

#endif
