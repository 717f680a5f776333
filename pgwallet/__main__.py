"""python -m pgwallet is pgwallet."""

from pgwallet.cli import main

main()
