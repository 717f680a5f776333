-- What _feed.sql makes, and ten movements of RUBY by alice and five by bob, settled; a webhook of
-- subscription shop that is to send them; pg_temp.take, which takes a batch, and
-- pg_temp.report, which says what came of it.
\ir _feed.sql

CREATE FUNCTION pg_temp.move(p_user_id uuid, p_count integer) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM wallet.topup(p_user_id, 'RUBY', 1, gen_random_uuid()::text)
    FROM generate_series(1, p_count);
    CALL pg_temp.settle();
END
$$;
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT
    pg_temp.move(:'alice', 10) AS moved,
    pg_temp.move(:'bob', 5)
\gset
SELECT subscription FROM wallet.create_subscription(
    'shop', p_assets => '{RUBY}', p_start => 'beginning'
) \gset
SELECT secret FROM wallet.create_webhook('shop', 'https://shop.example/hook') \gset

CREATE FUNCTION pg_temp.take(p_limit integer DEFAULT 100) RETURNS text
LANGUAGE plpgsql
AS $$
-- Answers with the users and numbers that it got.
DECLARE
    v_batch wallet.webhook_batch;
BEGIN
    SELECT b.* INTO v_batch FROM wallet.take_webhook_events(p_limit) AS b;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('test.claim', v_batch.claim::text, true);
    PERFORM set_config('test.events', v_batch.events::text, true);
    RETURN (
        SELECT string_agg(w.name || ' ' || w.seqs, ', ' ORDER BY w.name)
        FROM (
            SELECT u.name, string_agg(e.seq::text, ' ' ORDER BY e.ordinality) AS seqs
            FROM unnest(v_batch.events) WITH ORDINALITY AS e
            INNER JOIN wallet_private.user_account AS u ON u.user_id = e.user_id
            GROUP BY u.name
        ) AS w
    );
END
$$;
CREATE FUNCTION pg_temp.report(
    p_outcome text,
    p_status integer DEFAULT NULL,
    p_retry_after integer DEFAULT NULL,
    p_others text DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql
AS $$
-- p_outcome for each wallet's first event of the batch, and p_others, or the same, for the rest.
BEGIN
    PERFORM wallet.settle_webhook_events('shop', current_setting('test.claim')::uuid, ARRAY(
        SELECT ROW(
            o.user_id, o.asset, o.seq, o.outcome,
            CASE WHEN o.outcome = ANY ('{sent,failed}') THEN p_status END,
            CASE WHEN o.outcome = 'failed' THEN 'it says no' END,
            CASE WHEN o.outcome = 'failed' THEN p_retry_after END
        )::wallet.webhook_result
        FROM (
            SELECT
                e.*,
                CASE row_number() OVER (PARTITION BY e.user_id ORDER BY e.seq)
                    WHEN 1 THEN p_outcome
                    ELSE coalesce(p_others, p_outcome)
                END AS outcome
            FROM unnest(current_setting('test.events')::wallet.event[]) AS e
        ) AS o
    ));
END
$$;
