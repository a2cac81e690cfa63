/// The tables of the index, as numbered steps. A step that has been released is never edited: a change
/// is a new step at the end. `PRAGMA user_version` holds how many have been taken.
///
/// The column names are the project's words; `docs/store.md` explains each and a test compares.
enum Migration {
  static let all: [String] = [first, seals, counts, evaluations]

  /// Correct attempts problem by problem, and which failures were divergences: what a report reads besides
  /// measurements. Without their seals the items that are known already are read once more.
  private static let evaluations = """
    CREATE TABLE evaluation (
      item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
      line INTEGER NOT NULL,
      suite TEXT NOT NULL,
      step INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      correct TEXT NOT NULL,
      PRIMARY KEY (item, line)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE item ADD COLUMN diverged INTEGER NOT NULL DEFAULT 0;
    UPDATE item SET seal = NULL;
    """

  /// So that items are counted by state from indices alone: the rows themselves are wide.
  private static let counts = """
    CREATE INDEX item_by_identity ON item (identity, state);
    CREATE INDEX item_by_kind ON item (kind, state);
    """

  /// What the files of a result looked like to `stat` when every byte of them was known to be sound; see
  /// ``ItemFolder/seal(of:)``. And which note of a study its rows were made from.
  private static let seals = """
    ALTER TABLE item ADD COLUMN seal INTEGER;
    ALTER TABLE study ADD COLUMN digest TEXT;
    """

  /// - `item.item` is the first 60 bits of the identity: the same number whatever order the items came
  ///   in, and eight bytes instead of sixty-four in every measurement.
  /// - Inputs and the items of a trial are named by identity without a foreign key, because they may
  ///   not have been run yet.
  private static let first = """
    CREATE TABLE item (
      item INTEGER PRIMARY KEY,
      identity TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      label TEXT NOT NULL,
      configuration TEXT NOT NULL,
      seed_path TEXT,
      numerics INTEGER NOT NULL,
      state TEXT NOT NULL,
      reason TEXT,
      seconds REAL
    ) STRICT;

    CREATE TABLE item_input (
      item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
      name TEXT NOT NULL,
      input TEXT NOT NULL,
      PRIMARY KEY (item, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE item_value (
      item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
      name TEXT NOT NULL,
      value REAL,
      text TEXT,
      PRIMARY KEY (item, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE artifact (
      item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
      name TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (item, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE attempt (
      item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
      attempt INTEGER NOT NULL,
      host TEXT NOT NULL,
      process INTEGER NOT NULL,
      began REAL NOT NULL,
      manner TEXT,
      words TEXT,
      seconds REAL,
      peak_memory_bytes INTEGER,
      PRIMARY KEY (item, attempt)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE measurement (
      item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
      line INTEGER NOT NULL,
      step INTEGER NOT NULL,
      metric TEXT NOT NULL,
      value REAL,
      tags TEXT,
      PRIMARY KEY (item, line)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX measurement_by_metric ON measurement (metric, item, step);

    CREATE TABLE study (
      study TEXT PRIMARY KEY,
      question TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trial (
      study TEXT NOT NULL REFERENCES study ON DELETE CASCADE,
      trial INTEGER NOT NULL,
      arm INTEGER NOT NULL,
      arm_name TEXT NOT NULL,
      seed INTEGER NOT NULL,
      PRIMARY KEY (study, trial)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trial_variant (
      study TEXT NOT NULL,
      trial INTEGER NOT NULL,
      axis TEXT NOT NULL,
      variant TEXT NOT NULL,
      PRIMARY KEY (study, trial, axis),
      FOREIGN KEY (study, trial) REFERENCES trial ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trial_item (
      study TEXT NOT NULL,
      trial INTEGER NOT NULL,
      place INTEGER NOT NULL,
      role TEXT NOT NULL,
      identity TEXT NOT NULL,
      PRIMARY KEY (study, trial, place),
      FOREIGN KEY (study, trial) REFERENCES trial ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX trial_item_by_identity ON trial_item (identity);

    CREATE VIEW result AS
      SELECT trial.study, trial.arm, trial.arm_name, trial.seed, trial_item.role, item.state,
        measurement.step, measurement.metric, measurement.value, measurement.tags,
        item.identity
      FROM trial
      JOIN trial_item USING (study, trial)
      JOIN item USING (identity)
      JOIN measurement USING (item);
    """
}
