"""The HTTP gateway of pgwallet: all that is needed to answer a request, and nothing else.

In the order in which a request meets them:

server      listens, and finishes the requests under way when a signal comes
signals     which signals end a process, and how
app         one handler for all routes, between the middlewares
cors        which web pages' scripts may read the answers
tokens      verifies and issues tokens
rates       counts how often somebody asks
routes      the whole map: each route, its function, who may ask
types       bodies, queries and answers, field by field
users       finds the user of an external id
accounts    sign-up, log-in, passwords
support     how much a support agent may move at once
grouping    sends movements, and reads of a balance, that have to wait together
database    calls the functions of the schema wallet, on a bounded pool
events      long polls and server-sent events
problems    every way to fail: codes, statuses, problem+json
pages       /openapi.json and the page at /docs, from static/; /console, from the folder console/
settings    the environment variables
logs        a line for each event
metrics     what Prometheus reads
tracing     spans for OpenTelemetry
"""

from importlib.metadata import version

__version__ = version("pgwallet")
