"""One wallet over many databases: partitions, and proxies that hand each call to the right one.

A user lives in one partition, an ordinary wallet. A proxy is a database with the same functions in
the schema wallet, made of PL/Proxy functions. It keeps nothing.

config      the file that names the servers
runs        the table that says how each function of the API runs
proxy       makes a proxy's SQL from a partition's catalogue and from db/proxy/
databases   makes, migrates and compares the databases
"""
