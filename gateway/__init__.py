"""The HTTP gateway of pgwallet, its command line and its migrator."""

from importlib.metadata import version
from pathlib import Path

__version__ = version("pgwallet")

_here = Path(__file__).resolve().parent
# The SQL files: inside the package once it is installed, beside it in a checkout.
DB_DIR = _here / "db" if (_here / "db").is_dir() else _here.parent / "db"
