BEGIN;
SELECT plan(2);

-- The texts are written out here as whoever checks the chain elsewhere writes them.
SELECT is(
    wallet_private.transfer_hash(
        '\xff00', 'b1e0289d-b7f7-4d6b-b547-ecd5f5e07a2f', 7, 3,
        '01a21515-078e-77be-ad90-b7b01dc76fd3', 1::smallint, 'SPEND', -1.50, 98.50, 'TREASURY',
        'order-1', NULL, NULL, NULL, 'shop', '2026-11-25 23:40:29.454500+00'
    ),
    sha256('\xff00' || convert_to(
        '(b1e0289d-b7f7-4d6b-b547-ecd5f5e07a2f,7,3,01a21515-078e-77be-ad90-b7b01dc76fd3,1,SPEND,'
        || '-1.50,98.50,TREASURY,order-1,,,,shop,1795650029.454500)', 'UTF8'
    )),
    'a transfer with few fields'
);
SELECT is(
    wallet_private.transfer_hash(
        '', 'b1e0289d-b7f7-4d6b-b547-ecd5f5e07a2f', 7, 1,
        '01a21515-078e-77be-ad90-b7b01dc76fd3', 2::smallint, 'CONVERT', 100, 100, 'EXCHANGE',
        'a, "b" (c)', '', '{"lots": [[1, 2]]}', '{"a": "\\"}', 'o\' || chr(233),
        '2026-11-25 23:40:29+00'
    ),
    sha256(convert_to(
        '(b1e0289d-b7f7-4d6b-b547-ecd5f5e07a2f,7,1,01a21515-078e-77be-ad90-b7b01dc76fd3,2,CONVERT,'
        || '100,100,EXCHANGE,"a, ""b"" (c)","","{""lots"": [[1, 2]]}","{""a"": ""\\\\""}","o\\'
        || chr(233) || '",1795650029.000000)', 'UTF8'
    )),
    'a transfer with texts that are quoted'
);

SELECT * FROM finish();
ROLLBACK;
