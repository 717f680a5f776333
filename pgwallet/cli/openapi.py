"""pgwallet openapi: print the OpenAPI document."""

import click
import msgspec

from pgwallet.openapi import document
from pgwallet.postman import collection


@click.command()
@click.option("--postman", "is_postman", is_flag=True, help="As a Postman collection (v2.1).")
def openapi(is_postman: bool) -> None:
    """Print the OpenAPI document.

    
    Examples:
      pgwallet openapi > openapi.json
      pgwallet openapi --postman > pgwallet.postman_collection.json
    """
    made = collection() if is_postman else document()
    click.echo(msgspec.json.format(msgspec.json.encode(made)))
