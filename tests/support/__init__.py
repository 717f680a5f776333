"""What the tests stand on: real servers, pgTAP, and a reading of the SQL tree."""
