-- The n-th user's id is md5(n). Of so many users these are the ones that live in a partition; in a
-- wallet of its own, which is partition 0 of one, all of them.
INSERT INTO wallet_private.user_account (user_id)
SELECT u.user_id
FROM generate_series(1, :users) AS n
CROSS JOIN LATERAL (SELECT md5(n::text)::uuid AS user_id) AS u
WHERE uuid_hash(u.user_id) & (:partitions - 1) = :partition;
