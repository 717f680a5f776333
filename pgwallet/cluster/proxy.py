"""A proxy's SQL, made from the catalogue of a partition, the table of runs and db/proxy/.

Each function of the API becomes two: one in wallet_private, in PL/Proxy, that only hands a call to
a partition, and one in wallet that says to which and tells a refusal as the partition told it.
Types, signatures, comments and grants are those of the partition.

PL/Proxy drops the connection on which an error came back, and a new one costs more than many
movements. So a call for one user goes by a function of the partition that tells a refusal as a row.
It can also take back what the call did, which a ROLLBACK in the proxy does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pgwallet import DB_DIR
from pgwallet.cluster.runs import RUNS, SCARCE, SHARES, TRIES, TURNS, Run

FOLDER = DB_DIR / "proxy"

_TYPES = """
SELECT c.relname AS name, array_agg(
    format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum
) AS columns
FROM pg_catalog.pg_class AS c
INNER JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'c' AND c.relnamespace = 'wallet'::regnamespace
GROUP BY c.oid, c.relname
ORDER BY c.oid
"""
# Of the API, and of the helpers those that proxies call.
_FUNCTIONS = """
SELECT
    n.nspname AS schema,
    p.proname AS name,
    coalesce(p.proargnames[1:p.pronargs], '{}') AS arguments,
    coalesce(ARRAY(
        SELECT format_type(t.type_id, NULL)
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t (type_id, ord)
        ORDER BY t.ord
    ), '{}') AS types,
    pg_get_function_arguments(p.oid) AS parameters,
    pg_get_function_identity_arguments(p.oid) AS identity,
    pg_get_function_result(p.oid) AS result,
    CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END
        AS volatility,
    p.proretset AS is_set,
    obj_description(p.oid, 'pg_proc') AS comment,
    ARRAY(
        SELECT a.grantee::regrole::text FROM aclexplode(p.proacl) AS a
        WHERE a.grantee NOT IN (0, p.proowner, coalesce(to_regrole($1), 0)) ORDER BY 1
    ) AS grantees,
    p.prosrc AS body
