"""The HTTP gateway of pgwallet: all that is needed to answer a request, and nothing else."""

from importlib.metadata import version

__version__ = version("pgwallet")
