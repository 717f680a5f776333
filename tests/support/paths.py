"""Where things are."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
DB = ROOT / "db"
TESTS = ROOT / "tests"
SQL_TESTS = TESTS / "sql"
CACHE = Path(os.environ.get("PGWALLET_CACHE") or ROOT / ".cache").absolute()