FROM pg_catalog.pg_proc AS p
INNER JOIN pg_catalog.pg_namespace AS n ON p.pronamespace = n.oid
WHERE p.prosecdef AND n.nspname IN ('wallet', 'wallet_private')
ORDER BY n.nspname, p.proname
"""


@dataclass(frozen=True)
class Function:
    """A function of a partition, as its catalogue has it."""

    schema: str
    name: str
    arguments: list[str]
    types: list[str]
    parameters: str
    identity: str
    result: str
    volatility: str
    is_set: bool
    comment: str | None
    grantees: list[str]
    body: str

    @property
    def is_api(self) -> bool:
        return self.schema == "wallet"

    @property
    def is_told(self) -> bool:
        """Whether a partition tells its answer and its refusals as rows."""
        return self.is_api and RUNS[self.name] is Run.USER and not self.is_set

    @property
    def passed(self) -> list[str]:
        """What is handed to the partition."""
        return ["p_is_trial", *self.arguments] if self.is_told else self.arguments

    @property
    def named(self) -> list[str]:
        """The same with its types."""
        own = ["p_is_trial boolean"] if self.is_told else []
        return own + [
            f"{name} {kind}" for name, kind in zip(self.arguments, self.types, strict=True)
        ]


@dataclass(frozen=True)
class Catalogue:
    """What a proxy takes over from a partition."""

    types: list[tuple[str, list[str]]]  # with their columns
    functions: list[Function]
    schema_version: str

    @property
    def api(self) -> list[Function]:
        return [function for function in self.functions if function.is_api]

    @property
    def callers(self) -> list[str]:
        """The roles that may call anything."""
        return sorted({role for function in self.api for role in function.grantees})


async def read_catalogue(connection: Any, login: str) -> Catalogue:
    rows = await connection.fetch(_FUNCTIONS, login)
    return Catalogue(
        types=[(row["name"], row["columns"]) for row in await connection.fetch(_TYPES)],
        functions=[Function(**row) for row in rows],
        schema_version=await connection.fetchval("SELECT wallet.schema_version()"),
    )


def partition_sql(catalogue: Catalogue, login: str) -> str:
    """What a partition has for its proxies: the functions that tell refusals as rows."""
    told = [function for function in catalogue.api if function.is_told]
    return _TOLD + _TRY_BATCH.format(login=login) + "".join(
        _TELL.format(f=function, named=", ".join(function.named), login=login,
                     passed=", ".join(function.arguments))
        for function in told
    )  # fmt: skip


def proxy_sql(catalogue: Catalogue, size: int) -> str:
    """All that a proxy has in its schemas; run again in a transaction, it replaces it.

    Only a superuser may make functions in PL/Proxy. What callers see belongs to wallet_owner, who
    alone may use what is below it.
    """
    known = {function.name for function in catalogue.api}
    assert known == RUNS.keys(), f"the table of runs and the API differ: {known ^ RUNS.keys()}"
    parts = [
        "SET LOCAL ROLE wallet_owner;",
        *(
            _TYPE.format(name=name, number=number, column=column)
            for name, columns in catalogue.types
            for number, column in enumerate(columns, 1)
        ),
        _TOLD,
        "RESET ROLE;",
        _CONSTANT.format(name="partitions", result="integer", value=size),
        *(sql for function in catalogue.functions for sql in _remotes(function)),
        *(path.read_text() for path in sorted(FOLDER.rglob("*.sql"))),
        "SET LOCAL ROLE wallet_owner;",
        *(_local(function, catalogue.schema_version) for function in catalogue.api),
        *map(_outside, catalogue.api),
        f"GRANT USAGE ON SCHEMA wallet TO {', '.join(catalogue.callers)};",
        "RESET ROLE;",
        _STALE,
    ]
    return "\n".join(parts)


# A release only adds columns.
_TYPE = """\
DO $$ BEGIN
    IF to_regtype('wallet."{name}"') IS NULL THEN
        CREATE TYPE wallet."{name}" AS ({column});
    ELSIF NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = 'wallet."{name}"'::regclass AND attnum = {number}
    ) THEN
        ALTER TYPE wallet."{name}" ADD ATTRIBUTE {column};
    END IF;
END $$;
"""
_TOLD = """\
DO $$ BEGIN
    IF to_regtype('wallet_private.told') IS NULL THEN
        CREATE TYPE wallet_private.told AS (
            answer text, code text, message text, detail text, hint text
        );
    END IF;
END $$;
"""
_TELL = """\
CREATE OR REPLACE FUNCTION wallet_private.tell_{f.name}({named}) RETURNS wallet_private.told
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_told wallet_private.told;
BEGIN
    v_told.answer := wallet.{f.name}({passed})::text;
    IF p_is_trial THEN
        RAISE EXCEPTION 'take it back';
    END IF;
    RETURN v_told;
EXCEPTION
    WHEN OTHERS THEN
        IF v_told.answer IS NULL THEN
            GET STACKED DIAGNOSTICS
                v_told.code = RETURNED_SQLSTATE, v_told.message = MESSAGE_TEXT,
                v_told.detail = PG_EXCEPTION_DETAIL, v_told.hint = PG_EXCEPTION_HINT;
        END IF;
        RETURN v_told;
END
$$;
GRANT EXECUTE ON FUNCTION wallet_private.tell_{f.name}({named}) TO {login};
"""
# What wallet_private.post_part would answer; it is taken back.
_TRY_BATCH = """\
CREATE OR REPLACE FUNCTION wallet_private.try_part(
    p_requests wallet.request[], p_actors text[], p_ords integer[], p_expires_at timestamptz[]
) RETURNS SETOF wallet.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_results wallet.batch_result[];
BEGIN
    BEGIN
        v_results := ARRAY(
            SELECT p FROM wallet_private.post_part(
                p_requests, p_actors, p_ords, p_expires_at
            ) AS p
        );
        RAISE EXCEPTION 'take it back';
    EXCEPTION
        WHEN OTHERS THEN
            IF v_results IS NULL THEN
                RAISE;
            END IF;
    END;
    RETURN QUERY SELECT r.* FROM unnest(v_results) AS r;
