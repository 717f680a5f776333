CREATE OR REPLACE FUNCTION wallet_private.in_whole(p_refusals wallet.refusal[], p_ords integer[])
RETURNS wallet.refusal[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Refusals of a part, each with the place that its request has in the whole. The detail of
    -- WA115 names a place too.
    SELECT coalesce(
        array_agg(
            ROW(
                p_ords[r.ord], r.code, r.message,
                CASE r.code
                    WHEN 'WA115' THEN format(
                        'Grant %s %s', p_ords[split_part(r.detail, ' ', 2)::integer],
                        substring(r.detail FROM '^Grant \d+ (.*)')
                    )
                    ELSE r.detail
                END,
                r.hint
            )::wallet.refusal
            ORDER BY r.ord
        ),
        '{}'
    )
    FROM unnest(p_refusals) AS r
$$;
