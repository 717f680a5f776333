"""Chains that an earlier release hashed stay sound: upgraded, gone on with, and made anew by an
erasure."""

from pgwallet.migrate import migrate
from tests.support.servers import every_version
from tests.upgrade.releases import Release

pytestmark = every_version

# Both have movements with texts and without.
BEFORE = """
SELECT wallet.create_asset('GOLD', 'Gold');
SELECT wallet.topup((wallet.create_user(name, p_name => name)).user_id, 'GOLD', 100, 'key-1',
    p_reference => name || '''s order', p_metadata => '{"card": "1234"}', p_actor => name)
FROM unnest('{ann,bob}'::text[]) AS name;
SELECT wallet.spend(user_id, 'GOLD', 10, 'key-2') FROM wallet.find_user('ann');
SELECT wallet.spend(user_id, 'GOLD', 10, 'key-2') FROM wallet.find_user('bob');
"""
ERASE_ANN = """
SELECT wallet.spend(user_id, 'GOLD', 90, 'key-3', p_reference => 'ann''s sword')
FROM wallet.find_user('ann');
SELECT wallet.spend(user_id, 'GOLD', 5, 'key-3', p_reference => 'bob''s sword')
FROM wallet.find_user('bob');
SELECT wallet.erase_user(user_id, 'ticket 8') FROM wallet.find_user('ann');
"""
# Of a transfer that the earlier release hashed, in the words of wallet.verify.
FORGE_BOB = """
ALTER TABLE wallet_private.transfer DISABLE TRIGGER USER;
UPDATE wallet_private.transfer SET reference = 'forged' WHERE reference = 'bob''s order';
SELECT "check" FROM wallet.verify();
"""


async def test_old_chains_are_erased_and_verified(empty_database, tmp_path):
    psql = empty_database.psql
    await migrate(empty_database.dsn, root=Release("0.2.0", tmp_path).db)
    psql(BEFORE)
    old = psql("SELECT checkpoint_id, root FROM wallet.checkpoint()").split("|")
    hashes = "SELECT string_agg(hash::text, ' ' ORDER BY user_id, seq) FROM wallet_private.transfer"
    hashed = psql(hashes)

    await migrate(empty_database.dsn)
    assert psql(hashes) == hashed
    check_old = "SELECT * FROM wallet.verify_checkpoint({}, '{}')".format(*old)
    assert psql(f"SELECT * FROM wallet.verify(); {check_old}") == ""

    psql(ERASE_ANN)
    assert psql("SELECT * FROM wallet.verify()") == ""
    assert "ann" not in psql("SELECT * FROM wallet_private.transfer")
    assert "1234" in psql("SELECT * FROM wallet_private.transfer WHERE actor = 'bob'")

    # The old root speaks of her chain alone; a new one vouches for all again.
    [finding] = psql(check_old).splitlines()
    assert finding.startswith("an erasure made the chain anew|transfer 2 of user ")
    new = psql("SELECT checkpoint_id, root FROM wallet.checkpoint()").split("|")
    assert psql("SELECT * FROM wallet.verify_checkpoint({}, '{}')".format(*new)) == ""

    assert psql(FORGE_BOB) == "chain is intact"