END
$$;
GRANT EXECUTE ON FUNCTION
wallet_private.try_part(wallet.request[], text[], integer[], timestamptz[]) TO {login};
"""
_CONSTANT = """\
CREATE OR REPLACE FUNCTION wallet_private.{name}() RETURNS {result}
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT {value} $$;
"""
# What an earlier release has left: a function would be there with its old arguments too.
_STALE = """\
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
            AND p.xmin <> pg_current_xact_id()::xid
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_function);
    END LOOP;
END $$;
"""
_REMOTE = """\
CREATE OR REPLACE FUNCTION wallet_private.{name}({parameters}) RETURNS {result}
LANGUAGE plproxy VOLATILE AS $$
    CLUSTER 'wallet'; {run}; {select};
$$;
"""
_LOCAL = """\
CREATE OR REPLACE FUNCTION wallet.{f.name}({f.parameters}) RETURNS {f.result}
LANGUAGE plpgsql {f.volatility} PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_code text; v_message text; v_detail text; v_hint text;
    v_told wallet_private.told; v_result {variable}; v_place integer; v_try integer := 0;
BEGIN
    {call}
EXCEPTION
    WHEN {caught} THEN
        GET STACKED DIAGNOSTICS
            v_code = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_detail = PG_EXCEPTION_DETAIL, v_hint = PG_EXCEPTION_HINT;
        {finally_}PERFORM wallet_private.refuse(v_code, v_message, v_detail, v_hint);
        RAISE;
END
$$;
"""

_SCARCE = """\
v_place := wallet_private.place(p_user_id);
    LOOP
        {tell}
        EXIT WHEN v_told.code IN ('WA402', 'WA403') IS NOT TRUE OR v_try < 0;
        v_try := wallet_private.gather(v_place, v_told.code, v_told.detail, v_try);
    END LOOP;
    {answer}"""


def _remotes(function: Function) -> Iterable[str]:
    """What hands a call on in PL/Proxy: to one partition, and where it is meant, to all."""
    run = RUNS[function.name] if function.is_api else Run.USER
    if run in (Run.HERE, Run.REFUSED):
        return
    schema, name, result = function.schema, function.name, function.result
    if function.is_told:
        schema, name, result = "wallet_private", f"tell_{name}", "wallet_private.told"
    select = f"SELECT r.* FROM {schema}.{name}({', '.join(function.passed)}) AS r"
    if run is Run.CATALOGUE:
        select += ", wallet_private.bump_catalogue() AS bumped"
    yield _REMOTE.format(
        name=name,
        parameters=", ".join(["p_partition integer", *function.named]),
        result=result,
        run="RUN ON p_partition",
        select=select,
    )
    if run is Run.ALL:
        yield _REMOTE.format(
            name=name,
            parameters=", ".join(function.named),
            result=function.result if function.is_set else f"SETOF {function.result}",
            run="RUN ON ALL",
            select=select,
        )


def _local(function: Function, schema_version: str) -> str:
    """The function of the API."""
    passed = [
        "coalesce(p_actor, session_user)"
        if name == "p_actor" and function.name != "sign_up"
        else name
        for name in function.arguments
    ]
    match RUNS[function.name]:
        case Run.USER if not function.is_told:
            call = _call(function, ["wallet_private.place(p_user_id)", *passed])
        case Run.USER if any(code in (function.comment or "") for code in SCARCE):
            tell, answer = _tell(function, ["v_place", *passed])
            call = _SCARCE.format(tell=tell, answer=answer)
        case Run.USER:
            call = "\n    ".join(_tell(function, ["wallet_private.place(p_user_id)", *passed]))
        case Run.ANY:
            call = _call(function, ["wallet_private.any_place()", *passed])
        case Run.CATALOGUE:
            call = _change(function, ["0", *passed])
        case Run.NAME | Run.ALL | Run.SPLIT | Run.CLAIM:
            call = _call(function, passed, prefix="run_")
        case Run.REFUSED:
            call = f"PERFORM wallet_private.refuse_on_cluster('wallet.{function.name}');"
        case Run.HERE:
            answers = {
                "version": function.body.strip(),
                "schema_version": f"'{schema_version}'",
                "heed_threshold": "",  # a cluster has no thresholds
            }
            call = f"RETURN {answers[function.name].removeprefix('SELECT ')};"
    is_told = function.is_told or function.name in TRIES
    is_here = RUNS[function.name] in (Run.HERE, Run.REFUSED)
    if function.volatility == "VOLATILE" and not is_told and not is_here:
        call = f"PERFORM wallet_private.refuse_trial('wallet.{function.name}');\n    {call}"
    caught, finally_ = "OTHERS", ""
    if function.name in TURNS:
        condition = TURNS[function.name]
        call = _in_turn(call, condition)
        caught = "query_canceled OR OTHERS"
        finally_ = _turns("end", condition) + "\n        "
    variable = function.result.removeprefix("SETOF ").replace("void", "text")
    return _LOCAL.format(f=function, call=call, variable=variable, caught=caught, finally_=finally_)


def _tell(function: Function, passed: list[str]) -> tuple[str, str]:
    """The call, and what follows from what the partition told."""
    answer = "" if function.result == "void" else f" v_told.answer::{function.result}"
    place, *others = passed
    values = ", ".join([place, "wallet_private.is_trial()", *others])
    return (
        f"v_told := wallet_private.tell_{function.name}({values});",
        f"""\
