CREATE OR REPLACE FUNCTION wallet_private.run_read_events(
    p_subscription text, p_limit integer, p_cursor text
) RETURNS wallet.event_page
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A page of all partitions. Its cursor has the place in each of them.
DECLARE
    v_left integer := coalesce(p_limit, 100);
    v_cursors text[];  -- of each partition: behind what is in the page
    v_nexts text[];  -- behind what was read
    v_unread integer[];  -- how much of what was read is not in the page yet
    v_is_last boolean[];
    v_hungry integer[] := wallet_private.all_places();
    v_still_hungry integer[];
    v_share integer;
    v_part record;
    v_place integer;
    v_event wallet.event;
    v_events wallet.event[] := '{}';
    v_places integer[] := '{}';
    v_page wallet.event[] := '{}';
BEGIN
    -- 1. What is no request is refused as one.
    IF NOT v_left BETWEEN 1 AND 1000 THEN
        RETURN wallet_private.read_events(
            wallet_private.any_place(), p_subscription, p_limit, NULL
        );
    END IF;
    v_cursors := wallet_private.part_cursors(p_subscription, p_cursor);
    v_nexts := v_cursors;

    -- 2. Each partition gives its share of the page, side by side. Those that have more give what
    -- the others have left.
    WHILE v_left > 0 AND cardinality(v_hungry) > 0 LOOP
        v_share := (v_left + cardinality(v_hungry) - 1) / cardinality(v_hungry);
        v_still_hungry := '{}';
        FOR v_part IN
            SELECT r.place, r.start_cursor, (r.page).*
            FROM wallet_private.split_read_events(
                v_hungry, p_subscription, v_share,
                ARRAY(SELECT v_nexts[h.place + 1] FROM unnest(v_hungry) AS h (place))
            ) AS r
        LOOP
            v_place := v_part.place + 1;
            v_cursors[v_place] := coalesce(v_cursors[v_place], v_part.start_cursor);
            v_nexts[v_place] := v_part.next_cursor;
            v_is_last[v_place] := v_part.is_last;
            v_unread[v_place] := coalesce(v_unread[v_place], 0) + cardinality(v_part.events);
            v_events := v_events || v_part.events;
            v_places := v_places || array_fill(v_place, ARRAY[cardinality(v_part.events)]);
            v_left := v_left - cardinality(v_part.events);
            IF cardinality(v_part.events) = v_share AND NOT v_part.is_last THEN
                v_still_hungry := v_still_hungry || v_part.place;
            END IF;
        END LOOP;
        v_hungry := v_still_hungry;
    END LOOP;

    -- 3. By time, as far as the order of each partition lets it. What is too much is left out.
    FOR v_part IN
        SELECT o.place, o.event
        FROM (
            SELECT
                p.ord, p.place, v_events[p.ord] AS event,
                max(e.created_at) OVER (PARTITION BY p.place ORDER BY p.ord) AS settled_at
            FROM unnest(v_events) WITH ORDINALITY AS e
            INNER JOIN unnest(v_places) WITH ORDINALITY AS p (place, ord)
                ON p.ord = e.ordinality
        ) AS o
        ORDER BY o.settled_at, o.place, o.ord
        LIMIT coalesce(p_limit, 100)
    LOOP
        v_event := v_part.event;
        v_cursors[v_part.place] := v_event.cursor;
        v_event.cursor := array_to_string(v_cursors, '.');
        v_page := v_page || v_event;
        v_unread[v_part.place] := v_unread[v_part.place] - 1;
    END LOOP;
    FOR v_index IN 1..wallet_private.partitions() LOOP
        IF v_unread[v_index] = 0 THEN
            v_cursors[v_index] := v_nexts[v_index];
        END IF;
    END LOOP;
    -- A partition that fills its share does not say that this was all. So if all say it, nothing
    -- was left out.
    RETURN ROW(
        v_page, array_to_string(v_cursors, '.'), true = ALL (v_is_last)
    )::wallet.event_page;
END
$$;
