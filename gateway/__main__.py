"""python -m gateway is pgwallet."""

from gateway.cli import main

main()