IF v_told.code IS NOT NULL THEN
        PERFORM wallet_private.refuse_as(v_told.code, v_told.message, v_told.detail, v_told.hint);
    END IF;
    RETURN{answer};""",
    )


def _turns(what: str, condition: str) -> str:
    return f"IF {condition} THEN PERFORM wallet_private.{what}_turns(); END IF;"


def _in_turn(call: str, condition: str) -> str:
    """While nobody else changes all partitions."""
    *before, last = call.split("\n    ")
    result = last.removeprefix("RETURN ")
    lines = [_turns("take", condition), *before]
    if result != last:
        lines += [f"v_result := {result}", _turns("end", condition), "RETURN v_result;"]
    else:
        lines += [last, _turns("end", condition)]
    return "\n    ".join(lines)


def _call(function: Function, passed: list[str], *, prefix: str = "") -> str:
    call = f"wallet_private.{prefix}{function.name}({', '.join(passed)})"
    if function.is_set:
        return f"RETURN QUERY SELECT * FROM {call};"
    if function.result == "void":
        return f"PERFORM {call};"
    return f"RETURN {call};"


_SHARES = """\
IF {condition} THEN
        PERFORM wallet_private.reshare('{kind}', {code}, {whole}, {actor});
    END IF;
    BEGIN
        {call}
    EXCEPTION
        WHEN OTHERS THEN
            IF {condition} THEN
                PERFORM wallet_private.lift_again('{kind}', {code}, {actor});
            END IF;
            RAISE;
    END;"""


def _change(function: Function, passed: list[str]) -> str:
    """A change of the catalogue: made in partition 0, then put into all others."""
    call = f"v_result := wallet_private.{function.name}({', '.join(passed)});"
    lines = [call]
    if function.name in SHARES:
        kind, code, whole = SHARES[function.name]
        lines = [
            _SHARES.format(
                condition=TURNS[function.name], kind=kind, code=code, whole=whole,
                actor=passed[-1], call=call,
            )
        ]  # fmt: skip
    lines.append("PERFORM wallet_private.spread_catalogue();")
    if function.name == "update_item":  # partition 0 has only its part
        lines.append("v_result.stock := wallet_private.whole_stock(v_result.code);")
    lines.append("RETURN v_result;")
    return "\n    ".join(lines)


def _outside(function: Function) -> str:
    """Its comment and its rights."""
    signature = f"wallet.{function.name}({function.identity})"
    lines = [
        f"REVOKE ALL ON FUNCTION {signature} FROM public;",
        *(f"GRANT EXECUTE ON FUNCTION {signature} TO {role};" for role in function.grantees),
    ]
    if function.comment is not None:
        comment = function.comment.replace("'", "''")
        lines.append(f"COMMENT ON FUNCTION {signature} IS '{comment}';")
    return "\n".join(lines)
