"""pgwallet: the client, the command line, migrations and the embedded server.

It stands above `gateway`, the HTTP gateway, which never imports it.
"""

from pathlib import Path

_here = Path(__file__).resolve().parent
# The SQL files: inside the package once it is installed, beside it in a checkout.
DB_DIR = _here / "db" if (_here / "db").is_dir() else _here.parent / "db"
